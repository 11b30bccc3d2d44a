"""Tasks need a way to the service that ECS Exec's channels go through."""

from collections.abc import Callable

import pytest

from operations.verification.audit import audit_exec
from operations.verification.audit.route import leads_out
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]


def findings_of_route(look: Look) -> set[tuple[Status, str]]:
    return {(finding.status, finding.id) for finding in audit_exec(look()).findings}


ALL_WITHOUT_ROUTE = {(Status.FAIL, f"{service}.route") for service in ("backend", "frontend", "prometheus")}


def test_subnet_without_a_way_out_is_found(dev: Seeded, look: Look) -> None:
    dev.clients.ec2.delete_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0")
    assert findings_of_route(look) == ALL_WITHOUT_ROUTE


def test_internet_gateway_without_public_address_is_no_way_out(dev: Seeded, look: Look) -> None:
    gateway = dev.clients.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    dev.clients.ec2.replace_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert findings_of_route(look) == ALL_WITHOUT_ROUTE


@pytest.mark.parametrize(("private_dns", "found"), [(True, set()), (False, ALL_WITHOUT_ROUTE)])
def test_endpoint_is_a_way_too_where_its_name_leads_to_it(
    dev: Seeded, look: Look, private_dns: bool, found: set[tuple[Status, str]]
) -> None:
    ec2 = dev.clients.ec2
    ec2.delete_route(RouteTableId=dev.route_table, DestinationCidrBlock="0.0.0.0/0")
    subnet = dev.network["awsvpcConfiguration"]["subnets"][0]
    ec2.create_vpc_endpoint(
        VpcId=ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"],
        ServiceName="com.amazonaws.us-east-1.ssmmessages",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        PrivateDnsEnabled=private_dns,
    )
    assert findings_of_route(look) == found


@pytest.mark.parametrize(
    ("route", "public", "works"),
    [
        ({"NatGatewayId": "nat-1"}, False, True),
        ({"NatGatewayId": "nat-1", "State": "blackhole"}, False, False),
        ({"TransitGatewayId": "tgw-1"}, False, True),
        ({"GatewayId": "igw-1"}, False, False),
        ({"GatewayId": "igw-1"}, True, True),
        ({"GatewayId": "vgw-1"}, True, False),
        ({"NatGatewayId": "nat-1", "DestinationCidrBlock": "10.0.0.0/8"}, False, False),
    ],
)
def test_default_route_works(route: dict[str, str], public: bool, works: bool) -> None:
    table = {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "State": "active"} | route]}
    assert leads_out(table, public=public) is works
