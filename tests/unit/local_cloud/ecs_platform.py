"""A small platform on moto: a network, a cluster, a Cloud Map service and a task definition to run in them."""

import functools
from typing import Any

import boto3

REGION = "us-east-1"


@functools.cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - moto asks for one and reads none
    )


def network() -> dict[str, Any]:
    """Make a VPC with two subnets; answer the network configuration of a service in them."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for block, zone in (("10.0.11.0/24", f"{REGION}a"), ("10.0.12.0/24", f"{REGION}b"))
    ]
    group = ec2.create_security_group(GroupName="backend", Description="backend", VpcId=vpc)["GroupId"]
    return {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "DISABLED"}}


def discovery_service() -> dict[str, Any]:
    """Make a Cloud Map service as the provider does: with its namespace inside DnsConfig."""
    cloud_map = client("servicediscovery")
    vpc = client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    operation = cloud_map.create_private_dns_namespace(Name="platform.local", Vpc=vpc)["OperationId"]
    namespace = cloud_map.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    records = [{"Type": "A", "TTL": 10}, {"Type": "SRV", "TTL": 10}]
    dns = {"NamespaceId": namespace, "RoutingPolicy": "MULTIVALUE", "DnsRecords": records}
    service: dict[str, Any] = cloud_map.create_service(Name="backend", DnsConfig=dns)["Service"]
    return service


def register_revision() -> str:
    """Register a revision with an init container, whose success the second container awaits; answer its ARN."""
    containers = [
        {"name": "init", "image": "init:1", "essential": False},
        {
            "name": "backend",
            "image": "backend:1",
            "portMappings": [{"containerPort": 3001}],
            "healthCheck": {"command": ["CMD", "true"]},
            "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}],
        },
    ]
    definition = client("ecs").register_task_definition(
        family="dev-backend",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=containers,
    )
    arn: str = definition["taskDefinition"]["taskDefinitionArn"]
    return arn


def create_service(**settings: Any) -> dict[str, Any]:  # noqa: ANN401 - settings of CreateService
    """Make a cluster and in it a service of two tasks, with these settings on top."""
    ecs = client("ecs")
    ecs.create_cluster(clusterName="dev")
    request: dict[str, Any] = {
        "cluster": "dev",
        "serviceName": "backend",
        "taskDefinition": register_revision(),
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": network(),
    }
    if "capacityProviderStrategy" in settings:
        del request["launchType"]
    service: dict[str, Any] = ecs.create_service(**request | settings)["service"]
    return service


def describe_service() -> dict[str, Any]:
    service: dict[str, Any] = client("ecs").describe_services(cluster="dev", services=["backend"])["services"][0]
    return service


def tasks(status: str = "RUNNING") -> list[dict[str, Any]]:
    ecs = client("ecs")
    arns = ecs.list_tasks(cluster="dev", serviceName="backend", desiredStatus=status)["taskArns"]
    described: list[dict[str, Any]] = ecs.describe_tasks(cluster="dev", tasks=arns)["tasks"] if arns else []
    return described
