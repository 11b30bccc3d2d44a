"""What an operator needs to open ECS Exec sessions, as statements of IAM: for the platform's policy and printed ones.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
"""

from typing import Any

from environments.environment import Environment

# Any: a statement as IAM reads it.
Statement = dict[str, Any]


def read_ecs(environment: Environment) -> list[Statement]:
    """Return what it takes to find tasks and their containers."""
    cluster = environment.cluster_name
    return [
        allow(
            "ReadServicesAndTasks",
            ["ecs:DescribeServices", "ecs:DescribeTasks"],
            [
                environment.arns.regional("ecs", f"service/{cluster}/*"),
                environment.arns.regional("ecs", f"task/{cluster}/*"),
            ],
        ),
        # Listing by cluster has no resource of its own: AWS checks it against "*".
        allow("ListTasks", ["ecs:ListTasks"], ["*"], {"ArnEquals": {"ecs:cluster": _cluster(environment)}}),
        allow("ReadTaskDefinitions", ["ecs:DescribeTaskDefinition"], ["*"]),
    ]


def use_exec(environment: Environment) -> list[Statement]:
    """Return what a session takes: one statement to start it, one to use and end it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-best-practices-limit-access-execute-command
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
    """
    tasks = environment.arns.regional("ecs", f"task/{environment.cluster_name}/*")
    # ECS names the sessions that it starts; those of Session Manager itself have the user's name in front.
    sessions = environment.arns.regional("ssm", "session/ecs-execute-command-*")
    actions = ["ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession"]
    return [
        allow("StartSessions", ["ecs:ExecuteCommand"], [_cluster(environment), tasks]),
        allow("UseAndEndSessions", actions, [sessions]),
    ]


def new_data_key(environment: Environment) -> list[Statement]:
    """Return what an encrypted session takes; the key's ARN is AWS's choice, its alias the platform's."""
    if not environment.exec.encrypted:
        return []
    alias = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": f"alias/{environment.prefix}-exec"}}
    return [
        read_cluster(environment),
        allow("EncryptSessions", ["kms:GenerateDataKey"], [environment.arns.regional("kms", "key/*")], alias),
    ]


def read_cluster(environment: Environment) -> Statement:
    """Return what it takes to see how the cluster logs and encrypts sessions."""
    return allow("ReadCluster", ["ecs:DescribeClusters"], [_cluster(environment)])


def allow(sid: str, actions: list[str], resources: list[str], condition: Statement | None = None) -> Statement:
    """Return a statement that allows actions on resources."""
    allowed = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return allowed | {"Condition": condition} if condition else allowed


def _cluster(environment: Environment) -> str:
    return environment.arns.regional("ecs", f"cluster/{environment.cluster_name}")
