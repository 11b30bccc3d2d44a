"""An empty AWS on loopback, which answers the provider's questions in a review."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cloud import lifecycle
from local_cloud.errors import LocalCloudError
from local_cloud.record import Record
from local_cloud.variables import short_lived
from operations.errors import OperationError
from operations.provider import mirror_variables

# Of AWS, nothing of the user's is inherited; of Terraform, nothing that changes what its commands do.
_LEFT_OUT = ("AWS_", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_VAR_", "TF_LOG", "TF_REATTACH")


@contextmanager
def local_aws(folder: Path, account_id: str) -> Iterator[Record]:
    """Start an empty AWS of an account; it ends with the context."""
    try:
        server = lifecycle.start(folder, account_id)
    except LocalCloudError as error:
        raise OperationError(str(error)) from None
    try:
        yield server
    finally:
        lifecycle.stop(folder)


def find_provider(folder: Path) -> dict[str, str]:
    """Return the variables with which Terraform finds the provider: on this disk, or in its registry."""
    if on_disk := mirror_variables(folder):
        return on_disk
    if os.environ.get("TF_PLUGIN_CACHE_DIR"):
        return {}
    # Downloaded once, for all environments.
    cache = folder / "plugins"
    cache.mkdir()
    return {"TF_PLUGIN_CACHE_DIR": str(cache)}


def variables_for(server: Record, region: str, provider: dict[str, str]) -> dict[str, str]:
    """Return the variables of a Terraform that reaches this AWS and no other."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    return short_lived(inherited) | {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        **provider,
    }
