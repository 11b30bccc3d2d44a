"""The network's resources are known by their tags, and what stands in a route table by its table."""

import dataclasses
from typing import Any

import pytest
from moto.ec2.models import ec2_backends

from operations.aws.clients import Clients
from operations.errors import OperationError
from operations.recovery.search import Match
from tests.unit.operations.recovery.conftest import REGION, Find, listed, planned, tags

VPC = planned("aws_vpc.network")
TABLE = planned("aws_route_table.private")
SUBNET = planned("aws_subnet.private")
ROUTE_PARENTS = {"route_table_id": TABLE.address}
ASSOCIATION_PARENTS = {"route_table_id": TABLE.address, "subnet_id": SUBNET.address}
ASSOCIATION = planned("aws_route_table_association.private", parents=ASSOCIATION_PARENTS)


def tagged(kind: str, **changes: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": listed(tags(**changes))}]


def make_vpc(clients: Clients, **changes: str) -> str:
    made = clients.ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", **changes))
    return str(made["Vpc"]["VpcId"])


def make_table(clients: Clients, vpc: str) -> str:
    made = clients.ec2.create_route_table(VpcId=vpc, TagSpecifications=tagged("route-table"))
    return str(made["RouteTable"]["RouteTableId"])


def make_subnet(clients: Clients, vpc: str) -> str:
    made = clients.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24", TagSpecifications=tagged("subnet"))
    return str(made["Subnet"]["SubnetId"])


def test_a_vpc_is_known_by_its_tags(clients: Clients, find: Find) -> None:
    id_ = make_vpc(clients)
    assert find(VPC) == {"aws_vpc.network": Match(id_)}


@pytest.mark.parametrize("change", [{"Name": "other"}, {"Environment": "prod"}, {"Project": "acme"}])
def test_what_has_other_tags_is_not_ours(clients: Clients, find: Find, change: dict[str, str]) -> None:
    make_vpc(clients, **change)
    assert find(VPC) == {}


def test_two_that_could_be_it_are_named(clients: Clients, find: Find) -> None:
    ids = [make_vpc(clients), make_vpc(clients)]
    with pytest.raises(OperationError) as caught:
        find(VPC)
    assert str(caught.value).startswith("aws_vpc.network: there are 2: ")
    assert all(id_ in str(caught.value) for id_ in ids)


def test_what_is_to_be_replaced_is_lost_if_its_successor_stands(clients: Clients, find: Find) -> None:
    replaced = dataclasses.replace(VPC, replaces=True)
    make_vpc(clients)
    assert find(replaced) == {}
    make_vpc(clients)
    with pytest.raises(OperationError, match="there are 2: "):
        find(replaced)


@pytest.mark.parametrize(
    ("state", "being_made"), [("available", [False]), ("pending", [True]), ("failed", []), ("deleted", [])]
)
def test_a_nat_gateway_counts_by_its_state(clients: Clients, find: Find, state: str, being_made: list[bool]) -> None:
    subnet = make_subnet(clients, make_vpc(clients))
    specifications = tagged("natgateway")
    clients.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", TagSpecifications=specifications)
    (gateway,) = ec2_backends["123456789012"][REGION].nat_gateways.values()
    gateway.state = state
    assert [match.being_made for match in find(planned("aws_nat_gateway.it")).values()] == being_made


def test_a_rule_of_the_other_direction_is_another(clients: Clients, find: Find) -> None:
    vpc = make_vpc(clients)
    group = clients.ec2.create_security_group(GroupName="it", Description="it", VpcId=vpc)["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    made = clients.ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[permission], TagSpecifications=tagged("security-group-rule")
    )["SecurityGroupRules"]
    ingress = planned("aws_vpc_security_group_ingress_rule.it")
    assert find(ingress, planned("aws_vpc_security_group_egress_rule.it")) == {
        ingress.address: Match(made[0]["SecurityGroupRuleId"])
    }


def test_a_route_is_found_in_a_table_that_is_lost_too(clients: Clients, find: Find) -> None:
    table = make_table(clients, make_vpc(clients))
    local = planned("aws_route.it", parents=ROUTE_PARENTS, destination_cidr_block="10.0.0.0/16")
    other = planned("aws_route.other", parents=ROUTE_PARENTS, destination_cidr_block="0.0.0.0/0")
    assert find(local, other, TABLE) == {local.address: Match(f"{table}_10.0.0.0/16"), TABLE.address: Match(table)}


def test_a_route_is_found_in_a_table_that_the_state_has(clients: Clients, find: Find) -> None:
    table = make_table(clients, make_vpc(clients))
    cidr = "10.0.0.0/16"
    route = planned("aws_route.it", parents=ROUTE_PARENTS, route_table_id=table, destination_cidr_block=cidr)
    assert find(route) == {route.address: Match(f"{table}_{cidr}")}


def test_an_association_is_found_by_both_its_ends(clients: Clients, find: Find) -> None:
    vpc = make_vpc(clients)
    table, subnet = make_table(clients, vpc), make_subnet(clients, vpc)
    assert ASSOCIATION.address not in find(ASSOCIATION, TABLE, SUBNET)
    clients.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert find(ASSOCIATION, TABLE, SUBNET)[ASSOCIATION.address] == Match(f"{subnet}/{table}")


def test_what_stands_in_a_table_that_is_not_there_is_not_there(find: Find) -> None:
    assert find(ASSOCIATION, TABLE, SUBNET) == {}
