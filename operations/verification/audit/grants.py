"""What the settings grant the task role of a service: the other side of ``constructs.exec_access``."""

from typing import Any

from environments import Environment
from environments.services import DATABASE
from operations.verification.audit.context import Context
from operations.verification.audit.role import CHANNEL_ACTIONS

MANAGED_POLICY = "AmazonSSMManagedInstanceCore"

# Any: a statement of a policy document.
Statement = dict[str, Any]


def granted_statements(service: str, context: Context) -> list[Statement]:
    """Return all that the task role of a service with ECS Exec on should be allowed."""
    return [_allow(CHANNEL_ACTIONS, "*"), *_session_log(context), *_own(service, context)]


def granted_policies(context: Context) -> set[str]:
    """Return the ARNs of the policies that may be attached whatever they allow: AWS's own, if the settings say so."""
    managed = context.platform.environment.exec.policy == "managed"
    return {context.arns.aws_managed_policy(MANAGED_POLICY)} if managed else set()


def _session_log(context: Context) -> list[Statement]:
    arns = context.arns
    streams = arns.regional("logs", f"log-group:{context.log_group}:*")
    statements = [
        _allow(["logs:DescribeLogGroups"], arns.regional("logs", "log-group:*")),
        _allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], streams),
    ]
    key = context.key_arn or _key_that_is_gone(context)
    return [*statements, _allow(["kms:Decrypt"], key)] if key else statements


def _key_that_is_gone(context: Context) -> str:
    """Return any key if the cluster lacks the one that the settings want: the role still has it, by an unknown ARN."""
    return context.arns.regional("kms", "key/*") if context.platform.environment.exec.encrypted else ""


def _own(service: str, context: Context) -> list[Statement]:
    """Return what a service's own code needs, apart from ECS Exec; most need nothing."""
    environment, statements = context.platform.environment, list[Statement]()
    if _reads_configuration(service, environment):
        bucket = context.arns.bucket(f"{environment.prefix}-{service}-config")
        statements.append(_allow(["s3:ListBucket"], bucket))
        statements.append(_allow(["s3:GetObject", "s3:GetObjectVersion"], f"{bucket}/*"))
    if environment.database.iam_authentication and DATABASE in environment.services[service].connects_to:
        # In the place of the star is an id of AWS's choice.
        statements.append(_allow(["rds-db:connect"], context.arns.regional("rds-db", f"dbuser:*/{service}")))
    return statements


def _reads_configuration(service: str, environment: Environment) -> bool:
    """Whether a service reads its configuration from a bucket, as Prometheus does."""
    return service in environment.scrapers


def _allow(actions: object, resource: str) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
