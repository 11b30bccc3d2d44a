"""The VPC, its subnets, its ways out, and the log of its traffic."""

import pytest

from tests.unit.stack_json import Stack, Synth

THREE_ZONES = {
    "DEV__NETWORK__ZONES": '["us-east-1a", "us-east-1b", "us-east-1c"]',
    "DEV__NETWORK__PUBLIC_SUBNETS": '["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]',
    "DEV__NETWORK__PRIVATE_APP_SUBNETS": '["10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"]',
    "DEV__NETWORK__PRIVATE_DB_SUBNETS": '["10.0.21.0/24", "10.0.22.0/24", "10.0.23.0/24"]',
}
INTERNET = "${aws_internet_gateway.network.id}"
SUBNETS = {
    "public_1": ("10.0.1.0/24", "us-east-1a"),
    "public_2": ("10.0.2.0/24", "us-east-1b"),
    "private_app_1": ("10.0.11.0/24", "us-east-1a"),
    "private_app_2": ("10.0.12.0/24", "us-east-1b"),
    "private_db_1": ("10.0.21.0/24", "us-east-1a"),
    "private_db_2": ("10.0.22.0/24", "us-east-1b"),
}


def ways_out(stack: Stack) -> dict[str, str]:
    """Return where the default route of each route table leads that has one."""
    routes = stack.of_type("aws_route").values()
    assert {route["destination_cidr_block"] for route in routes} == {"0.0.0.0/0"}
    return {name(each["route_table_id"]): each.get("nat_gateway_id") or each["gateway_id"] for each in routes}


def nat(number: int) -> str:
    return f"${{aws_nat_gateway.network_nat_{number}.id}}"


def name(reference: str) -> str:
    return reference.split(".")[1].removeprefix("network_")


def test_the_vpc_resolves_dns_names_for_what_is_in_it(dev: Stack) -> None:
    vpc = dev["aws_vpc.network"]
    assert (vpc["cidr_block"], vpc["enable_dns_support"], vpc["enable_dns_hostnames"]) == ("10.0.0.0/16", True, True)


def test_a_subnet_of_each_tier_stands_in_each_zone(dev: Stack) -> None:
    subnets = {key.removeprefix("network_"): each for key, each in dev.of_type("aws_subnet").items()}
    assert {key: (each["cidr_block"], each["availability_zone"]) for key, each in subnets.items()} == SUBNETS
    assert {each["vpc_id"] for each in subnets.values()} == {"${aws_vpc.network.id}"}


def test_only_public_subnets_give_public_addresses(dev: Stack) -> None:
    public = [key for key, each in dev.of_type("aws_subnet").items() if each["map_public_ip_on_launch"]]
    assert public == ["network_public_1", "network_public_2"]


def test_a_gateway_per_zone_gives_each_zone_its_own_way_out(dev: Stack) -> None:
    assert ways_out(dev) == {"public": INTERNET, "private_1": nat(1), "private_2": nat(2)}


def test_a_single_gateway_is_every_zones_way_out(synth: Synth) -> None:
    stack = synth(DEV__NETWORK__NAT_GATEWAYS="single")
    assert ways_out(stack) == {"public": INTERNET, "private_1": nat(1), "private_2": nat(1)}
    assert len(stack.of_type("aws_eip")) == len(stack.of_type("aws_nat_gateway")) == 1


def test_without_a_gateway_private_subnets_have_no_way_out(synth: Synth) -> None:
    stack = synth(DEV__NETWORK__NAT_GATEWAYS="none")
    assert ways_out(stack) == {"public": INTERNET}
    assert not stack.of_type("aws_nat_gateway")
    assert not stack.of_type("aws_eip")


def test_each_gateway_is_in_the_public_subnet_of_its_zone(dev: Stack) -> None:
    for number in (1, 2):
        gateway = dev[f"aws_nat_gateway.network_nat_{number}"]
        assert gateway["subnet_id"] == f"${{aws_subnet.network_public_{number}.id}}"
        assert gateway["allocation_id"] == f"${{aws_eip.network_nat_{number}_eip.id}}"


def test_each_subnet_has_the_route_table_of_its_tier_and_zone(dev: Stack) -> None:
    associations = dev.of_type("aws_route_table_association").values()
    assert {name(each["subnet_id"]): name(each["route_table_id"]) for each in associations} == {
        "public_1": "public",
        "public_2": "public",
        "private_app_1": "private_1",
        "private_app_2": "private_2",
        "private_db_1": "private_1",
        "private_db_2": "private_2",
    }


def test_a_third_zone_changes_no_address(dev: Stack, synth: Synth) -> None:
    more = synth(**THREE_ZONES)
    assert dev.addresses < more.addresses
    assert ways_out(more)["private_3"] == nat(3)


@pytest.mark.parametrize(
    ("user", "path", "tier"),
    [
        ("aws_lb.load_balancer", "subnets", "public"),
        ("aws_ecs_service.backend", "network_configuration.subnets", "private_app"),
        ("aws_ecs_service.frontend", "network_configuration.subnets", "private_app"),
        ("aws_ecs_service.prometheus", "network_configuration.subnets", "private_app"),
        ("aws_db_subnet_group.database", "subnet_ids", "private_db"),
    ],
)
def test_each_part_stands_in_every_zone_of_its_tier(synth: Synth, user: str, path: str, tier: str) -> None:
    paths = synth(**THREE_ZONES).paths
    subnets = [paths[key] for key in sorted(paths) if key.startswith(f"{user}.{path}[")]
    assert subnets == [f"${{aws_subnet.network_{tier}_{number}.id}}" for number in (1, 2, 3)]


def test_flow_logs_record_all_traffic_of_the_vpc_in_their_group(dev: Stack) -> None:
    flow_log = dev["aws_flow_log.network_flow_logs"]
    assert flow_log["traffic_type"] == "ALL"
    assert flow_log["vpc_id"] == "${aws_vpc.network.id}"
    assert flow_log["log_destination"] == "${aws_cloudwatch_log_group.network_flow_logs.arn}"
    assert flow_log["iam_role_arn"] == "${aws_iam_role.network_flow_logs.arn}"


def test_without_flow_logs_nothing_of_them_is_left(synth: Synth) -> None:
    assert not [each for each in synth(DEV__NETWORK__FLOW_LOGS="false").addresses if "flow_logs" in each]
