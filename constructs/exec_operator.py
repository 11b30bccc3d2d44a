"""Who may open ECS Exec sessions: a policy to attach to users, groups or a permission set."""

import json
from collections.abc import Mapping

from environments import Environment
from environments.base import format_value
from environments.exec_operator import Statement, new_data_key, read_ecs, use_exec

from .bindings import Construct, IamPolicy


class ExecOperatorPolicy(Construct):
    """A policy for the environment's operators, if it chooses one; it is attached to no one here.

    It allows sessions in the containers of the services with ECS Exec on, by their names: switching a service changes
    the policy in place, and with all of them off it only reads. At the end of a toggle that has one, it allows no
    further session there, deploy or not. With `exec.operator_tags` it holds for principals that have these tags.
    Changing the name replaces it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-best-practices-limit-access-execute-command
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self.outputs = self._policy() if environment.exec.operator_policy else {}

    def _policy(self) -> Mapping[str, object]:
        name = f"{self._environment.prefix}-exec-operator"
        document = json.dumps({"Version": "2012-10-17", "Statement": self._statements()})
        policy = IamPolicy(self, "policy", name=name, policy=document, tags={"Name": name, "Module": "compute"})
        return {"exec_operator_policy_arn": policy.arn, "exec_operator_policy": document}

    def _statements(self) -> list[Statement]:
        environment, settings = self._environment, self._environment.exec
        if not settings.enabled:
            return read_ecs(environment)
        tags = {f"aws:PrincipalTag/{key}": value for key, value in settings.operator_tags.items()}
        start, use = use_exec(environment)
        return [
            *read_ecs(environment),
            *(_start_until(start, until, containers, tags) for until, containers in self._containers().items()),
            # Who can resume a session is in it, whoever started it.
            use | {"Condition": {"StringEquals": tags}} if tags else use,
            *new_data_key(environment),
        ]

    def _containers(self) -> dict[str, list[str]]:
        """Return the containers of the services that are on, by the ends of their toggles; the end is "" without one.

        A container has its service's name; others in its task, such as one that prepares it, are not entered.
        """
        settings, containers = self._environment.exec, dict[str, list[str]]()
        for name in settings.enabled:
            until = format_value(settings.timed[name].until) if name in settings.timed else ""
            containers.setdefault(until, []).append(name)
        return containers


def _start_until(start: Statement, until: str, containers: list[str], tags: Mapping[str, str]) -> Statement:
    condition: dict[str, object] = {"StringEquals": {"ecs:container-name": containers, **tags}}
    if not until:
        return start | {"Condition": condition}
    # IAM closes the toggle at its end, though no deploy has closed it yet.
    sid = "".join(filter(str.isalnum, f"{start['Sid']}Until{until}"))
    return start | {"Sid": sid, "Condition": condition | {"DateLessThan": {"aws:CurrentTime": until}}}
