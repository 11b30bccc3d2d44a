"""AWS's descriptions of its services, which botocore ships as JSON: 439 folders, some files of a megabyte."""

import functools
from collections.abc import Callable

from botocore.loaders import JSONFileLoader, Loader


def read_descriptions_once() -> None:
    """Let this process list the folders and read each file once, as every session of boto3 does again; moto has many.

    The sessions then share what was read, which botocore does not change.
    """
    read = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _, path: read(path)
    listed = functools.cache(functools.partial(_list, Loader.list_available_services))
    Loader.list_available_services = lambda loader, type_name: listed(tuple(loader.search_paths), type_name)


def _list(list_services: Callable[[Loader, str], list[str]], folders: tuple[str, ...], type_name: str) -> list[str]:
    return list_services(Loader(extra_search_paths=folders, include_default_search_paths=False), type_name)
