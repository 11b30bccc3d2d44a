"""The IAM roles of ECS tasks."""

from environments import Environment

from ..bindings import Construct, IamRole, IamRolePolicy, IamRolePolicyAttachment, ITerraformDependable
from ..database import Database
from ..iam import ECS_TASKS, policy, service_role
from .tags import service_tags

EXECUTION_POLICY = "service-role/AmazonECSTaskExecutionRolePolicy"
READ_SECRET = "secretsmanager:GetSecretValue"  # noqa: S105 - the name of an action


class TaskExecutionRole(Construct):
    """The role with which ECS starts the applications' tasks: pulls images, writes logs, reads the secrets they name.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment, *, database: Database) -> None:
        super().__init__(scope, id_)
        name = f"{environment.prefix}-ecs-task-execution-role"
        tags = {"Name": name, "Module": "compute"}
        self._prefix = environment.prefix
        self.resource = service_role(self, "role", environment, trusted=ECS_TASKS, name=name, tags=tags)
        self._may_start_tasks = IamRolePolicyAttachment(
            self,
            "policy_attachment",
            role=self.resource.name,
            policy_arn=environment.arns.aws_managed_policy(EXECUTION_POLICY),
        )
        self._may_read_database_secret = self._allow_reading(database.secret_arn)

    def grants(self, *, database: bool) -> list[ITerraformDependable]:
        """Return what a service depends on, so that no task starts before the role may do what it is for."""
        return [self._may_start_tasks, *([self._may_read_database_secret] if database else [])]

    def _allow_reading(self, secret_arn: str) -> IamRolePolicy:
        return IamRolePolicy(
            self,
            "secrets",
            name=f"{self._prefix}-ecs-task-execution-secrets",
            role=self.resource.id,
            policy=policy({"actions": [READ_SECRET], "resources": [secret_arn]}),
        )


def task_roles(scope: Construct, environment: Environment) -> dict[str, IamRole]:
    """Define for each service the role that its own code has: without permissions, which other constructs grant."""
    return {name: _task_role(scope, name, environment) for name in environment.services}


def _task_role(scope: Construct, service: str, environment: Environment) -> IamRole:
    # The live role of a Prometheus has a generated name, and another one would replace it.
    name = f"{environment.prefix}-{service}-task-"
    generated = environment.services[service].kind == "prometheus"
    return service_role(
        scope,
        f"{service}_task",
        environment,
        trusted=ECS_TASKS,
        name=None if generated else f"{name}role",
        name_prefix=name if generated else None,
        tags=service_tags(environment, service, "task-role"),
    )
