"""RDS: resource ids, windows that touch, Performance Insights, the secret that stays, whose a parameter is."""

import string
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import moto.rds.utils
from moto.moto_api._internal import mock_random
from moto.rds.models import DBInstance, DBParameterGroup

from local_cloud.moto_patches.override import override

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
_DEFAULT_RETENTION_DAYS = 7
_RESOURCE_ID_LENGTH = 26


def install() -> None:
    """Close the gaps of RDS."""
    override(moto.rds.utils, "get_overlap_between_two_date_ranges", _overlap_seconds)
    override(DBInstance, "__init__", _create)
    override(DBInstance, "update", _update)
    override(DBParameterGroup, "update_parameters", _update_parameters)


def _overlap_seconds(original: Callable[..., int], *ranges: datetime) -> int:
    """Count windows that only touch as apart: moto takes 0 seconds in common for an overlap, AWS does not."""
    return original(*ranges) or -1


# Any: the arguments of CreateDBInstance and ModifyDBInstance, which moto passes on untyped.
def _create(original: Callable[..., None], instance: DBInstance, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """Keep the Performance Insights settings, which moto drops, and draw a resource id: moto has one for all."""
    original(instance, *args, **kwargs)
    _keep_insights(instance, kwargs)
    drawn = mock_random.choices(string.ascii_uppercase + string.digits, k=_RESOURCE_ID_LENGTH)
    instance.dbi_resource_id = f"db-{''.join(drawn)}"


def _update(original: Callable[..., None], instance: DBInstance, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """Let a modification change them too, and leave the secret of a password that RDS manages already."""
    if instance.manage_master_user_password and kwargs.get("manage_master_user_password"):
        del kwargs["manage_master_user_password"]
    original(instance, *args, **kwargs)
    _keep_insights(instance, kwargs)


def _update_parameters(
    original: Callable[..., None], group: DBParameterGroup, parameters: Iterable[dict[str, Any]]
) -> None:
    """Say that a user set these: moto answers no source, and the provider passes such parameters over."""
    original(group, [{**each, "Source": "user"} for each in parameters])


def _keep_insights(instance: Any, request: dict[str, Any]) -> None:  # noqa: ANN401 - gets attributes moto has not
    if "enable_performance_insights" in request:
        enabled = request["enable_performance_insights"]
        instance.performance_insights_enabled = enabled
        instance.performance_insights_retention_period = _DEFAULT_RETENTION_DAYS if enabled else None
    for setting in ("performance_insights_retention_period", "performance_insights_kms_key_id"):
        if setting in request:
            setattr(instance, setting, request[setting])
