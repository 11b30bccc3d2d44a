"""Who could open a shell where: each service's ECS Exec, in each environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from environments.tags import EXEC_REASON, EXEC_UNTIL
from rules.configuration import Configuration, Resource
from rules.iam import Permissions, reference


@dataclass(frozen=True)
class Exposure:
    """ECS Exec of one service: whether it is on, until when and why, by which policies, how its sessions are kept."""

    on: bool
    policies: tuple[str, ...]
    encrypted: bool
    log: str
    until: str = ""
    reason: str = ""

    def __str__(self) -> str:
        if not self.on:
            # A policy that nobody uses is worth a word: with it, one setting opens the containers.
            return f"off, with the policy {', '.join(self.policies)}" if self.policies else "off"
        policy = f"policy {', '.join(self.policies)}" if self.policies else "no policy"
        on = f"on until {self.until} ({self.reason})" if self.until else "on"
        return ", ".join((on, policy, "encrypted" if self.encrypted else "not encrypted", self.log))


def exposures(configuration: Configuration) -> Mapping[str, Exposure]:
    """Return the exposure of every ECS service, by the service's name in its address."""
    permissions = Permissions.of(configuration)
    return {
        service.address.partition(".")[2]: _exposure(service, configuration, permissions)
        for service in configuration.of_type("aws_ecs_service")
    }


def _exposure(service: Resource, configuration: Configuration, permissions: Permissions) -> Exposure:
    task = configuration.resources.get(reference(str(service.arguments.get("task_definition"))))
    role = reference(str(task.arguments.get("task_role_arn"))) if task else ""
    sessions = _sessions(configuration.resources.get(reference(str(service.arguments.get("cluster")))))
    log = sessions.get("log_configuration") or {}
    tags = service.arguments.get("tags") or {}
    group = log.get("cloud_watch_log_group_name") or log.get("s3_bucket_name")
    return Exposure(
        on=service.arguments.get("enable_execute_command") is True,
        policies=tuple(sorted(permissions.opening_sessions(role))),
        encrypted=bool(sessions.get("kms_key_id")),
        log=f"log {_name(str(group), configuration)}" if group else "no log",
        until=str(tags.get(EXEC_UNTIL, "")),
        reason=str(tags.get(EXEC_REASON, "")),
    )


def _sessions(cluster: Resource | None) -> Mapping[str, Any]:
    """Return what a cluster does with ECS Exec sessions."""
    blocks = _first(cluster.arguments.get("configuration")) if cluster else {}
    return _first(blocks.get("execute_command_configuration"))


def _first(block: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a block, alone or in a list
    found: Mapping[str, Any] = (block[0] if isinstance(block, list) else block) or {}
    return found


def _name(text: str, configuration: Configuration) -> str:
    resource = configuration.resources.get(reference(text))
    return str(resource.arguments.get("name", text)) if resource else json.loads(json.dumps(text))
