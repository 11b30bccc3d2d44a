"""What comes into being for each kind of service, and that nothing else changes."""

from typing import Any

import pytest

from environments.services import RESERVED
from tests.unit.kinds import APPLICATIONS, LISTENING, PUBLIC, RUNNING, SERVICES, Kinds
from tests.unit.stack_json import Stack, changes
from tests.unit.structure import faults

EACH = {
    "aws_cloudwatch_log_group.{0}",
    "aws_ecs_task_definition.{0}",
    "aws_iam_role.{0}_task",
    "aws_security_group.security_groups_{0}",
    "aws_vpc_security_group_egress_rule.security_groups_{0}_to_internet",
}
REPOSITORY = {"aws_ecr_repository.registry_{0}", "aws_ecr_lifecycle_policy.registry_{0}"}
SERVICE = {"aws_ecs_service.{0}"}
JOB = {"aws_scheduler_schedule.{0}", "aws_iam_role.{0}_scheduler", "aws_iam_role_policy.{0}_scheduler"}
DNS = {'aws_service_discovery_service.service_discovery["{0}"]'}
TARGET = {
    "aws_lb_target_group.load_balancer_{0}",
    "aws_vpc_security_group_egress_rule.security_groups_alb_to_{0}",
    "aws_vpc_security_group_ingress_rule.security_groups_{0}_from_alb",
}
ROUTE = {"aws_lb_listener_rule.load_balancer_{0}_a"}
PORT, ROUTES = {"port": 80}, {"routes": {"a": {"paths": ["/a"], "priority": 7}}}

# What a table has beside its image, and what comes into being for it.
TABLES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "worker": ({}, EACH | REPOSITORY | SERVICE),
    "internal": (PORT, EACH | REPOSITORY | SERVICE | DNS),
    "public": ({**PORT, **ROUTES}, EACH | REPOSITORY | SERVICE | DNS | TARGET | ROUTE),
    "job": ({"schedule": "rate(1 day)"}, EACH | REPOSITORY | JOB),
    "foreign image": ({"repository": False}, EACH | SERVICE),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_adds_its_own_addresses_and_no_others(kinds: Kinds, platform: Stack, kind: str) -> None:
    table, expected = TABLES[kind]
    added = kinds(extra={"image": "extra:1", **table})
    assert added.instances - platform.instances == {address.format("extra") for address in expected}
    assert platform.instances <= added.instances


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_changes_nothing_of_other_services(kinds: Kinds, platform: Stack, kind: str) -> None:
    added = kinds(extra={"image": "extra:1", **TABLES[kind][0]})
    others = {change.split(" ")[1] for change in changes(platform, added) if "extra" not in change}
    # CI may deploy it, and requests for its route are not cached.
    shared = ("aws_iam_policy.delivery.policy", "aws_cloudfront_distribution.cdn.ordered_cache_behavior")
    assert [path for path in others if not path.startswith(shared)] == []


def test_two_kinds_of_prometheus_scrape_side_by_side(kinds: Kinds) -> None:
    stack = kinds(second={"kind": "prometheus"})
    assert faults(stack) == []
    buckets = stack.of_type("aws_s3_bucket").values()
    assert {bucket["bucket"] for bucket in buckets} == {"dev-acme-metrics-config", "dev-acme-second-config"}


def test_a_platform_needs_no_service(kinds: Kinds) -> None:
    stack = kinds(**dict.fromkeys(SERVICES))
    assert faults(stack) == []
    (action,) = stack["aws_lb_listener.load_balancer_http"]["default_action"]
    assert action["fixed_response"]["status_code"] == "404"
    assert "ordered_cache_behavior" not in stack["aws_cloudfront_distribution.cdn"]


def test_the_platform_of_all_kinds_holds_together(platform: Stack) -> None:
    assert faults(platform) == []


def test_only_what_keeps_running_is_a_service_of_ecs(platform: Stack) -> None:
    assert set(platform.of_type("aws_ecs_service")) == set(RUNNING)
    assert set(platform.of_type("aws_scheduler_schedule")) == {"nightly"}


def test_only_what_listens_has_a_dns_name(platform: Stack) -> None:
    names = platform["aws_service_discovery_service.service_discovery"]["for_each"]
    assert set(names) == set(LISTENING)
    registered = {name for name, each in platform.of_type("aws_ecs_service").items() if "service_registries" in each}
    assert registered == set(LISTENING)


def test_only_what_is_public_has_a_target_group(platform: Stack) -> None:
    assert set(platform.of_type("aws_lb_target_group")) == {f"load_balancer_{name}" for name in PUBLIC}
    balanced = {name for name, each in platform.of_type("aws_ecs_service").items() if "load_balancer" in each}
    assert balanced == set(PUBLIC)


@pytest.mark.parametrize("service", ["worker", "nightly"])
def test_nothing_may_reach_what_has_no_port(platform: Stack, service: str) -> None:
    group = f"${{aws_security_group.security_groups_{service}.id}}"
    entered = [rule["security_group_id"] for rule in platform.of_type("aws_vpc_security_group_ingress_rule").values()]
    assert group not in entered


@pytest.mark.parametrize("service", APPLICATIONS)
def test_a_task_role_has_no_permissions_by_itself(platform: Stack, service: str) -> None:
    kinds_of_grant = ("aws_iam_role_policy", "aws_iam_role_policy_attachment")
    grants = [each["role"] for kind in kinds_of_grant for each in platform.of_type(kind).values()]
    assert not [role for role in grants if f"aws_iam_role.{service}_task." in role]


@pytest.mark.parametrize("service", SERVICES)
def test_each_toggle_touches_its_own_service_alone(kinds: Kinds, platform: Stack, service: str) -> None:
    switched = changes(platform, kinds({f"DEV__EXEC__{service.upper()}": "true"}))
    named = (f".{service}.", f".for_each.{service}")
    assert switched
    assert [change for change in switched if not any(name in change for name in named)] == []


def test_a_toggle_of_a_job_reaches_its_schedule(kinds: Kinds) -> None:
    stack = kinds({"DEV__EXEC__NIGHTLY": "true"})
    target = stack["aws_scheduler_schedule.nightly"]["target"]
    assert target["ecs_parameters"]["enable_execute_command"] is True
    assert stack.containers("nightly")["nightly"]["linuxParameters"] == {"initProcessEnabled": True}


def test_no_name_meets_an_address_of_the_platform(kinds: Kinds, platform: Stack) -> None:
    words = {word for address in platform.addresses for word in address.split(".")[1].split("_")}
    words |= {word for name in platform.outputs for word in name.split("_")} | {"exec", "aws", "state"}
    free = {word for word in words if word.isalpha() and word not in {*RESERVED, *SERVICES}}
    stack = kinds(**{word: {"image": "a:1"} for word in free}, extra={"kind": "prometheus"})
    assert faults(stack) == []
    assert set(stack.of_type("aws_ecs_service")) == {*RUNNING, *free, "extra"}
