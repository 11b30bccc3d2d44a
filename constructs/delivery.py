"""CI/CD access: who may deliver new revisions of the services, and may do nothing else."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from environments.delivery import DeliverySettings

from .bindings import (
    DataAwsIamOpenidConnectProvider,
    EcsCluster,
    EcsService,
    EcsTaskDefinition,
    IamPolicy,
    IamRole,
    IamRolePolicyAttachment,
    IamUser,
    IamUserPolicyAttachment,
)
from .iam import ECS_TASKS, Statement, policy, web_identity_role

PATH = "/cicd/"
GITHUB = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH_ACTIONS = ["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"]


class Delivery(Construct):
    """An IAM user without keys, or a role for GitHub's OIDC tokens, with one policy: push an image and roll a service.

    The environment decides between the two. No access key is made here, because it would land in the state. GitHub's
    identity provider belongs to the account, not to an environment, whose end would take it from all others: it is
    looked up, and where it is missing the plan fails. Another name, path or description replaces user, role or policy.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: DeliverySettings,
        prefix: str,
        region: str,
        account_id: str,
        repositories: Sequence[str],
        cluster: EcsCluster,
        services: Sequence[EcsService],
        task_definitions: Sequence[EcsTaskDefinition],
        passed_roles: Sequence[IamRole],
    ) -> None:
        super().__init__(scope, id_)
        self._name = f"{prefix}-github-actions"
        self._region = region
        self._account_id = account_id

        deployment = self._policy(
            [
                *self._images(repositories),
                *self._task_definitions(task_definitions),
                *self._services(services, cluster),
                _pass_to_tasks(passed_roles),
                self._logs(prefix),
                _addresses(),
            ]
        )
        self.principal_arn = self._grant(settings, deployment)

    def _policy(self, statements: Sequence[Statement]) -> IamPolicy:
        name = f"{self._name}-deployment"
        return IamPolicy(
            self,
            "policy",
            name=name,
            path=PATH,
            description="Minimal permissions for GitHub Actions to deploy to ECS Fargate",
            policy=policy(*statements),
            tags={"Name": name},
        )

    def _grant(self, settings: DeliverySettings, deployment: IamPolicy) -> str:
        """Define who delivers, and return the ARN."""
        if settings.principal == "user":
            user = IamUser(self, "user", name=self._name, path=PATH, tags=self._tags())
            IamUserPolicyAttachment(self, "policy_attachment", user=user.name, policy_arn=deployment.arn)
            return user.arn
        role = self._role(f"repo:{settings.repository}:ref:refs/heads/{settings.branch}")
        IamRolePolicyAttachment(self, "policy_attachment", role=role.name, policy_arn=deployment.arn)
        return role.arn

    def _role(self, subject: str) -> IamRole:
        provider = DataAwsIamOpenidConnectProvider(self, "github", url=f"https://{GITHUB}")
        return web_identity_role(
            self,
            "role",
            provider_arn=provider.arn,
            claims={f"{GITHUB}:aud": AUDIENCE, f"{GITHUB}:sub": subject},
            name=self._name,
            path=PATH,
            tags=self._tags(),
        )

    def _tags(self) -> Mapping[str, str]:
        return {"Name": self._name, "Purpose": "GitHub Actions CI/CD deployments"}

    def _images(self, repositories: Sequence[str]) -> list[Statement]:
        return [
            # AWS's service authorization reference names no resource type for this action.
            {"actions": ["ecr:GetAuthorizationToken"], "resources": ["*"]},
            {
                "actions": [*PULL_ACTIONS, *PUSH_ACTIONS],
                "resources": [self._arn("ecr", f"repository/{name}") for name in repositories],
            },
        ]

    def _task_definitions(self, task_definitions: Sequence[EcsTaskDefinition]) -> list[Statement]:
        return [
            {
                "actions": ["ecs:RegisterTaskDefinition"],
                "resources": [self._arn("ecs", f"task-definition/{each.family}:*") for each in task_definitions],
            },
            # AWS's service authorization reference names no resource type for this action.
            {"actions": ["ecs:DescribeTaskDefinition"], "resources": ["*"]},
        ]

    def _services(self, services: Sequence[EcsService], cluster: EcsCluster) -> list[Statement]:
        return [
            # The id of a service is its ARN.
            {"actions": ["ecs:DescribeServices", "ecs:UpdateService"], "resources": [each.id for each in services]},
            {"actions": ["ecs:DescribeTasks"], "resources": [self._arn("ecs", f"task/{cluster.name}/*")]},
            # Its resource type is a container instance, of which Fargate shows none: the condition names the cluster.
            {
                "actions": ["ecs:ListTasks"],
                "resources": ["*"],
                "conditions": {"ArnEquals": {"ecs:cluster": cluster.arn}},
            },
        ]

    def _logs(self, prefix: str) -> Statement:
        # Streams only: the groups are Terraform's, and one made by CI would stand in its way.
        return {
            "actions": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "resources": [self._arn("logs", f"log-group:/ecs/{prefix}/*")],
        }

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self._region}:{self._account_id}:{resource}"


def _pass_to_tasks(roles: Sequence[IamRole]) -> Statement:
    return {
        "actions": ["iam:PassRole"],
        "resources": [role.arn for role in roles],
        "conditions": {"StringEquals": {"iam:PassedToService": ECS_TASKS}},
    }


def _addresses() -> Statement:
    # Describe actions of the load balancing API know no resource type.
    return {
        "actions": ["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"],
        "resources": ["*"],
    }
