"""Real changes of dev, each with the verdict that a reviewer must read.

Changes that have nothing to do with each other share a plan, because a plan takes seconds.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.stack_json import Stack, Synth

Document = dict[str, Any]
Edit = Callable[[Document], None]
Verdicts = Mapping[str, str]


@dataclass(frozen=True)
class Head:
    """A head revision of dev: settings, and what has no setting as an edit of the JSON; changes with their verdicts."""

    settings: Mapping[str, str]
    edits: tuple[Edit, ...]
    changes: Mapping[str, Verdicts]

    def document(self, synth: Synth) -> Document:
        """Synthesize and edit it."""
        document: Document = json.loads(synth(**{f"DEV__{key}": value for key, value in self.settings.items()}).text)
        for edit in self.edits:
            edit(document)
        return document


def resource(document: Document, address: str) -> Document:
    kind, name = address.split(".")
    found: Document = document["resource"][kind][name]
    return found


def arguments(address: str, **values: Any) -> Edit:  # noqa: ANN401 - any argument
    """Set arguments of a resource."""
    return lambda document: resource(document, address).update(values)


def text(address: str, argument: str, before: str, after: str) -> Edit:
    """Change a text inside an argument."""

    def edit(document: Document) -> None:
        found = resource(document, address)
        assert before in found[argument]
        found[argument] = found[argument].replace(before, after)

    return edit


def open_ssh_to_everyone(document: Document) -> None:
    rules = document["resource"]["aws_vpc_security_group_ingress_rule"]
    (group,) = {each["security_group_id"] for name, each in rules.items() if name.endswith("backend_from_alb")}
    metadata = {"//": {"metadata": {"path": "dev/security_groups/backend_ssh"}}}
    own = {**metadata, "from_port": 22, "to_port": 22, "ip_protocol": "tcp", "cidr_ipv4": "0.0.0.0/0"}
    rules["security_groups_backend_ssh"] = {**own, "security_group_id": group}


def allow_all_of_s3(document: Document) -> None:
    found = resource(document, "aws_iam_policy.delivery")
    policy = json.loads(found["policy"])
    policy["Statement"].append({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    found["policy"] = json.dumps(policy)


def another_path(document: Document) -> None:
    (condition,) = resource(document, "aws_lb_listener_rule.load_balancer_backend_api")["condition"]
    condition["path_pattern"]["values"] = ["/v2/*"]


def parts(document: Document, construct: str) -> list[str]:
    """Return the addresses of a service: its own resources, and its task role."""
    return [
        f"{kind}.{name}"
        for kind, named in document["resource"].items()
        for name, body in named.items()
        if body["//"]["metadata"]["path"].split("/")[1] in (construct, f"{construct}_task")
    ]


def renamed(address: str, before: str, after: str) -> str:
    kind, name = address.split(".")
    return f"{kind}.{name.replace(before, after)}"


def new_service(document: Document) -> None:
    """Add a copy of the frontend with another name, without a way from the load balancer."""
    addresses = parts(document, "frontend")
    # Only its own names and references change.
    copied = json.dumps({each: resource(document, each) for each in addresses}).replace("-frontend", "-worker")
    for each in addresses:
        copied = _refer(copied, each, renamed(each, "frontend", "worker"))
    for address, body in json.loads(copied).items():
        kind, name = address.split(".")
        body["//"]["metadata"]["path"] = body["//"]["metadata"]["path"].replace("/frontend", "/worker")
        document["resource"][kind][name] = body


def removed_service(document: Document) -> None:
    """Remove the frontend: what refers to it has something else instead."""
    addresses = parts(document, "frontend")
    for address in addresses:
        kind, name = address.split(".")
        del document["resource"][kind][name]
    rest = json.dumps(document["resource"])
    for address in addresses:
        rest = re.sub(rf"\$\{{{re.escape(address)}\.\w+\}}", "gone", rest)
    document["resource"] = json.loads(rest)


def renamed_service(service: str, name: str, *, moved: bool) -> Edit:
    """Give the resources of a service other addresses; with ``moved`` Terraform is told."""

    def edit(document: Document) -> None:
        moves = [(each, renamed(each, service, name)) for each in parts(document, service)]
        document["resource"] = json.loads(_renamed(document["resource"], moves))
        if moved:
            document["moved"] = [{"from": old, "to": new} for old, new in moves]

    return edit


def _renamed(resources: Document, moves: list[tuple[str, str]]) -> str:
    for old, new in moves:
        (kind, name), (_, other) = old.split("."), new.split(".")
        resources[kind][other] = resources[kind].pop(name)
    rest = json.dumps(resources)
    for old, new in moves:
        rest = _refer(rest, old, new)
    return rest


def _refer(text: str, old: str, new: str) -> str:
    """Let every mention of an address be one of another."""
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, text)


HEADS = {
    "in-place": Head(
        {
            "SERVICES__FRONTEND__CPU": "512",
            "SERVICES__FRONTEND__MEMORY_MIB": "1024",
            "SERVICES__FRONTEND__DESIRED_COUNT": "3",
            "SERVICES__PROMETHEUS__IMAGE": "prom/prometheus:v2.46.0",
            "DATABASE__INSTANCE_CLASS": "db.t3.small",
            "DATABASE__ALLOCATED_STORAGE_GIB": "50",
            "DATABASE__ENGINE_VERSION": "16.4",
            "LOG_RETENTION_DAYS": "14",
        },
        (open_ssh_to_everyone, allow_all_of_s3, another_path),
        {
            "task size": {"aws_ecs_task_definition.frontend": "replace"},
            "count": {"aws_ecs_service.frontend": "update"},
            "image": {"aws_ecs_task_definition.prometheus": "replace", "aws_ecs_service.prometheus": "update"},
            "database class, storage and engine version": {"aws_db_instance.database": "update"},
            "log retention": {"aws_cloudwatch_log_group.backend": "update"},
            "security group rule": {"aws_vpc_security_group_ingress_rule.security_groups_backend_ssh": "create"},
            "IAM statement": {"aws_iam_policy.delivery": "update"},
            "listener path": {"aws_lb_listener_rule.load_balancer_backend_api": "update"},
        },
    ),
    "replacements": Head(
        {
            "SERVICES__BACKEND__CAPACITY_PROVIDER": "FARGATE_SPOT",
            "NETWORK__NAT_GATEWAYS": "single",
            "NETWORK__PRIVATE_DB_SUBNETS": '["10.0.21.0/24", "10.0.23.0/24"]',
        },
        (
            arguments("aws_db_instance.database", db_name="another"),
            arguments("aws_s3_bucket.prometheus_config", bucket="another-prometheus-config"),
        ),
        {
            "Spot": {"aws_ecs_service.backend": "replace"},
            "NAT single": {"aws_nat_gateway.network_nat_2": "destroy", "aws_eip.network_nat_2_eip": "destroy"},
            "subnets": {"aws_subnet.network_private_db_2": "replace"},
            "database name": {"aws_db_instance.database": "replace"},
            "bucket rename": {
                "aws_s3_bucket.prometheus_config": "replace",
                "aws_s3_object.prometheus_config": "replace",
            },
        },
    ),
    "vpc": Head(
        {
            "NETWORK__CIDR": "10.1.0.0/16",
            "NETWORK__PUBLIC_SUBNETS": '["10.1.1.0/24", "10.1.2.0/24"]',
            "NETWORK__PRIVATE_APP_SUBNETS": '["10.1.11.0/24", "10.1.12.0/24"]',
            "NETWORK__PRIVATE_DB_SUBNETS": '["10.1.21.0/24", "10.1.22.0/24"]',
        },
        (),
        {
            "VPC CIDR": {
                "aws_vpc.network": "replace",
                "aws_subnet.network_public_1": "replace",
                "aws_security_group.security_groups_backend": "replace",
            }
        },
    ),
    "services": Head(
        {},
        (
            new_service,
            removed_service,
            renamed_service("backend", "api", moved=True),
            renamed_service("prometheus", "metrics", moved=False),
        ),
        {
            "new service": {
                "aws_ecs_service.worker": "create",
                "aws_ecs_task_definition.worker": "create",
                "aws_iam_role.worker_task": "create",
            },
            "removed service": {
                "aws_ecs_service.frontend": "destroy",
                "aws_cloudwatch_log_group.frontend": "destroy",
            },
            "renamed service with moved": {
                "aws_ecs_service.api": "move",
                "aws_cloudwatch_log_group.api": "move",
                "aws_iam_role.api_task": "move",
            },
            "renamed service without moved": {
                "aws_efs_file_system.prometheus_data": "destroy",
                "aws_efs_file_system.metrics_data": "create",
            },
        },
    ),
}


def stack_text(document: Document) -> str:
    return Stack(json.dumps(document)).text
