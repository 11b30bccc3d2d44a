"""Keeps the state of a local deploy and that of a real one apart, when cdktf is run by hand."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local_cloud.errors import LocalCloudError
from local_cloud.folder import local_folder, output_folder

_ENV_COMMAND = 'eval "$(.venv/bin/python -m local_cloud env)"'


def check_state_folder(variables: Mapping[str, str], project: Path) -> None:
    """Raise LocalCloudError if one AWS is called, and the other's local state would be used.

    The state lies beside cdktf's output, in the project for a real deploy. One with what a local AWS holds would let
    the next real deploy look for that in AWS, find nothing, and make all of it again.
    """
    output = project / variables.get("CDKTF_OUTDIR", "cdktf.out")
    endpoint = variables.get("AWS_ENDPOINT_URL", "")
    if _is_loopback(endpoint) and output.parent == project:
        message = (
            f"AWS_ENDPOINT_URL is {endpoint}, a local AWS, but {project} is where the state of a real deploy belongs;\n"
            f"run {_ENV_COMMAND} first, or unset AWS_ENDPOINT_URL"
        )
        raise LocalCloudError(message)
    if not _is_loopback(endpoint) and output == output_folder(local_folder()):
        message = (
            f"CDKTF_OUTPUT is {output}, where the state of the local AWS belongs, but AWS_ENDPOINT_URL names none;\n"
            f"start a new shell for a real deploy, or run {_ENV_COMMAND} again for a local one"
        )
        raise LocalCloudError(message)


def _is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
