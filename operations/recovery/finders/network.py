"""What stands in a route table."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.recovery.planned import Planned
from operations.recovery.search import Finders, Match, Search


def _route(search: Search, planned: Planned) -> Iterator[Match]:
    table_id, cidr = search.parent(planned, "route_table_id"), planned.arguments["destination_cidr_block"]
    for table in _tables(search, table_id):
        if any(route.get("DestinationCidrBlock") == cidr for route in table["Routes"]):
            yield Match(f"{table_id}_{cidr}")


def _association(search: Search, planned: Planned) -> Iterator[Match]:
    table_id, subnet_id = search.parent(planned, "route_table_id"), search.parent(planned, "subnet_id")
    for table in _tables(search, table_id):
        if subnet_id and any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
            yield Match(f"{subnet_id}/{table_id}")


def _tables(search: Search, id_: str | None) -> Iterator[Document]:
    for table in search.list("ec2", "describe_route_tables", "RouteTables"):
        if table["RouteTableId"] == id_:
            yield table


FINDERS: Finders = {"aws_route": _route, "aws_route_table_association": _association}
