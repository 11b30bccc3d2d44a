"""What an operator needs to open ECS Exec sessions, as statements of IAM: for the platform's policy and printed ones.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from collections.abc import Callable
from typing import Any

from environments.environment import Environment

# Any: a statement as IAM reads it.
Statement = dict[str, Any]

RegionalArn = Callable[[str, str], str]
"""Returns the ARN of a service's resource, such as `cluster/NAME` of `ecs`, in the environment's account and region."""


def read_ecs(environment: Environment, arn: RegionalArn) -> list[Statement]:
    """Return what it takes to find tasks and their containers."""
    cluster = environment.cluster_name
    return [
        allow(
            "ReadServicesAndTasks",
            ["ecs:DescribeServices", "ecs:DescribeTasks"],
            [arn("ecs", f"service/{cluster}/*"), arn("ecs", f"task/{cluster}/*")],
        ),
        # Listing by cluster has no resource of its own: AWS checks it against "*".
        allow("ListTasks", ["ecs:ListTasks"], ["*"], {"ArnEquals": {"ecs:cluster": _cluster(environment, arn)}}),
        allow("ReadTaskDefinitions", ["ecs:DescribeTaskDefinition"], ["*"]),
    ]


def use_exec(environment: Environment, arn: RegionalArn) -> list[Statement]:
    """Return what a session takes: one statement to start it, one to use and end it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-best-practices-limit-access-execute-command
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
    """
    tasks = arn("ecs", f"task/{environment.cluster_name}/*")
    # ECS names the sessions that it starts; those of Session Manager itself have the user's name in front.
    sessions = arn("ssm", "session/ecs-execute-command-*")
    actions = ["ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession"]
    return [
        allow("StartSessions", ["ecs:ExecuteCommand"], [_cluster(environment, arn), tasks]),
        allow("UseAndEndSessions", actions, [sessions]),
    ]


def new_data_key(environment: Environment, arn: RegionalArn) -> list[Statement]:
    """Return what an encrypted session takes; the key's ARN is AWS's choice, its alias the platform's."""
    if not environment.exec.encrypted:
        return []
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{environment.prefix}-exec"}}
    return [
        read_cluster(environment, arn),
        allow("EncryptSessions", ["kms:GenerateDataKey"], [arn("kms", "key/*")], alias),
    ]


def read_cluster(environment: Environment, arn: RegionalArn) -> Statement:
    """Return what it takes to see how the cluster logs and encrypts sessions."""
    return allow("ReadCluster", ["ecs:DescribeClusters"], [_cluster(environment, arn)])


def allow(sid: str, actions: list[str], resources: list[str], condition: Statement | None = None) -> Statement:
    """Return a statement that allows actions on resources."""
    allowed = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return allowed | {"Condition": condition} if condition else allowed


def _cluster(environment: Environment, arn: RegionalArn) -> str:
    return arn("ecs", f"cluster/{environment.cluster_name}")
