"""CloudWatch Logs: a log group's key, which moto takes when it makes the group and cannot change."""

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse


def install() -> None:
    """Close the gaps of CloudWatch Logs."""
    for action in (associate_kms_key, disassociate_kms_key):
        setattr(LogsResponse, action.__name__, action)


def associate_kms_key(request: LogsResponse) -> str:
    """Give a log group a key, in the place of another where it has one."""
    _group(request).kms_key_id = request._get_param("kmsKeyId")  # noqa: SLF001 - moto's own way
    return ""


def disassociate_kms_key(request: LogsResponse) -> str:
    """Take its key from a log group."""
    _group(request).kms_key_id = None
    return ""


def _group(request: LogsResponse) -> LogGroup:
    group = request.logs_backend.groups.get(request._get_param("logGroupName"))  # noqa: SLF001 - as above
    if group is None:
        raise ResourceNotFoundException
    return group
