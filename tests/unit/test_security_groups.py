"""Who may talk to whom: exactly this, and nothing else."""

import re

import pytest

from tests.unit.stack_json import Stack, Synth

GROUPS = {
    "alb": (
        "dev-davidshaevel-alb-sg-",
        "Security group for Application Load Balancer - allows HTTP/HTTPS from internet",
    ),
    "frontend": (
        "dev-davidshaevel-app-frontend-sg-",
        "Security group for frontend containers - allows traffic from ALB only",
    ),
    "backend": (
        "dev-davidshaevel-app-backend-sg-",
        "Security group for backend containers - allows traffic from ALB and frontend",
    ),
    "database": (
        "dev-davidshaevel-database-sg-",
        "Security group for RDS PostgreSQL database - allows traffic from backend only",
    ),
    "prometheus": (
        "dev-davidshaevel-prometheus-sg-",
        "Security group for Prometheus metrics collection - allows access to application metrics endpoints",
    ),
    "efs": ("dev-davidshaevel-efs-", "Security group for Prometheus EFS mount targets"),
}
ANYWHERE = "0.0.0.0/0"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
Rule = tuple[str, str, str, int]


def matrix(*, frontend: int = 3000, backend: int = 3001) -> set[Rule]:
    """Return the table of the specification: direction, group, peer, port."""
    return {
        ("in", "alb", ANYWHERE, 80),
        ("in", "alb", ANYWHERE, 443),
        ("out", "alb", "frontend", frontend),
        ("out", "alb", "backend", backend),
        ("in", "frontend", "alb", frontend),
        ("in", "frontend", "prometheus", frontend),
        ("out", "frontend", "backend", backend),
        ("out", "frontend", ANYWHERE, 443),
        ("in", "backend", "alb", backend),
        ("in", "backend", "frontend", backend),
        ("in", "backend", "prometheus", backend),
        ("out", "backend", "database", 5432),
        # Not written there, but what lets Prometheus be asked: in is of no use without out.
        ("out", "backend", "prometheus", 9090),
        ("out", "backend", ANYWHERE, 443),
        ("in", "database", "backend", 5432),
        ("in", "prometheus", "backend", 9090),
        ("out", "prometheus", "backend", backend),
        ("out", "prometheus", "frontend", frontend),
        ("out", "prometheus", "efs", 2049),
        ("out", "prometheus", ANYWHERE, 443),
        ("in", "efs", "prometheus", 2049),
    }


def rules(stack: Stack) -> list[Rule]:
    found = []
    for direction, kind in (("in", "ingress"), ("out", "egress")):
        for rule in stack.of_type(f"aws_vpc_security_group_{kind}_rule").values():
            assert rule["ip_protocol"] == "tcp"
            assert rule["from_port"] == rule["to_port"]
            peer = rule.get("cidr_ipv4") or group(rule["referenced_security_group_id"])
            found.append((direction, group(rule["security_group_id"]), peer, rule["from_port"]))
    return found


def group(reference: str) -> str:
    match = re.fullmatch(r"\$\{aws_security_group\.security_groups_(\w+)\.id\}", reference)
    assert match
    return match[1]


def test_the_rules_are_the_matrix_of_the_specification(dev: Stack) -> None:
    assert sorted(rules(dev)) == sorted(matrix())


def test_the_rules_follow_the_services_ports(synth: Synth) -> None:
    stack = synth(DEV__SERVICES__FRONTEND__PORT="4000", DEV__SERVICES__BACKEND__PORT="4001")
    assert sorted(rules(stack)) == sorted(matrix(frontend=4000, backend=4001))


@pytest.mark.parametrize("name", GROUPS)
def test_what_aws_cannot_change_in_place_is_as_live(dev: Stack, name: str) -> None:
    security_group = dev[f"aws_security_group.security_groups_{name}"]
    assert (security_group["name_prefix"], security_group["description"]) == GROUPS[name]


def test_there_are_no_other_groups_and_all_stand_in_the_vpc(dev: Stack) -> None:
    groups = dev.of_type("aws_security_group")
    assert set(groups) == {f"security_groups_{name}" for name in GROUPS}
    assert {each["vpc_id"] for each in groups.values()} == {"${aws_vpc.network.id}"}


def test_a_group_is_replaced_before_it_is_destroyed(dev: Stack) -> None:
    for each in dev.of_type("aws_security_group").values():
        assert each["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["ingress", "egress"]}
        assert not {"ingress", "egress"} & each.keys()


@pytest.mark.parametrize(
    ("user", "path", "name"),
    [
        ("aws_lb.load_balancer", "security_groups", "alb"),
        ("aws_ecs_service.backend", "network_configuration.security_groups", "backend"),
        ("aws_ecs_service.frontend", "network_configuration.security_groups", "frontend"),
        ("aws_ecs_service.prometheus", "network_configuration.security_groups", "prometheus"),
        ("aws_db_instance.database", "vpc_security_group_ids", "database"),
        ("aws_efs_mount_target.prometheus_data_mount_target_1", "security_groups", "efs"),
        ("aws_efs_mount_target.prometheus_data_mount_target_2", "security_groups", "efs"),
    ],
)
def test_each_part_is_in_its_own_group_only(dev: Stack, user: str, path: str, name: str) -> None:
    assert dev.paths[f"{user}.{path}[0]"] == f"${{aws_security_group.security_groups_{name}.id}}"
    assert f"{user}.{path}[1]" not in dev.paths


@pytest.mark.parametrize(("certificate", "port"), [("", 80), (CERTIFICATE, 443)])
def test_cloudfront_alone_comes_in_on_the_one_port_it_uses(synth: Synth, certificate: str, port: int) -> None:
    # Its list takes 55 of the 60 rules that a group may have.
    chosen = {"DEV__LOAD_BALANCER__CERTIFICATE_ARN": certificate} if certificate else {}
    stack = synth(DEV__LOAD_BALANCER__CLOUDFRONT_ONLY="true", **chosen)
    rules = stack.of_type("aws_vpc_security_group_ingress_rule").values()
    (rule,) = [each for each in rules if group(each["security_group_id"]) == "alb"]
    assert (rule["from_port"], rule["to_port"]) == (port, port)
    assert rule["prefix_list_id"] == "${data.aws_ec2_managed_prefix_list.security_groups_cloudfront.id}"
    assert not {"cidr_ipv4", "referenced_security_group_id"} & rule.keys()
    (addresses,) = stack.document["data"]["aws_ec2_managed_prefix_list"].values()
    assert addresses["name"] == "com.amazonaws.global.cloudfront.origin-facing"
