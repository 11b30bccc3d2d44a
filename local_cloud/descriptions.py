"""AWS's descriptions of its services, which botocore ships as JSON: some of a megabyte."""

import functools

from botocore.loaders import JSONFileLoader


def read_descriptions_once() -> None:
    """Let this process read each file once, as every session of boto3 reads them again; moto has many.

    The sessions then share what was read, which botocore does not change.
    """
    read = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _, path: read(path)
