"""What EC2 lists with its tags: everything of the network."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from operations.aws.clients import Document
from operations.recovery.planned import Planned
from operations.recovery.search import Finder, Finders, Match, Search, tags_of


class _Kind(NamedTuple):
    """How a type is listed: the call, where its answer is, the ID in it, and what of it counts."""

    call: str
    key: str
    id: str
    counts: Callable[[Document], bool] = lambda _: True


# A NAT gateway that failed or was deleted is listed for an hour more.
_KINDS = {
    "aws_eip": _Kind("describe_addresses", "Addresses", "AllocationId"),
    "aws_flow_log": _Kind("describe_flow_logs", "FlowLogs", "FlowLogId"),
    "aws_internet_gateway": _Kind("describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "aws_nat_gateway": _Kind(
        "describe_nat_gateways", "NatGateways", "NatGatewayId", lambda each: each["State"] in ("pending", "available")
    ),
    "aws_route_table": _Kind("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws_security_group": _Kind("describe_security_groups", "SecurityGroups", "GroupId"),
    "aws_subnet": _Kind("describe_subnets", "Subnets", "SubnetId"),
    "aws_vpc": _Kind("describe_vpcs", "Vpcs", "VpcId"),
    "aws_vpc_security_group_egress_rule": _Kind(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId", lambda each: each["IsEgress"]
    ),
    "aws_vpc_security_group_ingress_rule": _Kind(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId", lambda each: not each["IsEgress"]
    ),
}


def _finder(kind: _Kind) -> Finder:
    def find(search: Search, planned: Planned) -> Iterator[Match]:
        for each in search.list("ec2", kind.call, kind.key):
            if kind.counts(each) and planned.is_described_by(tags_of(each.get("Tags", ()))):
                yield Match(each[kind.id], being_made=each.get("State") == "pending")

    return find


FINDERS: Finders = {type_: _finder(kind) for type_, kind in _KINDS.items()}
