"""Records the calls of AWS that this process makes, as IAM sees them: the action, and the resources it is on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.handlers
from botocore.model import OperationModel

from environments import load
from operations.verification.audit.policies import allowed

# Any: parameters of AWS's calls and statements of policies.
Parameters = Mapping[str, Any]
Statement = dict[str, Any]

_ARNS = load("dev").arns
_CLUSTER = _ARNS.regional("ecs", "cluster/dev-davidshaevel-cluster")
_ANY = ("*",)


@dataclass(frozen=True)
class Call:
    """One call: AWS checks the action on each of the resources, with the values of the condition keys."""

    action: str
    resources: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    def is_allowed(self, *statements: Statement) -> bool:
        """Whether the statements allow it."""
        met = [{**each, "Condition": None} for each in statements if self._meets(each.get("Condition"))]
        return all(allowed([{"Statement": met}], self.action, resource) for resource in self.resources)

    def _meets(self, condition: Mapping[str, Mapping[str, str]] | None) -> bool:
        wanted = [pair for block in (condition or {}).values() for pair in block.items()]
        return all(self.values.get(key) == value for key, value in wanted)


@contextmanager
def recorded_calls() -> Iterator[list[Call]]:
    """Record what sessions of boto3 that are made from now on call."""
    calls: list[Call] = []

    def record(params: Parameters, model: OperationModel, **_: object) -> None:
        calls.append(_call(f"{model.service_model.signing_name}:{model.name}", params))

    handler = ("before-parameter-build", record)
    botocore.handlers.BUILTIN_HANDLERS.append(handler)
    yield calls
    botocore.handlers.BUILTIN_HANDLERS.remove(handler)


def _call(action: str, params: Parameters) -> Call:
    if action in _RESOURCES:
        return Call(action, _RESOURCES[action](params), _values(action))
    # No policy allows it until it has been looked up in the reference.
    return Call(action, (f"add what {action} is on to {__name__}",))


def _values(action: str) -> dict[str, str]:
    alias = "alias/dev-davidshaevel-exec"
    return {"ecs:cluster": _CLUSTER} if action.startswith("ecs:") else {"kms:ResourceAliases": alias}


def _any(_: Parameters) -> tuple[str, ...]:
    return _ANY


def _tasks(params: Parameters) -> tuple[str, ...]:
    ids = [task.rpartition("/")[2] for task in params.get("tasks", [params.get("task", "")])]
    return tuple(_ARNS.regional("ecs", f"task/dev-davidshaevel-cluster/{id_}") for id_ in ids)


def _role(params: Parameters) -> tuple[str, ...]:
    return (_ARNS.iam(f"role/{params['RoleName']}"),)


# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_RESOURCES: dict[str, Callable[[Parameters], tuple[str, ...]]] = {
    "ecs:DescribeServices": lambda params: tuple(
        _ARNS.regional("ecs", f"service/dev-davidshaevel-cluster/{name}") for name in params["services"]
    ),
    "ecs:DescribeTasks": _tasks,
    "ecs:ListTasks": _any,
    "ecs:DescribeTaskDefinition": _any,
    "ecs:DescribeClusters": lambda _: (_CLUSTER,),
    "ecs:ListServiceDeployments": lambda params: (params["service"],),
    "ecs:DescribeServiceDeployments": lambda params: tuple(params["serviceDeploymentArns"]),
    "ecs:ExecuteCommand": lambda params: (_CLUSTER, *_tasks(params)),
    "ssm:TerminateSession": lambda params: (_ARNS.regional("ssm", f"session/{params['SessionId']}"),),
    "kms:GenerateDataKey": lambda params: (params["KeyId"],),
    "kms:DescribeKey": lambda params: (_ARNS.regional("kms", f"key/{params['KeyId']}"),),
    # As AWS names it in a refusal.
    "logs:DescribeLogGroups": lambda _: (_ARNS.regional("logs", "log-group::log-stream:"),),
    "logs:GetLogEvents": lambda params: (
        _ARNS.regional("logs", f"log-group:{params['logGroupName']}:log-stream:{params['logStreamName']}"),
    ),
    "logs:FilterLogEvents": lambda params: (_ARNS.regional("logs", f"log-group:{params['logGroupName']}:log-stream:"),),
    "servicediscovery:GetService": lambda params: (_ARNS.regional("servicediscovery", f"service/{params['Id']}"),),
    "servicediscovery:GetNamespace": lambda params: (_ARNS.regional("servicediscovery", f"namespace/{params['Id']}"),),
    "servicediscovery:ListInstances": lambda params: (
        _ARNS.regional("servicediscovery", f"service/{params['ServiceId']}"),
    ),
    "iam:GetRole": _role,
    "iam:ListAttachedRolePolicies": _role,
    "iam:ListRolePolicies": _role,
    "iam:GetRolePolicy": _role,
    "iam:GetPolicy": lambda params: (params["PolicyArn"],),
    "iam:GetPolicyVersion": lambda params: (params["PolicyArn"],),
    # Moto names its own user as STS never does.
    "iam:SimulatePrincipalPolicy": lambda params: (params["PolicySourceArn"].replace(":sts:", ":iam:"),),
    "ec2:DescribeSubnets": _any,
    "ec2:DescribeRouteTables": _any,
    "ec2:DescribeVpcEndpoints": _any,
    "elasticloadbalancing:DescribeLoadBalancers": _any,
    "elasticloadbalancing:DescribeListeners": _any,
    "elasticloadbalancing:DescribeRules": _any,
    "elasticloadbalancing:DescribeTargetHealth": _any,
    "cloudfront:ListDistributions": _any,
    "acm:DescribeCertificate": lambda params: (params["CertificateArn"],),
    "rds:DescribeDBInstances": lambda params: (_ARNS.regional("rds", f"db:{params['DBInstanceIdentifier']}"),),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: needs no permission
    "sts:GetCallerIdentity": lambda _: (),
}


def opened_channel(headers: Mapping[str, str], session_id: str) -> Call:
    """Return the call that a signed connection to a session's channel is; its signature names the service."""
    service = headers["Authorization"].split("/")[3]
    return Call(f"{service}:OpenDataChannel", (_ARNS.regional("ssm", f"session/{session_id}"),))
