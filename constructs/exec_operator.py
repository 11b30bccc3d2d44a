"""Who may open ECS Exec sessions: a policy to attach to users, groups or a permission set."""

import json
from collections.abc import Mapping

from environments import Environment
from environments.exec_operator import Statement, new_data_key, read_ecs, use_exec

from .bindings import Construct, IamPolicy


class ExecOperatorPolicy(Construct):
    """A policy for the environment's operators, if it chooses one; it is attached to no one here.

    It allows sessions in the containers of the services with ECS Exec on, by their names: switching a service changes
    the policy in place, and with all of them off it only reads. With `exec.operator_tags` it holds for principals that
    have these tags. Changing the name replaces it.

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
        tags: dict[str, object] = {f"aws:PrincipalTag/{key}": value for key, value in settings.operator_tags.items()}
        # A container has its service's name; others in its task, such as one that prepares it, are not entered.
        containers = {"ecs:container-name": list(settings.enabled)}
        start, use = use_exec(environment)
        return [
            *read_ecs(environment),
            _only_if(start, containers | tags),
            # Who can resume a session is in it, whoever started it.
            _only_if(use, tags),
            *new_data_key(environment),
        ]


def _only_if(statement: Statement, equal: Mapping[str, object]) -> Statement:
    return statement | {"Condition": {"StringEquals": equal}} if equal else statement
