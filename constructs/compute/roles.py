"""The IAM roles of ECS tasks."""

from constructs import Construct

from ..bindings import IamRole, IamRolePolicy, IamRolePolicyAttachment, ITerraformDependable
from ..iam import AWS_MANAGED_POLICY, ECS_TASKS, policy, service_role

EXECUTION_POLICY_ARN = f"{AWS_MANAGED_POLICY}service-role/AmazonECSTaskExecutionRolePolicy"


class TaskExecutionRole(Construct):
    """The role with which ECS starts the applications' tasks: pulls images, writes logs, reads one secret.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """

    def __init__(self, scope: Construct, id_: str, *, prefix: str, secret_arn: str) -> None:
        super().__init__(scope, id_)
        name = f"{prefix}-ecs-task-execution-role"
        self.resource = service_role(
            self, "role", service=ECS_TASKS, name=name, tags={"Name": name, "Module": "compute"}
        )
        # What a service depends on, so that no task starts before the role may do what it is for.
        self.grants: list[ITerraformDependable] = [
            IamRolePolicyAttachment(
                self, "policy_attachment", role=self.resource.name, policy_arn=EXECUTION_POLICY_ARN
            ),
            self._allow_reading(secret_arn, prefix),
        ]

    def _allow_reading(self, secret_arn: str, prefix: str) -> IamRolePolicy:
        return IamRolePolicy(
            self,
            "secrets",
            name=f"{prefix}-ecs-task-execution-secrets",
            role=self.resource.id,
            policy=policy({"actions": ["secretsmanager:GetSecretValue"], "resources": [secret_arn]}),
        )


def application_task_role(scope: Construct, service: str, *, prefix: str) -> IamRole:
    """Define the role that a service's own code has: it may do nothing, but for what others grant it."""
    name = f"{prefix}-{service}-task-role"
    tags = {"Name": name, "Application": service, "Module": "compute"}
    return service_role(scope, f"{service}_task", service=ECS_TASKS, name=name, tags=tags)


def prometheus_task_role(scope: Construct, *, prefix: str) -> IamRole:
    """Define the role that the Prometheus server's own code has; AWS makes the end of its name."""
    return service_role(
        scope,
        "prometheus_task",
        service=ECS_TASKS,
        name_prefix=f"{prefix}-prometheus-task-",
        tags={"Name": f"{prefix}-prometheus-task-role", "Module": "observability"},
    )
