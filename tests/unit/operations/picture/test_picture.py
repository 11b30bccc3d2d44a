"""The picture of an environment: boxes, arrows and what they say."""

import re
from typing import Any

import pytest

from environments import names
from operations.picture.drawing import draw
from tests.unit.stack_json import Synth

DRAWN = ("aws_ecs_service", "aws_lb", "aws_db_instance", "aws_efs_file_system", "aws_s3_bucket")
CONTAINERS = '[{"name": "w", "image": "w:1", "command": ["${aws_s3_bucket.inputs.bucket}"]}]'


def texts(dot: str, address: str) -> list[str]:
    """Return what a box says, line by line."""
    (label,) = re.findall(rf'^\s*"{re.escape(address)}" \[label=<(.*)> fill', dot, re.MULTILINE)
    return [text for text in re.findall(r"[^<>]+(?=<)", label) if text.strip()]


def arrows(dot: str) -> dict[str, str]:
    """Return what the visible arrows say."""
    found = re.findall(r'^\s*"?([\w./-]+)"? -> "?([\w./-]+)"? \[label=(<.*>|"") (.*)\]$', dot, re.MULTILINE)
    return {f"{a} -> {b}": ", ".join(re.findall(r"[^<>]+(?=</TD>)", label)) for a, b, label, _ in found}


def group(name: str) -> str:
    return f"${{aws_security_group.{name}.id}}"


def rule(direction: str, owner: str, peer: str = "", **arguments: object) -> dict[str, Any]:
    """Return a rule of a security group for TCP port 80."""
    ends = {"security_group_id": group(owner), "referenced_security_group_id": group(peer) if peer else None}
    ports = {"ip_protocol": "tcp", "from_port": 80, "to_port": 80}
    return {f"aws_vpc_security_group_{direction}_rule": {f"{owner}_{peer}": {**ends, **ports, **arguments}}}


def drawn(*parts: dict[str, Any]) -> str:
    """Return the picture of a worker and a database in one subnet, and of what is added."""
    worker, database = {"security_groups": [group("worker")], "subnets": ["${aws_subnet.a.id}"]}, [group("database")]
    resources: dict[str, Any] = {
        "aws_subnet": {"a": {"cidr_block": "10.0.0.0/24", "availability_zone": "here", "tags": {"Tier": "app"}}},
        "aws_security_group": {"worker": {}, "database": {}},
        "aws_s3_bucket": {"inputs": {"bucket": "inputs"}},
        "aws_ecs_task_definition": {"worker": {"cpu": "512", "memory": "1024", "container_definitions": CONTAINERS}},
        "aws_ecs_service": {
            "worker": {
                "network_configuration": worker,
                "task_definition": "${aws_ecs_task_definition.worker.arn}",
                "desired_count": 3,
            }
        },
        "aws_db_instance": {"database": {"vpc_security_group_ids": database}},
    }
    for part in parts:
        for kind, named in part.items():
            resources[kind] = {**resources.get(kind, {}), **named}
    return str(draw({"resource": resources}).source)


@pytest.mark.parametrize("environment", names())
def test_each_environment_has_a_picture(synth: Synth, environment: str) -> None:
    dot = draw(synth(environment).document).source
    shown = [address for address in synth(environment).addresses if address.partition(".")[0] in DRAWN]
    assert all(f'"{address}" [' in dot for address in shown)


def test_dev_says_who_may_talk_to_whom(synth: Synth) -> None:
    service = "aws_ecs_service"
    assert arrows(draw(synth().document).source) == {
        "internet -> aws_cloudfront_distribution.cdn": "80, 443",
        "internet -> aws_lb.load_balancer": "80, 443",
        "aws_cloudfront_distribution.cdn -> aws_lb.load_balancer": "80",
        f"aws_lb.load_balancer -> {service}.backend": "3001, /api/*",
        f"aws_lb.load_balancer -> {service}.frontend": "3000, other paths",
        f"{service}.frontend -> {service}.backend": "3001",
        f"{service}.backend -> {service}.prometheus": "9090 to prometheus, 3001 to backend",
        f"{service}.prometheus -> {service}.frontend": "3000",
        f"{service}.backend -> aws_db_instance.database": "5432",
        f"{service}.prometheus -> aws_efs_file_system.prometheus_data": "2049",
        f"{service}.prometheus -> aws_s3_bucket.prometheus_config": "",
    }


def test_a_service_says_its_size_and_name_and_exec(synth: Synth) -> None:
    assert texts(draw(synth(DEV__EXEC__BACKEND="true").document).source, "aws_ecs_service.backend") == [
        "backend",
        "ECS service",
        "2 tasks of 0.25 vCPU, 0.5 GiB",
        "backend.davidshaevel.local",
        "may call the internet: 443",
        "ECS Exec is on",
    ]


def test_exec_is_shown_for_each_service_alone(synth: Synth) -> None:
    dot = draw(synth(DEV__EXEC__BACKEND="true").document).source
    assert texts(dot, "aws_ecs_service.frontend")[-1] == "ECS Exec is off"


def test_a_scaled_service_says_its_range(synth: Synth) -> None:
    dot = draw(synth("prod").document).source
    assert "4 to 12 tasks of 1 vCPU, 2 GiB" in texts(dot, "aws_ecs_service.backend")


def test_with_https_the_paths_are_the_same(synth: Synth) -> None:
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    dot = draw(synth(DEV__LOAD_BALANCER__CERTIFICATE_ARN=certificate).document).source
    assert arrows(dot)["aws_lb.load_balancer -> aws_ecs_service.backend"] == "3001, /api/*"


@pytest.mark.parametrize(
    ("mode", "shown"), [("none", "no way out"), ("single", "through 1 NAT"), ("per_zone", "through 2 NAT")]
)
def test_a_tier_says_how_it_gets_out(synth: Synth, mode: str, shown: str) -> None:
    assert shown in draw(synth(DEV__NETWORK__NAT_GATEWAYS=mode).document).source


def test_a_worker_without_a_port_is_drawn() -> None:
    assert texts(drawn(), "aws_ecs_service.worker") == ["worker", "ECS service", "3 tasks of 0.5 vCPU, 1 GiB"]


def test_a_scheduled_task_says_when_it_runs() -> None:
    target = {
        "task_definition_arn": "${aws_ecs_task_definition.worker.arn}",
        "enable_execute_command": False,
        "network_configuration": {"security_groups": [group("worker")], "subnets": ["${aws_subnet.a.id}"]},
    }
    job = {"schedule_expression": "rate(1 hour)", "target": {"ecs_parameters": target}}
    shown = texts(drawn({"aws_scheduler_schedule": {"job": job}}), "aws_scheduler_schedule.job")
    assert shown[1:] == ["scheduled ECS task", "rate(1 hour)", "a task of 0.5 vCPU, 1 GiB", "ECS Exec is off"]


def test_a_bucket_that_a_task_names_is_used_by_it() -> None:
    assert arrows(drawn()) == {"aws_ecs_service.worker -> aws_s3_bucket.inputs": ""}


def test_access_logs_are_written_to_their_bucket(synth: Synth) -> None:
    ways = arrows(draw(synth(DEV__ACCESS_LOGS="true").document).source)
    for writer in ("aws_lb.load_balancer", "aws_cloudfront_distribution.cdn"):
        assert ways[f"{writer} -> aws_s3_bucket.access_logs"] == ""


def test_both_groups_must_open_a_port() -> None:
    pair = "aws_ecs_service.worker -> aws_db_instance.database"
    out, into = rule("egress", "worker", "database"), rule("ingress", "database", "worker")
    assert arrows(drawn(out, into))[pair] == "80"
    assert arrows(drawn(out))[pair] == "80 opened on one side only"
    assert arrows(drawn(into))[pair] == "80 opened on one side only"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"from_port": 80, "to_port": 90}, "80-90"),
        ({"from_port": 53, "to_port": 53, "ip_protocol": "udp"}, "53/udp"),
        ({"from_port": None, "to_port": None, "ip_protocol": "-1"}, "all ports"),
    ],
)
def test_ports_are_shown_as(arguments: dict[str, object], shown: str) -> None:
    both = [rule("egress", "worker", "database", **arguments), rule("ingress", "database", "worker", **arguments)]
    assert arrows(drawn(*both))["aws_ecs_service.worker -> aws_db_instance.database"] == shown


def test_a_network_outside_is_a_box() -> None:
    dot = drawn(rule("ingress", "database", cidr_ipv4="10.9.0.0/16"))
    assert arrows(dot)["10.9.0.0/16 -> aws_db_instance.database"] == "80"


def test_cloudfront_alone_is_drawn_as_the_one_way_in(synth: Synth) -> None:
    ways = arrows(draw(synth(DEV__LOAD_BALANCER__CLOUDFRONT_ONLY="true").document).source)
    assert {way: label for way, label in ways.items() if "aws_lb.load_balancer" in way} == {
        "aws_cloudfront_distribution.cdn -> aws_lb.load_balancer": "80",
        "aws_lb.load_balancer -> aws_ecs_service.backend": "3001, /api/*",
        "aws_lb.load_balancer -> aws_ecs_service.frontend": "3000, other paths",
    }


def test_a_group_of_nothing_is_not_left_out() -> None:
    dot = drawn({"aws_security_group": {"spare": {}}}, rule("ingress", "spare", "worker"))
    assert texts(dot, "aws_security_group.spare") == ["spare", "security group of nothing"]


def test_text_of_users_is_text() -> None:
    bucket = {"aws_s3_bucket": {"inputs": {"bucket": "<B>&</B>"}}}
    assert "&lt;B&gt;&amp;&lt;/B&gt;" in drawn(bucket)


def test_the_order_of_the_json_changes_nothing(synth: Synth) -> None:
    document = synth().document
    shuffled = {kind: dict(reversed(named.items())) for kind, named in reversed(document["resource"].items())}
    assert draw({**document, "resource": shuffled}).source == draw(document).source
