"""Rules about names, tags and ARNs."""

import json
import re
from collections.abc import Iterator

from rules.configuration import Document, Resource, blocks
from rules.rule import Breach, Rule, Stack

# The arguments that AWS takes once per account and region; some more rarely.
_ONCE = {
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_db_instance": "identifier",
    "aws_db_parameter_group": "name",
    "aws_db_subnet_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "name",
    "aws_ecs_task_definition": "family",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_iam_user": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_lb": "name",
    "aws_lb_target_group": "name",
    "aws_s3_bucket": "bucket",
    "aws_scheduler_schedule": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
}
_ONCE_PER_ACCOUNT = ("aws_iam_",)
_ONCE_IN_THE_WORLD = ("aws_s3_bucket",)
_ARN = re.compile(r"\barn:(aws[a-z-]*):[a-z0-9-]+:")


def _untagged(stack: Stack) -> Iterator[Breach]:
    environment = stack.environment
    required = {"Project": environment.project, "Environment": environment.name, **environment.tags}
    for provider in stack.configuration.providers:
        default = {key: value for block in blocks(provider, "default_tags") for key, value in block["tags"].items()}
        if missing := [key for key in (*required, "ManagedBy", "Repository") if key not in default]:
            yield Breach(f"provider.{provider.get('alias', 'aws')}", f"its default_tags lack {', '.join(missing)}")
    for resource in stack.configuration.resources.values():
        tags: Document = resource.arguments.get("tags", {})
        if tags and "Name" not in tags:
            yield Breach(resource.address, "its tags have no Name")
        for key in required.keys() & tags.keys():
            if tags[key] != required[key]:
                yield Breach(resource.address, f"its tag {key} is {tags[key]}, not {required[key]}")


def _shared_names(stack: Stack) -> Iterator[Breach]:
    owners = {
        name: f"{address} of {other.environment.name}" for other in stack.earlier for address, name in _names(other)
    }
    for address, name in _names(stack):
        owner = owners.setdefault(name, address)
        if owner != address:
            yield Breach(address, f"its name {name[-1]} is that of {owner}")


def _names(stack: Stack) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return what AWS takes once only: the address, and the name with all that it must be unique in."""
    for resource in stack.of_type(*_ONCE):
        name = str(resource.arguments.get(_ONCE[resource.type]) or "")
        if name and "${" not in name:
            yield resource.address, (*_scope(stack, resource), resource.type, name)


def _scope(stack: Stack, resource: Resource) -> tuple[str, ...]:
    if resource.type.startswith(_ONCE_IN_THE_WORLD):
        return ()
    account = stack.environment.account_id
    return (account,) if resource.type.startswith(_ONCE_PER_ACCOUNT) else (account, stack.environment.region)


def _other_partitions(stack: Stack) -> Iterator[Breach]:
    partition = stack.environment.arns.partition
    for resource in stack.configuration.resources.values():
        for other in sorted(set(_ARN.findall(json.dumps(resource.arguments))) - {partition}):
            yield Breach(
                resource.address, f"it names an ARN of {other}, and {stack.environment.region} is in {partition}"
            )


RULES = (
    Rule(
        "required-tags",
        "Costs and owners are found by tags.",
        "configure the provider by stacks.providers.aws_provider, and leave its tags alone",
        _untagged,
    ),
    Rule(
        "unique-name",
        "AWS refuses the second one in the middle of a deploy, or gives both the same.",
        "put the environment's prefix and the construct's id into the name",
        _shared_names,
    ),
    Rule(
        "own-partition",
        "An ARN of another partition names nothing: policies then allow and trust nothing.",
        "build it with environment.arns",
        _other_partitions,
    ),
)
