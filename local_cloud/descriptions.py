"""AWS's descriptions of its services, which botocore ships as JSON: some of a megabyte, in 440 folders."""

import functools

from botocore.loaders import JSONFileLoader, Loader


def read_descriptions_once() -> None:
    """Let this process read each file and list the folders once, as every session of boto3 does again; moto has many.

    The sessions then share what was read, which botocore does not change.
    """
    read = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _, path: read(path)
    _list_services_once()


def _list_services_once() -> None:
    list_services = Loader.list_available_services
    listed: dict[tuple[str, ...], list[str]] = {}

    def list_once(loader: Loader, type_name: str) -> list[str]:
        key = (type_name, *loader.search_paths)
        if key not in listed:
            listed[key] = list_services(loader, type_name)
        return listed[key]

    Loader.list_available_services = list_once
