"""What describes AWS, as JSON: its services in 439 folders of botocore, its instance types in moto."""

import functools
from collections.abc import Callable

from botocore.loaders import JSONFileLoader, Loader

_INSTANCE_TYPES = "ec2/resources/instance_type"


def read_descriptions_once() -> None:
    """Let this process list the folders and read each file once, as every session of boto3 does again; moto has many.

    The sessions then share what was read, which botocore does not change.
    """
    read = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _, path: read(path)
    listed = functools.cache(functools.partial(_list, Loader.list_available_services))
    Loader.list_available_services = lambda loader, type_name: listed(tuple(loader.search_paths), type_name)


def leave_out_instance_types() -> None:
    """Let moto know no instance types, a quarter of its start: Fargate needs none. Call it before EC2 is imported."""
    from moto.utilities import utils  # noqa: PLC0415 - moto reads its settings when it is imported

    load = utils.load_resource
    utils.load_resource = lambda resource: {} if resource.startswith(_INSTANCE_TYPES) else load(resource)


def _list(list_services: Callable[[Loader, str], list[str]], folders: tuple[str, ...], type_name: str) -> list[str]:
    return list_services(Loader(extra_search_paths=folders, include_default_search_paths=False), type_name)
