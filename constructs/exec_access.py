"""ECS Exec, switched on and off per service."""

from collections.abc import Mapping

from environments import Environment

from .bindings import (
    Construct,
    IamPolicy,
    IamRole,
    IamRolePolicy,
    IamRolePolicyAttachment,
    ITerraformDependable,
    TerraformIterator,
    Token,
)
from .exec_sessions import ExecSessions
from .iam import policy

MANAGED_POLICY = "AmazonSSMManagedInstanceCore"
DATA_CHANNEL_ACTIONS = [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]


class ExecAccess(Construct):
    """What the task roles of the services with ECS Exec on may do: open sessions, and log them.

    The environment switches each service; all are off by default. Both grants are one resource each with ``for_each``,
    keyed by the service's name, so that switching one service touches no other.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-required-iam-permissions
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        task_roles: Mapping[str, IamRole],
        sessions: ExecSessions,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = environment.exec
        self._prefix = environment.prefix
        self._arns = environment.arns
        self._enabled_roles = {name: task_roles[name].name for name in environment.exec.enabled}

        self._attachment = self._attach(self._policy_arn())
        self._session_log = self._allow_session_log(sessions)

    @property
    def grants(self) -> list[ITerraformDependable]:
        """What a service depends on, so that no task starts with exec on and its policy missing."""
        return [self._attachment, self._session_log]

    def _policy_arn(self) -> str:
        if self._settings.policy == "managed":
            return self._arns.aws_managed_policy(MANAGED_POLICY)
        name = f"{self._prefix}-ecs-exec"
        # AWS's service authorization reference names no resource type for these actions.
        document = policy({"actions": DATA_CHANNEL_ACTIONS, "resources": ["*"]})
        return IamPolicy(self, "policy", name=name, policy=document, tags={"Name": name, "Module": "compute"}).arn

    def _attach(self, policy_arn: str) -> IamRolePolicyAttachment:
        roles = TerraformIterator.from_map(self._enabled_roles)
        return IamRolePolicyAttachment(
            self, "policy_attachment", for_each=roles, role=Token.as_string(roles.value), policy_arn=policy_arn
        )

    def _allow_session_log(self, sessions: ExecSessions) -> IamRolePolicy:
        roles = TerraformIterator.from_map(self._enabled_roles)
        return IamRolePolicy(
            self,
            "session_log",
            for_each=roles,
            name=f"{self._prefix}-ecs-exec-session-log",
            role=Token.as_string(roles.value),
            policy=policy(*sessions.task_statements()),
        )
