"""S3: a bucket policy that refuses requests without TLS refuses no others."""

from collections.abc import Callable
from typing import Any

from moto.iam.access_control import IAMPolicyStatement, PermissionResult

from local_cloud.moto_patches.override import override

_WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def install() -> None:
    """Close the gap of S3."""
    override(IAMPolicyStatement, "is_action_permitted", _as_over_tls)


# Any: what is asked of a statement is handed through.
def _as_over_tls(
    original: Callable[..., PermissionResult],
    statement: IAMPolicyStatement,
    *args: Any,  # noqa: ANN401 - as above
    **kwargs: Any,  # noqa: ANN401 - as above
) -> PermissionResult:
    """Pass over what is for requests without TLS: the local AWS has no TLS, but is asked as if it had."""
    if statement._statement.get("Condition") == _WITHOUT_TLS:  # noqa: SLF001 - moto has no other way to it
        return PermissionResult.NEUTRAL
    return original(statement, *args, **kwargs)
