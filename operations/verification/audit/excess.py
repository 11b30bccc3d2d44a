"""Whether the task role may do more than the settings grant: whoever has a shell in the container may do it too."""

from collections.abc import Iterator, Sequence

from operations.verification.audit.context import Context
from operations.verification.audit.grants import MANAGED_POLICY, granted_policies, granted_statements
from operations.verification.audit.permissions import Permissions
from operations.verification.audit.policies import beyond
from operations.verification.audit.role_policies import Policy
from operations.verification.findings import Finding, Status

_MOST_NAMED = 3
_EVERYTHING = ("* on *", "*:* on *")


def audit_excess(service: str, permissions: Permissions, context: Context) -> Iterator[Finding]:
    """Find each policy of a role that allows more than the settings grant.

    Neither a boundary nor a denial is subtracted: what they take away today is no reason to grant it.
    """
    granted, known = granted_statements(service, context), granted_policies(context)
    for policy in permissions.policies:
        more = [] if policy.arn in known else list(beyond(policy.document, granted))
        if more:
            yield _finding(service, permissions.role_name, policy, more)


def audit_managed_policy(context: Context) -> Iterator[Finding]:
    """Warn of AWS's managed policy, if the settings chose it.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
    """
    settings = context.platform.environment.exec
    if settings.enabled and settings.policy == "managed":
        reason = f"exec.policy is managed: {MANAGED_POLICY} lets the task roles read every SSM parameter as well"
        remedy = f'set exec.policy = "minimal" in {context.platform.file}: four actions are enough'
        yield Finding(Status.WARN, "exec.managed-policy", reason, remedy)


def _finding(service: str, role: str, policy: Policy, more: Sequence[str]) -> Finding:
    which = f"the policy {policy.arn or policy.name} of the task role {role}"
    if any(each in _EVERYTHING for each in more):
        reason = f"{service}: {which} allows EVERYTHING: * on *, so a shell in the container is the whole account"
        return Finding(Status.FAIL, f"{service}.role-everything", reason, _remedy(policy))
    rest = len(more) - _MOST_NAMED
    named = f"{', '.join(more[:_MOST_NAMED])}{f' and {rest} more' if rest > 0 else ''}"
    reason = f"{service}: {which} allows more than the settings grant: {named}"
    return Finding(Status.FAIL, f"{service}.role-excess", reason, _remedy(policy))


def _remedy(policy: Policy) -> str:
    return "detach it from the role" if policy.arn else "delete it from the role, or take out what is too much"
