"""The VPC: its subnets in every zone, its ways out, and the log of its traffic."""

from ipaddress import IPv4Network

from environments import Environment

from .bindings import (
    Construct,
    Eip,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    Vpc,
)
from .flow_logs import FlowLogs

ANYWHERE = "0.0.0.0/0"


class Network(Construct):
    """A VPC with a public, a private app and a private db subnet in every zone.

    Changing a CIDR block or a zone replaces the VPC or the subnet, and everything in it.

    https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        settings = environment.network
        self._settings = settings
        self._prefix = environment.prefix

        self.vpc = self._vpc()
        self._vpc_id = self.vpc.id
        self.public_subnets = self._subnets("public", settings.public_subnets, map_public_ip_on_launch=True)
        self.private_app_subnets = self._subnets("private-app", settings.private_app_subnets)
        self.private_db_subnets = self._subnets("private-db", settings.private_db_subnets)

        internet_gateway = self._internet_gateway()
        self._public_routes(internet_gateway)
        self.nat_routes = self._private_routes(self._nat_gateways(internet_gateway))
        if settings.flow_logs:
            FlowLogs(self, "flow_logs", environment, vpc=self.vpc)

    def _vpc(self) -> Vpc:
        return Vpc(
            self,
            "vpc",
            cidr_block=str(self._settings.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": f"{self._prefix}-vpc"},
        )

    def _subnets(
        self, tier: str, cidrs: tuple[IPv4Network, ...], *, map_public_ip_on_launch: bool = False
    ) -> list[Subnet]:
        return [
            Subnet(
                self,
                f"{tier.replace('-', '_')}_{number}",
                vpc_id=self._vpc_id,
                cidr_block=str(cidr),
                availability_zone=zone,
                map_public_ip_on_launch=map_public_ip_on_launch,
                tags={"Name": f"{self._prefix}-{tier}-subnet-{number}", "Tier": tier, "AZ": zone},
            )
            for number, (cidr, zone) in enumerate(zip(cidrs, self._settings.zones, strict=True), start=1)
        ]

    def _internet_gateway(self) -> InternetGateway:
        return InternetGateway(self, "internet_gateway", vpc_id=self._vpc_id, tags={"Name": f"{self._prefix}-igw"})

    def _nat_gateways(self, internet_gateway: InternetGateway) -> list[NatGateway]:
        count = {"none": 0, "single": 1, "per_zone": len(self._settings.zones)}[self._settings.nat_gateways]
        return [self._nat_gateway(number, internet_gateway) for number in range(1, count + 1)]

    def _nat_gateway(self, number: int, internet_gateway: InternetGateway) -> NatGateway:
        eip = Eip(
            self,
            f"nat_{number}_eip",
            domain="vpc",
            tags={"Name": f"{self._prefix}-nat-eip-{number}"},
            depends_on=[internet_gateway],
        )
        return NatGateway(
            self,
            f"nat_{number}",
            allocation_id=eip.id,
            subnet_id=self.public_subnets[number - 1].id,
            tags={"Name": f"{self._prefix}-nat-gw-{number}", "AZ": self._settings.zones[number - 1]},
            # Creating a NAT gateway fails before the VPC has an internet gateway.
            depends_on=[internet_gateway],
        )

    def _public_routes(self, internet_gateway: InternetGateway) -> None:
        tags = {"Name": f"{self._prefix}-public-rt", "Tier": "public"}
        table = RouteTable(self, "public", vpc_id=self._vpc_id, tags=tags)
        Route(
            self,
            "public_internet",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=internet_gateway.id,
        )
        for number, subnet in enumerate(self.public_subnets, start=1):
            self._associate(f"public_{number}", table, subnet)

    def _private_routes(self, nat_gateways: list[NatGateway]) -> list[Route]:
        tables = [self._private_route_table(number) for number in range(1, len(self._settings.zones) + 1)]
        if not nat_gateways:
            return []
        return [
            Route(
                self,
                f"private_{number}_nat",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                # With a single gateway every zone goes out through it.
                nat_gateway_id=nat_gateways[min(number, len(nat_gateways)) - 1].id,
            )
            for number, table in enumerate(tables, start=1)
        ]

    def _private_route_table(self, number: int) -> RouteTable:
        zone = self._settings.zones[number - 1]
        tags = {"Name": f"{self._prefix}-private-rt-{number}", "Tier": "private", "AZ": zone}
        table = RouteTable(self, f"private_{number}", vpc_id=self._vpc_id, tags=tags)
        self._associate(f"private_app_{number}", table, self.private_app_subnets[number - 1])
        self._associate(f"private_db_{number}", table, self.private_db_subnets[number - 1])
        return table

    def _associate(self, id_: str, table: RouteTable, subnet: Subnet) -> None:
        RouteTableAssociation(self, f"{id_}_association", route_table_id=table.id, subnet_id=subnet.id)
