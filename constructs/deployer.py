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
IMAGE_ACTIONS = [*PULL_ACTIONS, *PUSH_ACTIONS]
# AWS's service authorization reference names no resource type for these.
TOKEN_ACTIONS = ["ecr:GetAuthorizationToken"]
DESCRIBE_ACTIONS = ["ecs:DescribeTaskDefinition"]
ADDRESS_ACTIONS = ["elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"]
# A managed policy has at most 6,144 characters, of which a service with a long name takes some 450.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
SERVICES_PER_POLICY = 10


class Deployer(Construct):
    """An IAM user without keys, or a role for GitHub's OIDC tokens, with a policy: push an image and roll a service.

    The environment decides between the two. Every ten services have a policy, to stay below AWS's limit. No access key
    is made here, because it would land in the state. GitHub's identity provider belongs to the account, not to an
    environment, whose end would take it from all others: it is looked up, and if it is missing the plan fails. Changing
    a name, path or description replaces user, role or policy.

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

        first, *others = _groups([each for each in services.values() if _is_of_ci(each)])
        policies = [
            self._policy("", self._statements(first, cluster.resource)),
            *(self._policy(f"_{number}", self._own(group)) for number, group in enumerate(others, start=2)),
        ]
        self.principal_arn = self._grant(policies)

    def _statements(self, services: Sequence[Service], cluster: EcsCluster) -> list[Statement]:
        """Return what a deployment needs of the platform, and of some of its services."""
        images, register, update, passing = self._own(services)
        token, describe, addresses = map(_on_all, (TOKEN_ACTIONS, DESCRIBE_ACTIONS, ADDRESS_ACTIONS))
        return [token, images, register, describe, update, *self._tasks(cluster), passing, addresses]

    def _own(self, services: Sequence[Service]) -> list[Statement]:
        """Return what a deployment needs of services: push an image, register a revision, move the service to it."""
        environment = self._environment
        deployed = [service for service in services if service.settings.is_deployed_by_ci]
        # The id of a service is its ARN; a job has none.
        arns = [service.resource.id for service in deployed if service.resource]
        families = [service.task_definition.family for service in deployed]
        built = [repository_name(environment.project, each.name) for each in services if each.settings.is_built_here]
        return [
            {"actions": IMAGE_ACTIONS, "resources": [self._arn("ecr", f"repository/{name}") for name in built]},
            {
                "actions": ["ecs:RegisterTaskDefinition"],
                "resources": [self._arn("ecs", f"task-definition/{family}:*") for family in families],
            },
            {"actions": ["ecs:DescribeServices", "ecs:UpdateService"], "resources": arns},
            _pass_to_tasks(deployed),
        ]

    def _policy(self, suffix: str, statements: Sequence[Statement]) -> IamPolicy:
        name = f"{self._name}-deployment{suffix.replace('_', '-')}"
        return IamPolicy(
            self,
            f"policy{suffix}",
            name=name,
            path=PATH,
            description="Minimal permissions for GitHub Actions to deploy to ECS Fargate",
            # IAM rejects a statement without a resource: none of the services may have a repository, or be deployed.
            policy=policy(*(each for each in statements if each["resources"])),
            tags={"Name": name},
        )

    def _grant(self, policies: Sequence[IamPolicy]) -> str:
        """Define who deploys, and return the ARN."""
        settings = self._environment.delivery
        ids = ["policy_attachment", *(f"policy_{number}_attachment" for number in range(2, len(policies) + 1))]
        if settings.principal == "user":
            user = IamUser(self, "user", name=self._name, path=PATH, tags=self._tags())
            for id_, each in zip(ids, policies, strict=True):
                IamUserPolicyAttachment(self, id_, user=user.name, policy_arn=each.arn)
            return user.arn
        role = self._role(f"repo:{settings.repository}:ref:refs/heads/{settings.branch}")
        for id_, each in zip(ids, policies, strict=True):
            IamRolePolicyAttachment(self, id_, role=role.name, policy_arn=each.arn)
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

    def _tasks(self, cluster: EcsCluster) -> list[Statement]:
        return [
            {"actions": ["ecs:DescribeTasks"], "resources": [self._arn("ecs", f"task/{cluster.name}/*")]},
            # Its resource type is a container instance, of which Fargate shows none: the condition names the cluster.
            {
                "actions": ["ecs:ListTasks"],
                "resources": ["*"],
                "conditions": {"ArnEquals": {"ecs:cluster": cluster.arn}},
            },
        ]

    def _arn(self, service: str, resource: str) -> str:
        return self._environment.arns.regional(service, resource)


def _pass_to_tasks(services: Sequence[Service]) -> Statement:
    # Applications share their execution role.
    roles = dict.fromkeys(role for service in services for role in (service.execution_role, service.task_role))
    return {
        "actions": ["iam:PassRole"],
        "resources": [role.arn for role in roles],
        "conditions": {"StringEquals": {"iam:PassedToService": ECS_TASKS.service}},
    }


def _on_all(actions: Sequence[str]) -> Statement:
    return {"actions": actions, "resources": ["*"]}


def _is_of_ci(service: Service) -> bool:
    return service.settings.is_built_here or service.settings.is_deployed_by_ci


def _groups(services: Sequence[Service]) -> list[Sequence[Service]]:
    starts = range(0, max(len(services), 1), SERVICES_PER_POLICY)
    return [services[start : start + SERVICES_PER_POLICY] for start in starts]
