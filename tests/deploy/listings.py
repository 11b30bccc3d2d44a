"""What a deploy of dev leaves in AWS, kind by kind, whatever the Terraform state knows of it."""

import functools
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.deploy.platforms import Local

Listing = tuple[str, str, str, dict[str, Any]]
"""The client, its call, what the answer is under, and how to leave AWS's own out."""

CLUSTER = "dev-davidshaevel-cluster"
OURS = {"Filters": [{"Name": "tag:Environment", "Values": ["dev"]}]}

# What a deploy makes, kind by kind.
LISTINGS: tuple[Listing, ...] = (
    ("acm", "list_certificates", "CertificateSummaryList", {}),
    ("cloudfront", "list_distributions", "DistributionList.Items", {}),
    ("cloudwatch", "describe_alarms", "MetricAlarms", {}),
    ("ec2", "describe_addresses", "Addresses", {}),
    ("ec2", "describe_flow_logs", "FlowLogs", {}),
    ("ec2", "describe_internet_gateways", "InternetGateways", {}),
    ("ec2", "describe_nat_gateways", "NatGateways", {"Filter": [{"Name": "state", "Values": ["available"]}]}),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", {}),
    ("ec2", "describe_vpcs", "Vpcs", {"Filters": [{"Name": "is-default", "Values": ["false"]}]}),
    ("ecr", "describe_repositories", "repositories", {}),
    ("efs", "describe_file_systems", "FileSystems", {}),
    ("elbv2", "describe_load_balancers", "LoadBalancers", {}),
    ("elbv2", "describe_target_groups", "TargetGroups", {}),
    ("iam", "list_policies", "Policies", {"Scope": "Local"}),
    ("iam", "list_roles", "Roles", {}),
    ("iam", "list_users", "Users", {}),
    ("logs", "describe_log_groups", "logGroups", {}),
    ("rds", "describe_db_instances", "DBInstances", {}),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", {}),
    ("s3", "list_buckets", "Buckets", {}),
    ("scheduler", "list_schedules", "Schedules", {}),
    ("secretsmanager", "list_secrets", "SecretList", {}),
    ("servicediscovery", "list_namespaces", "Namespaces", {}),
)

# What a second deploy would make twice, or fail on, by type: what it is listed under.
LISTED = {
    "aws_acm_certificate": "CertificateSummaryList",
    "aws_cloudfront_distribution": "DistributionList.Items",
    "aws_cloudwatch_log_group": "logGroups",
    "aws_cloudwatch_metric_alarm": "MetricAlarms",
    "aws_db_instance": "DBInstances",
    "aws_db_subnet_group": "DBSubnetGroups",
    "aws_ecr_repository": "repositories",
    "aws_ecs_service": "serviceArns",
    "aws_efs_file_system": "FileSystems",
    "aws_eip": "Addresses",
    "aws_flow_log": "FlowLogs",
    "aws_iam_policy": "Policies",
    "aws_iam_role": "Roles",
    "aws_iam_user": "Users",
    "aws_internet_gateway": "InternetGateways",
    "aws_lb": "LoadBalancers",
    "aws_lb_target_group": "TargetGroups",
    "aws_nat_gateway": "NatGateways",
    "aws_route_table": "RouteTables",
    "aws_security_group": "SecurityGroups",
    "aws_service_discovery_private_dns_namespace": "Namespaces",
    "aws_service_discovery_service": "Services",
    "aws_subnet": "Subnets",
    "aws_vpc": "Vpcs",
    "aws_vpc_security_group_egress_rule": "SecurityGroupRules",
}
MORE_LISTINGS: tuple[Listing, ...] = (
    ("ec2", "describe_route_tables", "RouteTables", OURS),
    ("ec2", "describe_security_groups", "SecurityGroups", OURS),
    ("ec2", "describe_security_group_rules", "SecurityGroupRules", OURS),
    ("ec2", "describe_subnets", "Subnets", OURS),
    ("ecs", "list_services", "serviceArns", {"cluster": CLUSTER}),
    ("servicediscovery", "list_services", "Services", {}),
)


def left(local: Local) -> set[str]:
    """Return the kinds of which the local AWS still holds something of ours."""
    return {path for path, found in listed(local, LISTINGS) if found}


def unknown_to_the_state(local: Local) -> dict[str, int]:
    """Return how many of each type there are in AWS more than in the state, or fewer."""
    addresses = local.terraform.run("state", "list").splitlines()
    known = Counter(address.partition(".")[0] for address in addresses)
    known["aws_vpc_security_group_egress_rule"] += known["aws_vpc_security_group_ingress_rule"]
    found = {path: len(each) for path, each in listed(local, (*LISTINGS, *MORE_LISTINGS))}
    return {type_: more for type_, path in LISTED.items() if (more := found[path] - known[type_])}


def listed(local: Local, listings: tuple[Listing, ...]) -> Iterator[tuple[str, list[Any]]]:
    """Return what each of the listings has."""
    for service, call, path, keywords in listings:
        yield path, _at(path, getattr(local.client(service), call)(**keywords)) or []


def _at(path: str, answer: Any) -> Any:  # noqa: ANN401 - an answer of any service
    """Return what is at a path of an answer; CloudFront leaves an empty list out."""
    return functools.reduce(lambda table, key: table.get(key), path.split("."), answer)
