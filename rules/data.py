"""Rules about what is stored."""

from collections.abc import Iterator, Mapping
from typing import Any

from rules.configuration import Resource, blocks
from rules.iam import reference
from rules.rule import Breach, Rule, Stack

# AWS stores these in clear text unless an argument says otherwise; what is not here, it always encrypts.
_ENCRYPTED = {
    "aws_db_instance": "storage_encrypted",
    "aws_docdb_cluster": "storage_encrypted",
    "aws_ebs_volume": "encrypted",
    "aws_efs_file_system": "encrypted",
    "aws_elasticache_replication_group": "at_rest_encryption_enabled",
    "aws_neptune_cluster": "storage_encrypted",
    "aws_rds_cluster": "storage_encrypted",
}
_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
# What Terraform must refuse to destroy, and the arguments with which AWS refuses it too.
_PROTECTED: Mapping[str, Mapping[str, Any]] = {
    "aws_efs_file_system": {},
    "aws_db_instance": {"deletion_protection": True, "skip_final_snapshot": False},
    "aws_rds_cluster": {"deletion_protection": True, "skip_final_snapshot": False},
    "aws_docdb_cluster": {"deletion_protection": True, "skip_final_snapshot": False},
    "aws_dynamodb_table": {"deletion_protection_enabled": True},
}
# AWS keeps what has something in it, unless Terraform empties it first.
_FORCED = {"aws_s3_bucket": "force_destroy", "aws_ecr_repository": "force_delete"}


def _unencrypted(stack: Stack) -> Iterator[Breach]:
    for resource in stack.of_type(*_ENCRYPTED):
        argument = _ENCRYPTED[resource.type]
        if resource.arguments.get(argument) is not True:
            yield Breach(resource.address, f"{argument} is not true")
    for bucket in stack.of_type("aws_s3_bucket"):
        if not list(_of_bucket(stack, "aws_s3_bucket_server_side_encryption_configuration", bucket)):
            yield Breach(bucket.address, "it has no aws_s3_bucket_server_side_encryption_configuration")
    for task in stack.of_type("aws_ecs_task_definition"):
        for volume in blocks(task.arguments, "volume"):
            for efs in blocks(volume, "efs_volume_configuration"):
                if efs.get("transit_encryption") != "ENABLED":
                    yield Breach(task.address, f"its volume {volume.get('name')} has no transit encryption")


def _public(stack: Stack) -> Iterator[Breach]:
    for bucket in stack.of_type("aws_s3_bucket"):
        found = _of_bucket(stack, "aws_s3_bucket_public_access_block", bucket)
        if not any(all(each.arguments.get(name) is True for name in _BLOCKS) for each in found):
            yield Breach(bucket.address, f"no aws_s3_bucket_public_access_block has {', '.join(_BLOCKS)}")
    for each in stack.allowed(identity=False):
        if each.principal in {"*", "everyone"} and not each.condition and not each.source.startswith("aws_iam_role."):
            yield Breach(each.source, f"its policy lets everyone {each.action}")


def _of_bucket(stack: Stack, type_: str, bucket: Resource) -> Iterator[Resource]:
    names = {bucket.address, str(bucket.arguments.get("bucket"))}
    return (each for each in stack.of_type(type_) if reference(str(each.arguments.get("bucket"))) in names)


def _logs_without_end(stack: Stack) -> Iterator[Breach]:
    for group in stack.of_type("aws_cloudwatch_log_group"):
        if not group.arguments.get("retention_in_days"):
            yield Breach(group.address, "it has no retention_in_days")


def _unprotected(stack: Stack) -> Iterator[Breach]:
    if not stack.environment.protected:
        return
    for resource in stack.of_type(*_PROTECTED):
        for argument, value in _PROTECTED[resource.type].items():
            if resource.arguments.get(argument, False) is not value:
                yield Breach(resource.address, f"{argument} is not {str(value).lower()}")
        if not any(each.get("prevent_destroy") for each in blocks(resource.arguments, "lifecycle")):
            yield Breach(resource.address, "its lifecycle has no prevent_destroy")
    for resource in stack.of_type(*_FORCED):
        if resource.arguments.get(_FORCED[resource.type]):
            yield Breach(resource.address, f"{_FORCED[resource.type]} is true")


RULES = (
    Rule(
        "encrypted-storage",
        "Who gets hold of a disk, a snapshot or the traffic to it must read nothing.",
        "switch the encryption on; for most it cannot be done later without a new resource",
        _unencrypted,
    ),
    Rule(
        "private-storage",
        "A bucket that is open to the world is the commonest leak there is.",
        "block public access, and name who may in the policy",
        _public,
    ),
    Rule(
        "log-retention",
        "CloudWatch keeps logs for ever unless a group says how long, and bills for it.",
        "set retention_in_days to the environment's log_retention_days",
        _logs_without_end,
    ),
    Rule(
        "protected-data",
        "In a protected environment a mistake must not be able to delete data.",
        "switch the deletion protection on, keep a final snapshot, and set prevent_destroy",
        _unprotected,
    ),
)
