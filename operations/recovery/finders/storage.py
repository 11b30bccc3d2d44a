"""What keeps data: database, file system, bucket and logs."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.recovery.planned import Planned
from operations.recovery.search import Finders, Match, Search, is_missing, tags_of

# Until it is available for the first time, a database passes through all of these.
_DATABASE_BEING_MADE = frozenset(
    {
        "backing-up",
        "configuring-enhanced-monitoring",
        "configuring-log-exports",
        "creating",
        "modifying",
        "rebooting",
    }
)


def _database(search: Search, planned: Planned) -> Iterator[Match]:
    identifier = planned.arguments["identifier"]
    for each in search.list("rds", "describe_db_instances", "DBInstances", DBInstanceIdentifier=identifier):
        if planned.is_described_by(tags_of(each["TagList"])):
            yield Match(identifier, being_made=each["DBInstanceStatus"] in _DATABASE_BEING_MADE)


def _parameter_group(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    for each in search.list("rds", "describe_db_parameter_groups", "DBParameterGroups", DBParameterGroupName=name):
        tags = search.list("rds", "list_tags_for_resource", "TagList", ResourceName=each["DBParameterGroupArn"])
        if planned.is_described_by(tags_of(tags)):
            yield Match(name)


def _subnet_group(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    for each in search.list("rds", "describe_db_subnet_groups", "DBSubnetGroups", DBSubnetGroupName=name):
        tags = search.list("rds", "list_tags_for_resource", "TagList", ResourceName=each["DBSubnetGroupArn"])
        if planned.is_described_by(tags_of(tags)):
            yield Match(name)


def _file_system(search: Search, planned: Planned) -> Iterator[Match]:
    for each in search.list("efs", "describe_file_systems", "FileSystems"):
        state = each["LifeCycleState"]
        if state in ("creating", "available") and planned.is_described_by(tags_of(each["Tags"])):
            yield Match(each["FileSystemId"], being_made=state == "creating")


def _mount_target(search: Search, planned: Planned) -> Iterator[Match]:
    file_system, subnet = search.parent(planned, "file_system_id"), search.parent(planned, "subnet_id")
    if not (file_system and subnet):
        return
    for each in search.list("efs", "describe_mount_targets", "MountTargets", FileSystemId=file_system):
        state = each["LifeCycleState"]
        if state in ("creating", "available") and each["SubnetId"] == subnet:
            yield Match(each["MountTargetId"], being_made=state == "creating")


def _bucket(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["bucket"]
    try:
        tags = search.clients.s3.get_bucket_tagging(Bucket=name)["TagSet"]
    except ClientError as error:
        # The provider makes a bucket first and tags it then. Only this account's own buckets answer so, and the name
        # has both project and environment in it.
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            yield Match(name)
        elif not is_missing(error):
            raise
    else:
        if planned.is_described_by(tags_of(tags)):
            yield Match(name)


def _log_group(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    for each in search.list("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name):
        if each["logGroupName"] == name:
            arn = each["arn"].removesuffix(":*")
            if planned.is_described_by(search.clients.logs.list_tags_for_resource(resourceArn=arn)["tags"]):
                yield Match(name)


FINDERS: Finders = {
    "aws_cloudwatch_log_group": _log_group,
    "aws_db_instance": _database,
    "aws_db_parameter_group": _parameter_group,
    "aws_db_subnet_group": _subnet_group,
    "aws_efs_file_system": _file_system,
    "aws_efs_mount_target": _mount_target,
    "aws_s3_bucket": _bucket,
}
