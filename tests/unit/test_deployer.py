"""Who may deliver new revisions of the services, and what they may do."""

import json
from typing import Any

import pytest

from environments import names
from tests.unit.kinds import SERVICES, Kinds
from tests.unit.stack_json import Stack, Synth

POLICY, USER, ROLE = "aws_iam_policy.delivery", "aws_iam_user.delivery", "aws_iam_role.delivery"
ECS = "arn:aws:ecs:us-east-1:123456789012"
APPLICATIONS = ("backend", "frontend")
REPOSITORIES = [f"arn:aws:ecr:us-east-1:123456789012:repository/davidshaevel/{name}" for name in APPLICATIONS]
PULL = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
PUSH = {"ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"}
ALLOWED = [
    ({"ecr:GetAuthorizationToken"}, ["*"]),
    (PULL | PUSH, REPOSITORIES),
    (
        {"ecs:RegisterTaskDefinition"},
        [f"{ECS}:task-definition/${{aws_ecs_task_definition.{name}.family}}:*" for name in APPLICATIONS],
    ),
    ({"ecs:DescribeTaskDefinition"}, ["*"]),
    ({"ecs:DescribeServices", "ecs:UpdateService"}, [f"${{aws_ecs_service.{name}.id}}" for name in APPLICATIONS]),
    ({"ecs:DescribeTasks"}, [f"{ECS}:task/${{aws_ecs_cluster.cluster.name}}/*"]),
    ({"ecs:ListTasks"}, ["*"]),
    (
        {"iam:PassRole"},
        [f"${{aws_iam_role.{name}.arn}}" for name in ("task_execution", "backend_task", "frontend_task")],
    ),
    ({"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTargetGroups"}, ["*"]),
]


@pytest.fixture
def oidc(synth: Synth) -> Stack:
    """Dev delivered by GitHub's OIDC tokens."""
    return synth(
        DEV__DELIVERY__PRINCIPAL="oidc", DEV__DELIVERY__REPOSITORY="davidshaevel/website", DEV__DELIVERY__BRANCH="main"
    )


def statements(stack: Stack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stack[POLICY]["policy"])["Statement"]
    return found


def test_each_action_is_allowed_on_what_needs_it_alone(dev: Stack) -> None:
    assert [(set(each["Action"]), each["Resource"]) for each in statements(dev)] == ALLOWED


def test_roles_are_passed_to_tasks_alone(dev: Stack) -> None:
    conditions = {each["Action"][0]: each["Condition"] for each in statements(dev) if "Condition" in each}
    assert conditions == {
        "ecs:ListTasks": {"ArnEquals": {"ecs:cluster": "${aws_ecs_cluster.cluster.arn}"}},
        "iam:PassRole": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    }


def test_without_repositories_those_of_the_account_are_used(synth: Synth) -> None:
    (images,) = [each for each in statements(synth("staging")) if "ecr:PutImage" in each["Action"]]
    assert images["Resource"] == REPOSITORIES


def test_what_cannot_change_in_the_policy_is_as_live(dev: Stack) -> None:
    assert dev[POLICY]["description"] == "Minimal permissions for GitHub Actions to deploy to ECS Fargate"
    assert (dev[POLICY]["path"], dev[USER]["path"]) == ("/cicd/", "/cicd/")


def test_a_user_has_the_policy_by_default(dev: Stack) -> None:
    attachment = dev["aws_iam_user_policy_attachment.delivery"]
    assert attachment["user"] == "${aws_iam_user.delivery.name}"
    assert attachment["policy_arn"] == "${aws_iam_policy.delivery.arn}"


@pytest.mark.parametrize("environment", names())
def test_no_key_lands_in_the_state(synth: Synth, environment: str) -> None:
    stack = synth(environment)
    assert not stack.of_type("aws_iam_access_key")
    assert not stack.of_type("aws_iam_user_login_profile")


def test_with_oidc_a_role_has_the_policy_instead_of_a_user(dev: Stack, oidc: Stack) -> None:
    assert oidc[POLICY] == dev[POLICY]
    assert oidc["aws_iam_role_policy_attachment.delivery"]["role"] == "${aws_iam_role.delivery.name}"
    assert oidc["aws_iam_role_policy_attachment.delivery"]["policy_arn"] == "${aws_iam_policy.delivery.arn}"
    assert dev.addresses - oidc.addresses == {USER, "aws_iam_user_policy_attachment.delivery"}
    assert oidc.outputs["cicd_principal_arn"] == "${aws_iam_role.delivery.arn}"


def test_the_role_is_named_as_the_user_would_be(dev: Stack, oidc: Stack) -> None:
    for key in ("name", "path", "tags"):
        assert oidc[ROLE][key] == dev[USER][key]


def test_the_role_trusts_one_branch_of_one_repository(oidc: Stack) -> None:
    (trust,) = json.loads(oidc[ROLE]["assume_role_policy"])["Statement"]
    assert trust == {
        "Effect": "Allow",
        "Principal": {"Federated": "${data.aws_iam_openid_connect_provider.delivery_github.arn}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:davidshaevel/website:ref:refs/heads/main",
            }
        },
    }


def test_githubs_identity_provider_is_only_looked_up(dev: Stack, oidc: Stack) -> None:
    (provider,) = oidc.document["data"]["aws_iam_openid_connect_provider"].values()
    assert provider["url"] == "https://token.actions.githubusercontent.com"
    assert not oidc.of_type("aws_iam_openid_connect_provider")
    assert "aws_iam_openid_connect_provider" not in dev.document["data"]


def allowed(stack: Stack, action: str, policy: str = POLICY) -> list[str]:
    document = json.loads(stack[policy]["policy"])["Statement"]
    return [resource for each in document if action in each["Action"] for resource in each["Resource"]]


def test_ci_rolls_what_it_deploys_and_runs(kinds: Kinds) -> None:
    stack = kinds(worker={"deployed_by": "terraform"})
    assert allowed(stack, "ecs:UpdateService") == [
        f"${{aws_ecs_service.{name}.id}}" for name in ("site", "orders", "ledger")
    ]
    families = [resource.split(".")[1] for resource in allowed(stack, "ecs:RegisterTaskDefinition")]
    assert families == ["site", "orders", "ledger", "nightly"]


def test_ci_pushes_to_the_repositories_there_are(kinds: Kinds) -> None:
    stack = kinds(worker={"deployed_by": "terraform"}, nightly={"repository": False})
    pushed = [resource.rpartition("/")[2] for resource in allowed(stack, "ecr:PutImage")]
    assert pushed == ["site", "orders", "ledger", "worker"]
    assert "aws_ecr_repository.registry_nightly" not in stack.addresses


def test_without_services_no_statement_is_empty(kinds: Kinds) -> None:
    stack = kinds(**dict.fromkeys(SERVICES))
    assert all(each["Resource"] for each in statements(stack))


def test_many_services_have_policies_within_awss_limit(kinds: Kinds) -> None:
    stack = kinds(**{f"service-with-a-rather-long-name-{number}": {"image": "a:1"} for number in range(30)})
    policies = [each for name, each in stack.of_type("aws_iam_policy").items() if name.startswith("delivery")]
    attached = {each["policy_arn"] for each in stack.of_type("aws_iam_user_policy_attachment").values()}
    # References are about as long as what they stand for.
    assert max(len(each["policy"].replace(" ", "")) for each in policies) < 6144
    assert len(policies) == len(attached) == 4
    assert len({each["name"] for each in policies}) == 4


def test_each_service_of_many_may_be_rolled(kinds: Kinds) -> None:
    names = [f"s{number}" for number in range(30)]
    stack = kinds(**{name: {"image": "a:1"} for name in names})
    policies = [f"aws_iam_policy.{name}" for name in stack.of_type("aws_iam_policy") if name.startswith("delivery")]
    rolled = {each for policy in policies for each in allowed(stack, "ecs:UpdateService", policy)}
    assert {f"${{aws_ecs_service.{name}.id}}" for name in names} <= rolled
