"""Each rule fires for what breaks it, and for nothing else; no environment breaks one."""

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import load, load_all, names
from rules.check import RULES, RulesError, check, report_on
from rules.configuration import Configuration
from rules.rule import Stack
from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack as Json
from tests.unit.stack_json import Synth

PROJECT = Path(__file__).parents[3]
ACCOUNT = "123456789012"
ANYONE = {"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "tcp", "from_port": 22, "to_port": 22}
Arguments = Mapping[str, Any]


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", **each} for each in statements]})


def trust(principal: object, condition: object = None, action: str = "sts:AssumeRole") -> dict[str, str]:
    statement = {"Principal": principal, "Action": action}
    return {"assume_role_policy": document(statement | ({"Condition": condition} if condition else {}))}


def permit(action: str, resource: str = "*") -> dict[str, str]:
    return {"policy": document({"Action": action, "Resource": resource})}


TASKS = {"Service": "ecs-tasks.amazonaws.com"}
GITHUB = {"Federated": "${data.aws_iam_openid_connect_provider.delivery_github.arn}"}
WEB = "sts:AssumeRoleWithWebIdentity"
SSM = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"

# What breaks a rule: the rule, the address that it names, and the arguments that are added to that resource of dev.
BROKEN: list[tuple[str, str, Arguments]] = [
    ("separate-task-role", "aws_ecs_task_definition.backend", {"task_role_arn": "${aws_iam_role.task_execution.arn}"}),
    ("exec-policy-with-exec", "aws_iam_role.backend_task", {"managed_policy_arns": [SSM]}),
    ("no-wildcard-on-everything", "aws_iam_policy.x", permit("*")),
    ("no-wildcard-on-everything", "aws_iam_policy.x", permit("s3:*")),
    ("no-wildcard-on-everything", "aws_iam_policy.x", {"policy": document({"NotAction": "iam:*", "Resource": "*"})}),
    ("no-wildcard-on-everything", "aws_iam_role.x", {"managed_policy_arns": ["arn:aws:iam::aws:policy/IAMFullAccess"]}),
    ("no-wildcard-on-everything", "aws_iam_role.x", {"inline_policy": [{"name": "x", **permit("s3:*")}]}),
    ("trust-names-account", "aws_iam_role.x", trust(TASKS)),
    ("trust-names-account", "aws_iam_role.x", trust(TASKS, {"StringEquals": {"aws:SourceAccount": ["1", ACCOUNT]}})),
    ("trust-names-account", "aws_iam_role.x", trust(TASKS, {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}})),
    ("trust-names-account", "aws_iam_role.x", trust(TASKS, {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}})),
    ("trust-names-account", "aws_iam_role.x", trust({"AWS": "*"})),
    ("trust-names-account", "aws_iam_role.x", trust({"AWS": "arn:aws:iam::999999999999:root"})),
    ("trust-names-account", "aws_iam_role.x", trust(GITHUB, {"StringEquals": {"g:aud": "sts"}}, WEB)),
    ("trust-names-account", "aws_iam_role.x", trust(GITHUB, {"StringLike": {"g:sub": "repo:*"}}, WEB)),
    ("trust-names-account", "aws_iam_role.x", trust(GITHUB, {"StringLike": {"g:sub": "repo:acme/x*"}}, WEB)),
    ("trust-names-account", "aws_iam_role.x", trust(GITHUB, {"StringLike": {"g:sub": "repo:acme/?:*"}}, WEB)),
    ("readable-policy", "aws_iam_policy.x", {"policy": "${data.aws_iam_policy_document.x.json}"}),
    (
        "public-ingress",
        "aws_vpc_security_group_ingress_rule.x",
        {"security_group_id": "${aws_security_group.security_groups_backend.id}", **ANYONE},
    ),
    ("public-ingress", "aws_vpc_security_group_ingress_rule.x", {"security_group_id": "sg-1", **ANYONE}),
    ("public-ingress", "aws_db_instance.database", {"publicly_accessible": True}),
    ("public-ingress", "aws_security_group.x", {"ingress": [{"cidr_blocks": ["0.0.0.0/0"], "protocol": "-1"}]}),
    ("encrypted-storage", "aws_db_instance.database", {"storage_encrypted": None}),
    ("encrypted-storage", "aws_efs_file_system.prometheus_data", {"encrypted": False}),
    ("encrypted-storage", "aws_ebs_volume.x", {}),
    (
        "private-storage",
        "aws_sqs_queue_policy.x",
        {"policy": document({"Principal": "*", "Action": "sqs:SendMessage"})},
    ),
    ("log-retention", "aws_cloudwatch_log_group.x", {"name": "x"}),
    ("log-retention", "aws_cloudwatch_log_group.backend", {"retention_in_days": 0}),
    ("required-tags", "aws_vpc.network", {"tags": {"Name": "x", "Environment": "prod"}}),
    ("required-tags", "aws_vpc.network", {"tags": {"Owner": "x"}}),
    ("unique-name", "aws_iam_role.x", {"name": "dev-davidshaevel-backend-task-role"}),
    ("own-partition", "aws_s3_object.prometheus_config", {"content": "arn:aws-cn:s3:::x"}),
]

# What breaks none, close as it is.
SOUND: list[tuple[str, Arguments]] = [
    ("aws_iam_policy.x", permit("s3:*", "arn:aws:s3:::x/*")),
    ("aws_iam_policy.x", permit("ecr:GetAuthorizationToken")),
    ("aws_iam_policy.x", {"policy": json.dumps({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}})}),
    ("aws_iam_role.x", trust(TASKS, {"ArnLike": {"AWS:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"}})),
    ("aws_iam_role.x", trust({"AWS": f"arn:aws:iam::{ACCOUNT}:role/x"})),
    ("aws_iam_role.x", trust({"AWS": "${aws_iam_role.task_execution.arn}"})),
    ("aws_iam_role.x", trust(GITHUB, {"StringLike": {"g:sub": "repo:acme/x:*"}}, WEB)),
    ("aws_vpc_security_group_ingress_rule.x", {"security_group_id": "sg-1", **ANYONE, "cidr_ipv4": "10.0.0.0/8"}),
    ("aws_vpc_security_group_egress_rule.x", {"security_group_id": "sg-1", **ANYONE}),
    ("aws_s3_bucket_policy.x", {"policy": document({"Principal": "*", "Action": "s3:*", "Condition": {"Bool": {}}})}),
    ("aws_cloudwatch_metric_alarm.x", {"alarm_name": "dev-davidshaevel-cluster"}),
]


def with_arguments(stack: Json, address: str, arguments: Arguments) -> Configuration:
    """Return a stack with arguments added to a resource, or with it if there was none; None takes one away."""
    changed = copy.deepcopy(stack.document)
    kind, name = address.split(".")
    resource = changed["resource"].setdefault(kind, {}).setdefault(name, {})
    resource |= arguments
    return Configuration(changed)


def broken(configuration: Configuration, name: str = "dev", **settings: object) -> set[tuple[str, str]]:
    """Return the rules that a configuration of an environment breaks, each with the address."""
    stack = Stack(load(name).model_copy(update=settings), configuration)
    return {(rule.id, breach.address) for rule in RULES.values() for breach in rule.find(stack)}


@pytest.mark.parametrize(("rule", "address", "arguments"), BROKEN, ids=lambda value: str(value)[:60])
def test_a_rule_fires_alone(dev: Json, rule: str, address: str, arguments: Arguments) -> None:
    assert broken(with_arguments(dev, address, arguments)) == {(rule, address)}


@pytest.mark.parametrize(("address", "arguments"), SOUND, ids=lambda value: str(value)[:60])
def test_no_rule_fires(dev: Json, address: str, arguments: Arguments) -> None:
    assert broken(with_arguments(dev, address, arguments)) == set()


def test_a_trust_in_tokens_of_any_repository_says_so(dev: Json) -> None:
    wide = with_arguments(dev, "aws_iam_role.x", trust(GITHUB, {"StringLike": {"g:sub": "repo:*"}}, WEB))
    (breach,) = RULES["trust-names-account"].find(Stack(load("dev"), wide))
    assert breach.fault.endswith(" without naming a repository in the sub of its tokens")


def test_every_rule_is_seen_to_fire() -> None:
    assert {rule for rule, *_ in BROKEN} | {"protected-data"} == RULES.keys()


def test_a_bucket_needs_its_encryption_and_its_block(dev: Json) -> None:
    bucket = with_arguments(dev, "aws_s3_bucket.x", {"bucket": "x"})
    assert broken(bucket) == {("encrypted-storage", "aws_s3_bucket.x"), ("private-storage", "aws_s3_bucket.x")}


def test_a_block_with_a_gap_is_none(dev: Json) -> None:
    gap = with_arguments(dev, "aws_s3_bucket_public_access_block.prometheus_config", {"block_public_policy": False})
    assert broken(gap) == {("private-storage", "aws_s3_bucket.prometheus_config")}


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("aws_db_instance.database", {"deletion_protection": False}),
        ("aws_db_instance.database", {"skip_final_snapshot": True}),
        ("aws_db_instance.database", {"lifecycle": {}}),
        ("aws_efs_file_system.prometheus_data", {"lifecycle": None}),
        ("aws_s3_bucket.prometheus_config", {"force_destroy": True}),
        ("aws_ecr_repository.registry_backend", {"force_delete": True}),
    ],
)
def test_what_holds_data_in_prod_is_protected(synth: Synth, address: str, arguments: Arguments) -> None:
    assert broken(with_arguments(synth("prod"), address, arguments), "prod") == {("protected-data", address)}


def test_a_volume_needs_encryption_on_the_way(dev: Json) -> None:
    (volume,) = dev["aws_ecs_task_definition.prometheus"]["volume"]
    clear = {**volume, "efs_volume_configuration": {"file_system_id": "x"}}
    configuration = with_arguments(dev, "aws_ecs_task_definition.prometheus", {"volume": [clear]})
    assert broken(configuration) == {("encrypted-storage", "aws_ecs_task_definition.prometheus")}


def test_the_load_balancers_group_is_for_it_alone(dev: Json) -> None:
    network = {"security_groups": ["${aws_security_group.security_groups_alb.id}"], "subnets": []}
    shared = with_arguments(dev, "aws_ecs_service.backend", {"network_configuration": network})
    rules = {f"aws_vpc_security_group_ingress_rule.security_groups_alb_{name}" for name in ("http", "https")}
    assert broken(shared) == {("public-ingress", rule) for rule in rules}


def test_a_provider_gives_the_environments_tags(dev: Json) -> None:
    bare = with_arguments(dev, "aws_vpc.network", {})
    bare.providers[1].pop("default_tags")  # type: ignore[attr-defined]  # a test's own document
    assert broken(bare) == {("required-tags", "provider.us_east_1")}
    assert ("required-tags", "provider.aws") in broken(Configuration(dev.document), tags={"CostCenter": "42"})


@pytest.mark.parametrize("name", names())
def test_an_environment_breaks_no_rule(synth: Synth, name: str) -> None:
    assert broken(Configuration(synth(name).document), name) == set()


@pytest.mark.parametrize("policy", ["managed", "minimal"])
def test_a_shell_everywhere_breaks_no_rule(synth: Synth, policy: str) -> None:
    on = {f"DEV__EXEC__{service}": "true" for service in ("BACKEND", "FRONTEND", "PROMETHEUS")}
    assert broken(Configuration(synth(**on, DEV__EXEC__POLICY=policy).document)) == set()


def test_no_kind_of_service_breaks_a_rule(kinds: Kinds) -> None:
    platform = Configuration(kinds({"DEV__EXEC__NIGHTLY": "true", "DEV__EXEC__ENCRYPTED": "true"}).document)
    assert broken(platform, project="acme") == set()


def test_no_partition_breaks_a_rule(synth: Synth) -> None:
    region = {"DEV__REGION": "cn-north-1", "DEV__NETWORK__ZONES": '["cn-north-1a", "cn-north-1b"]'}
    assert broken(Configuration(synth(**region).document), region="cn-north-1") == set()
    hard_coded = {address for rule, address in broken(Configuration(synth().document), region="cn-north-1")}
    assert "aws_iam_policy.delivery" in hard_coded


def test_environments_of_one_account_share_no_name(synth: Synth) -> None:
    dev, staging = load("dev"), load("staging")
    stolen = with_arguments(synth("staging"), "aws_iam_role.x", {"name": "dev-davidshaevel-backend-task-role"})
    first = Stack(dev, Configuration(synth().document))
    (breach,) = RULES["unique-name"].find(Stack(staging, stolen, earlier=(first,)))
    assert breach.fault.endswith("is that of aws_iam_role.backend_task of dev")
    other_account = staging.model_copy(update={"account_id": "999999999999"})
    assert list(RULES["unique-name"].find(Stack(other_account, stolen, earlier=(first,)))) == []


EXCEPTED = {"log-retention": {"aws_cloudwatch_log_group.x": "Kept for the auditors, decided by them."}}


def reported(configuration: Configuration, exceptions: object) -> list[str]:
    environment = load("dev").model_copy(update={"rule_exceptions": exceptions})
    return report_on(Stack(environment, configuration))


def test_a_breach_is_reported_with_reason_and_remedy(dev: Json) -> None:
    assert reported(with_arguments(dev, "aws_cloudwatch_log_group.x", {}), {}) == [
        "dev: nothing can be deployed before this is put right (docs/rules.md)",
        "  log-retention: CloudWatch keeps logs for ever unless a group says how long, and bills for it.",
        "    aws_cloudwatch_log_group.x: it has no retention_in_days",
        "    What to do: set retention_in_days to the environment's log_retention_days.",
    ]


def test_an_exception_lets_one_resource_break_one_rule(dev: Json) -> None:
    assert reported(with_arguments(dev, "aws_cloudwatch_log_group.x", {}), EXCEPTED) == []
    assert len(reported(with_arguments(dev, "aws_cloudwatch_log_group.y", {}), EXCEPTED)) > 1


@pytest.mark.parametrize(
    ("exceptions", "line"),
    [
        (
            EXCEPTED,
            'log-retention."aws_cloudwatch_log_group.x": nothing there breaks the rule any more; remove the exception',
        ),
        ({"log-retentoin": {}}, "log-retentoin: no such rule; did you mean log-retention?"),
    ],
)
def test_an_exception_that_applies_to_nothing_fails(dev: Json, exceptions: object, line: str) -> None:
    assert reported(Configuration(dev.document), exceptions)[1:] == [f"  rule_exceptions.{line}"]


def test_the_breaches_of_all_stacks_are_one_report(synth: Synth, tmp_path: Path) -> None:
    environments = [(environment, tmp_path / environment.name) for environment in load_all(variables={})]
    for environment, folder in environments:
        folder.mkdir()
        public = {"publicly_accessible": environment.name != "prod"}
        stack = with_arguments(synth(environment.name), "aws_db_instance.database", public)
        (folder / "cdk.tf.json").write_text(json.dumps(stack.document), encoding="utf-8")
    with pytest.raises(RulesError) as error:
        check(environments)
    assert re.findall(r"^(\w+):", str(error.value), re.MULTILINE) == [name for name in names() if name != "prod"]


def test_every_rule_is_documented() -> None:
    documented = re.findall(r"^\| `([a-z-]+)`", (PROJECT / "docs/rules.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == ["unique-address", *RULES]
