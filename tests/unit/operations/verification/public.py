"""The public part of the seeded dev: load balancer, database, and a CDN with its certificate."""

from typing import Any

from environments import Environment
from operations.aws.clients import Clients
from tests.unit.operations.verification.tls import certificate


def make_load_balancer(environment: Environment, clients: Clients, vpc: str) -> dict[str, str]:
    """Make the load balancer that forwards to every public service; return their target groups by service."""
    ec2, elb = clients.ec2, clients.elbv2
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=f"{environment.region}{zone}")
        for block, zone in (("10.0.1.0/24", "a"), ("10.0.2.0/24", "b"))
    ]
    balancer = elb.create_load_balancer(
        Name=f"{environment.prefix}-alb", Subnets=[each["Subnet"]["SubnetId"] for each in subnets]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    public = environment.public_services
    groups = {service: _target_group(environment, clients, vpc, service) for service in public}
    default = next(name for name, service in public.items() if service.default_route)
    listener = elb.create_listener(
        LoadBalancerArn=balancer, Port=80, Protocol="HTTP", DefaultActions=[_forward(groups[default])]
    )["Listeners"][0]["ListenerArn"]
    for name, service in public.items():
        for route in service.routes.values():
            path = {"Field": "path-pattern", "Values": list(route.paths)}
            actions = [_forward(groups[name])]
            elb.create_rule(ListenerArn=listener, Priority=route.priority, Conditions=[path], Actions=actions)
    return groups


def make_database(environment: Environment, clients: Clients) -> None:
    clients.rds.create_db_instance(
        DBInstanceIdentifier=f"{environment.project}-{environment.name}-db",
        DBInstanceClass="db.t3.micro",
        Engine="postgres",
        MasterUsername="dbadmin",
        MasterUserPassword="password",
        AllocatedStorage=20,
    )


def make_cdn(environment: Environment, clients: Clients, **changes: object) -> str:
    """Make the distribution that leads to the load balancer; return its id."""
    balancers = clients.elbv2.describe_load_balancers(Names=[f"{environment.prefix}-alb"])["LoadBalancers"]
    origin = {
        "Id": "alb-origin",
        "DomainName": balancers[0]["DNSName"],
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
    }
    config: dict[str, Any] = {
        "CallerReference": str(len(changes)),
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": 2, "Items": list(environment.domains)},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "alb-origin", "ViewerProtocolPolicy": "https-only"},
        "ViewerCertificate": {"ACMCertificateArn": import_certificate(environment, clients)},
    }
    created = clients.cloudfront.create_distribution(DistributionConfig=config | changes)
    id_: str = created["Distribution"]["Id"]
    # Each look brings moto's a step further.
    clients.cloudfront.get_distribution(Id=id_)
    return id_


def import_certificate(environment: Environment, clients: Clients, days: int = 90) -> str:
    made = certificate(*environment.domains, days=days)
    arn: str = clients.in_region("acm", "us-east-1").import_certificate(
        Certificate=made.certificate, PrivateKey=made.key
    )["CertificateArn"]
    return arn


def _target_group(environment: Environment, clients: Clients, vpc: str, service: str) -> str:
    arn: str = clients.elbv2.create_target_group(
        Name=f"{environment.prefix}-{service}-tg", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    return arn


def _forward(arn: str) -> dict[str, str]:
    return {"Type": "forward", "TargetGroupArn": arn}
