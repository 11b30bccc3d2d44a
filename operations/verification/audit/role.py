"""Whether the task role may do what the exec agent does: open and use its two channels."""

from operations.verification.audit.permissions import Permissions
from operations.verification.findings import Finding, Status

# They know no resources of their own.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsessionmanagermessagegatewayservice.html
CHANNEL_ACTIONS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


def audit_role(name: str, role_arn: str, permissions: Permissions) -> list[Finding]:
    """Return a finding where a role lacks one of the four permissions.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
    """
    missing = permissions.missing(CHANNEL_ACTIONS, "*")
    if not missing:
        return []
    role = role_arn.rpartition("/")[2]
    reason = f"{name}: the task role {role} may not {', '.join(missing)} (by {permissions.source})"
    return [
        Finding(Status.FAIL, f"{name}.permissions", reason, f"attach the exec policy to it: exec.{name} = true does so")
    ]
