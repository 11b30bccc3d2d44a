"""CI/CD access: who may deploy new revisions of the services, and may do nothing else."""

from collections.abc import Mapping, Sequence

from environments import Environment

from .bindings import (
    Construct,
    DataAwsIamOpenidConnectProvider,
    EcsCluster,
    IamPolicy,
    IamRole,
    IamRolePolicyAttachment,
    IamUser,
    IamUserPolicyAttachment,
)
from .cluster import Cluster
from .ecr_repositories import repository_name
from .iam import ECS_TASKS, Statement, policy, web_identity_role
from .services.service import Service

PATH = "/cicd/"
GITHUB = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
PULL_ACTIONS = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
PUSH_ACTIONS = ["ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"]


class Deployer(Construct):
    """An IAM user without keys, or a role for GitHub's OIDC tokens, with one policy: push an image and roll a service.

    The environment decides between the two. No access key is made here, because it would land in the state. GitHub's
    identity provider belongs to the account, not to an environment, whose end would take it from all others: it is
    looked up, and if it is missing the plan fails. Changing a name, path or description replaces user, role or policy.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        cluster: Cluster,
        services: Mapping[str, Service],
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._name = f"{environment.prefix}-github-actions"

        deployed = [service for service in services.values() if service.settings.is_deployed_by_ci]
        deployment = self._policy(
            [
                *self._images(),
                *self._task_definitions(deployed),
                *self._services(deployed, cluster.resource),
                _pass_to_tasks(deployed),
                self._logs(),
                _addresses(),
            ]
        )
        self.principal_arn = self._grant(deployment)

    def _policy(self, statements: Sequence[Statement]) -> IamPolicy:
        name = f"{self._name}-deployment"
        return IamPolicy(
            self,
            "policy",
            name=name,
            path=PATH,
            description="Minimal permissions for GitHub Actions to deploy to ECS Fargate",
            # IAM rejects a statement without a resource: no service may be deployed by CI, or none have a repository.
            policy=policy(*(each for each in statements if each["resources"])),
            tags={"Name": name},
        )

    def _grant(self, deployment: IamPolicy) -> str:
        """Define who deploys, and return the ARN."""
        settings = self._environment.delivery
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

    def _images(self) -> list[Statement]:
        environment = self._environment
        built = [name for name, settings in environment.services.items() if settings.is_built_here]
        repositories = [repository_name(environment.project, name) for name in built]
        return [
            # AWS's service authorization reference names no resource type for this action.
            {"actions": ["ecr:GetAuthorizationToken"], "resources": ["*"]},
            {
                "actions": [*PULL_ACTIONS, *PUSH_ACTIONS],
                "resources": [self._arn("ecr", f"repository/{name}") for name in repositories],
            },
        ]

    def _task_definitions(self, services: Sequence[Service]) -> list[Statement]:
        families = [service.task_definition.family for service in services]
        return [
            {
                "actions": ["ecs:RegisterTaskDefinition"],
                "resources": [self._arn("ecs", f"task-definition/{family}:*") for family in families],
            },
            # AWS's service authorization reference names no resource type for this action.
            {"actions": ["ecs:DescribeTaskDefinition"], "resources": ["*"]},
        ]

    def _services(self, services: Sequence[Service], cluster: EcsCluster) -> list[Statement]:
        # The id of a service is its ARN; a job has none.
        arns = [service.resource.id for service in services if service.resource]
        return [
            {"actions": ["ecs:DescribeServices", "ecs:UpdateService"], "resources": arns},
            {"actions": ["ecs:DescribeTasks"], "resources": [self._arn("ecs", f"task/{cluster.name}/*")]},
            # Its resource type is a container instance, of which Fargate shows none: the condition names the cluster.
            {
                "actions": ["ecs:ListTasks"],
                "resources": ["*"],
                "conditions": {"ArnEquals": {"ecs:cluster": cluster.arn}},
            },
        ]

    def _logs(self) -> Statement:
        # Streams only: the groups are Terraform's, and one made by CI would stand in its way.
        return {
            "actions": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "resources": [self._arn("logs", f"log-group:/ecs/{self._environment.prefix}/*")],
        }

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self._environment.region}:{self._environment.account_id}:{resource}"


def _pass_to_tasks(services: Sequence[Service]) -> Statement:
    # Applications share their execution role.
    roles = dict.fromkeys(role for service in services for role in (service.execution_role, service.task_role))
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
