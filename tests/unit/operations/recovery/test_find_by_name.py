"""What AWS knows by a name must have our tags too; children are known by their parents."""

import boto3
import pytest
from moto.rds.models import rds_backends

from operations.aws.clients import Clients
from operations.recovery.search import Match
from tests.unit.operations.recovery.conftest import OURS, REGION, Find, listed, planned, tags

DATABASE = planned("aws_db_instance.database", identifier="db")
BUCKET = planned("aws_s3_bucket.config", bucket="dev-config")
ROLE = planned("aws_iam_role.it", name_prefix="dev-it-")


def make_role(clients: Clients, name: str, **changes: str) -> None:
    clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=listed(tags(**changes)))


def make_database(clients: Clients) -> None:
    clients.rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", Tags=listed(tags())
    )


def make_bucket(clients: Clients) -> None:
    clients.s3.create_bucket(Bucket="dev-config", CreateBucketConfiguration={"LocationConstraint": REGION})


def make_key(clients: Clients) -> str:
    pairs = [{"TagKey": key, "TagValue": value} for key, value in tags().items()]
    return str(clients.kms.create_key(Tags=pairs)["KeyMetadata"]["KeyId"])


def test_a_role_is_known_by_its_prefix_and_tags(clients: Clients, find: Find) -> None:
    make_role(clients, "dev-it-2026")
    make_role(clients, "dev-it-2027", Environment="prod")
    make_role(clients, "my-dev-it-2026")
    assert find(ROLE) == {ROLE.address: Match("dev-it-2026")}


def test_a_role_with_a_name_is_known_by_all_of_it(clients: Clients, find: Find) -> None:
    make_role(clients, "dev-it-2")
    assert find(planned("aws_iam_role.it", name="dev-it")) == {}


def test_a_user_that_does_not_exist_is_not_found(find: Find) -> None:
    assert find(planned("aws_iam_user.it", name="dev-it")) == {}


def test_a_policy_is_found_by_its_arn(clients: Clients, find: Find) -> None:
    document = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    made = clients.iam.create_policy(PolicyName="it", Path="/cicd/", PolicyDocument=document, Tags=listed(tags()))
    assert find(planned("aws_iam_policy.it", name="it")) == {"aws_iam_policy.it": Match(made["Policy"]["Arn"])}


@pytest.mark.parametrize(("status", "being_made"), [("available", False), ("creating", True), ("backing-up", True)])
def test_a_database_is_waited_for(clients: Clients, find: Find, status: str, being_made: bool) -> None:
    make_database(clients)
    rds_backends["123456789012"][REGION].databases["db"].status = status
    assert find(DATABASE) == {DATABASE.address: Match("db", being_made=being_made)}


def test_a_database_that_does_not_exist_is_not_found(find: Find) -> None:
    assert find(DATABASE) == {}


def test_a_parameter_group_is_known_by_its_name_and_tags(clients: Clients, find: Find) -> None:
    group = planned("aws_db_parameter_group.it", name="db")
    assert find(group) == {}
    clients.rds.create_db_parameter_group(
        DBParameterGroupName="db", DBParameterGroupFamily="postgres15", Description="d", Tags=listed(tags())
    )
    assert find(group) == {group.address: Match("db")}


def test_a_log_group_is_not_taken_for_one_with_a_longer_name(clients: Clients, find: Find) -> None:
    clients.logs.create_log_group(logGroupName="/ecs/dev/backend-2", tags=tags())
    assert find(planned("aws_cloudwatch_log_group.it", name="/ecs/dev/backend")) == {}


def test_a_bucket_that_was_killed_before_its_tags_is_ours(clients: Clients, find: Find) -> None:
    make_bucket(clients)
    assert find(BUCKET) == {BUCKET.address: Match("dev-config")}


def test_a_bucket_of_another_platform_is_not_ours(clients: Clients, find: Find) -> None:
    make_bucket(clients)
    clients.s3.put_bucket_tagging(Bucket="dev-config", Tagging={"TagSet": listed(tags(Project="acme"))})
    assert find(BUCKET) == {}


def test_a_bucket_that_does_not_exist_is_not_found(find: Find) -> None:
    assert find(BUCKET) == {}


def test_a_cluster_that_was_deleted_is_not_found(clients: Clients, find: Find) -> None:
    cluster = planned("aws_ecs_cluster.it", name="it")
    pairs = [{"key": key, "value": value} for key, value in tags().items()]
    clients.ecs.create_cluster(clusterName="it", tags=pairs)
    assert find(cluster) == {cluster.address: Match("it")}
    clients.ecs.delete_cluster(cluster="it")
    assert find(cluster) == {}


def test_a_key_that_is_on_its_way_out_is_not_found(clients: Clients, find: Find) -> None:
    key = planned("aws_kms_key.it")
    id_ = make_key(clients)
    assert find(key) == {key.address: Match(id_)}
    clients.kms.schedule_key_deletion(KeyId=id_)
    assert find(key) == {}


def test_an_alias_is_known_by_its_name(clients: Clients, find: Find) -> None:
    clients.kms.create_alias(AliasName="alias/it", TargetKeyId=make_key(clients))
    other = planned("aws_kms_alias.other", name="alias/other")
    assert find(planned("aws_kms_alias.it", name="alias/it"), other) == {"aws_kms_alias.it": Match("alias/it")}


def test_a_certificate_is_sought_in_cloudfronts_region_alone(find: Find) -> None:
    certificate = planned("aws_acm_certificate.it", domain_name="acme.org")
    arns = {
        region: boto3.client("acm", region_name=region).request_certificate(DomainName="acme.org", Tags=listed(tags()))[
            "CertificateArn"
        ]
        for region in ("us-east-1", REGION)
    }
    assert find(certificate) == {certificate.address: Match(arns["us-east-1"])}


def test_a_name_in_cloud_map_is_found_through_its_namespace(clients: Clients, find: Find) -> None:
    cloud_map = clients.servicediscovery
    vpc = clients.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    cloud_map.create_private_dns_namespace(Name="acme.local", Vpc=vpc, Tags=listed(tags()))
    (made,) = cloud_map.list_namespaces()["Namespaces"]
    dns = {"NamespaceId": made["Id"], "DnsRecords": [{"Type": "A", "TTL": 10}]}
    service = cloud_map.create_service(Name="backend", NamespaceId=made["Id"], DnsConfig=dns, Tags=listed(tags()))[
        "Service"
    ]["Id"]
    namespace = planned("aws_service_discovery_private_dns_namespace.it", name="acme.local", vpc=vpc)
    lost = planned(
        'aws_service_discovery_service.it["backend"]',
        name="backend",
        dns_config=[{}],
        parents={"namespace_id": namespace.address},
    )
    assert find(namespace, lost) == {
        namespace.address: Match(f"{made['Id']}:{vpc}"),
        lost.address: Match(service),
    }
    known = planned("aws_service_discovery_service.it", name="backend", dns_config=[{"namespace_id": made["Id"]}])
    assert find(known) == {known.address: Match(service)}


def test_tags_of_this_platform_alone_are_not_enough(clients: Clients, find: Find) -> None:
    clients.iam.create_role(RoleName="dev-it-1", AssumeRolePolicyDocument="{}", Tags=listed(OURS))
    assert find(ROLE) == {}
