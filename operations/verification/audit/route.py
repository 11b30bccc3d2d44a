"""Whether the task's subnet has a way to the service that ECS Exec's channels go through."""

from collections.abc import Iterator, Sequence

from operations.aws.clients import Clients, Document
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform

# What a default route may lead to; an internet gateway is of use only to a task with a public address.
_WAYS_OUT = ("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId", "VpcPeeringConnectionId")


def audit_route(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    """Look for a default route or an interface endpoint of ssmmessages; security groups are not looked at.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html#ecs-setting-up-vpc-create
    """
    subnets = sorted({subnet for task in deployed.tasks for subnet in _subnets(task)})
    if not subnets:
        reason = f"{deployed.name}: the task has no network interface of its own to follow"
        yield Finding(Status.WARN, f"{deployed.name}.route", reason, "run it with the network mode awsvpc")
        return
    clients, public = platform.clients, _has_public_address(deployed)
    # All tasks of a service are in one VPC.
    vpc = clients.ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"][0]["VpcId"]
    tables = clients.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    shut = [subnet for subnet in subnets if not leads_out(_route_table(tables, subnet), public=public)]
    if not shut or _has_endpoint(clients, vpc, platform):
        return
    reason = f"{deployed.name}: {', '.join(shut)} has no default route that works, and {vpc} no endpoint of ssmmessages"
    remedy = f"choose network.nat_gateways other than none in {platform.file}, or add the VPC endpoint"
    yield Finding(Status.FAIL, f"{deployed.name}.route", reason, remedy)


def _subnets(task: Document) -> Iterator[str]:
    for attachment in task.get("attachments", ()):
        yield from (detail["value"] for detail in attachment["details"] if detail["name"] == "subnetId")


def _has_public_address(deployed: Deployed) -> bool:
    network = deployed.service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return bool(network.get("assignPublicIp") == "ENABLED")


def _route_table(tables: Sequence[Document], subnet: str) -> Document:
    """Return the table of a subnet: its own, else the VPC's main one."""
    own = [each for each in tables if any(link.get("SubnetId") == subnet for link in each["Associations"])]
    main = [each for each in tables if any(link.get("Main") for link in each["Associations"])]
    return (own or main or [{"Routes": []}])[0]


def leads_out(table: Document, *, public: bool) -> bool:
    """Return whether a table's default route works, for tasks with a public address or without."""
    # A route whose NAT gateway is gone is left behind as a black hole.
    routes = [
        route
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("State", "active") == "active"
    ]
    through_gateway = public and any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)
    return through_gateway or any(route.get(way) for route in routes for way in _WAYS_OUT)


def _has_endpoint(clients: Clients, vpc: str, platform: Platform) -> bool:
    service = f"com.amazonaws.{platform.environment.region}.ssmmessages"
    endpoints = clients.ec2.describe_vpc_endpoints(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "service-name", "Values": [service]}]
    )["VpcEndpoints"]
    return any(each["State"].lower() == "available" and each.get("PrivateDnsEnabled") for each in endpoints)
