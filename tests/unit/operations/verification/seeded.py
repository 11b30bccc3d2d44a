"""An environment as the stack deploys it, but for what no check reads; made on moto in a moment."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends

from environments import Environment
from local_cloud.moto_patches.ecs_deployments import service_deployments
from operations.aws.clients import Clients
from tests.unit.operations.verification.public import make_cdn, make_database, make_load_balancer

SERVICES = ("backend", "frontend", "prometheus")
ALL_ON = {
    **{f"DEV__EXEC__{service.upper()}": "true" for service in SERVICES},
    "DEV__EXEC__POLICY": "minimal",
    "DEV__EXEC__ENCRYPTED": "true",
}
STARTUP_LINE = 'ts=2026-01-01T00:00:00Z level=info msg="Server is ready to receive web requests."'
MAY_EXEC = [
    {
        "Effect": "Allow",
        "Action": [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        "Resource": "*",
    }
]


@dataclass(frozen=True)
class Seeded:
    """A deployed dev, and the ways to put a fault into it."""

    environment: Environment
    clients: Clients
    network: dict[str, Any]
    route_table: str
    registries: dict[str, str]
    target_groups: dict[str, str]
    key: str

    @property
    def may_log(self) -> list[dict[str, Any]]:
        """What lets a task role log sessions, and use the key that encrypts them."""
        arns = self.environment.arns
        streams = arns.regional("logs", f"log-group:{self.log_group('exec')}:*")
        return [
            allow("logs:DescribeLogGroups", arns.regional("logs", "log-group:*")),
            allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], streams),
            allow("kms:Decrypt", self.key),
        ]

    def role_name(self, service: str) -> str:
        """Return the name of a service's task role."""
        return f"{self.environment.prefix}-{service}-task-role"

    def configure(self, **configuration: object) -> None:
        """Change what the cluster does with sessions; None takes a setting away."""
        own = {
            "kmsKeyId": self.key,
            "logging": "OVERRIDE",
            "logConfiguration": {
                "cloudWatchLogGroupName": self.log_group("exec"),
                "cloudWatchEncryptionEnabled": True,
            },
        }
        changed = {name: value for name, value in (own | configuration).items() if value is not None}
        self.clients.ecs.update_cluster(
            cluster=self.environment.cluster_name, configuration={"executeCommandConfiguration": changed}
        )

    def update(self, service: str, **settings: object) -> None:
        """Change a service in ECS, as a person does outside Terraform."""
        self.clients.ecs.update_service(
            cluster=self.environment.cluster_name, service=self.environment.service_name(service), **settings
        )

    def tag(self, service: str, **tags: str) -> None:
        """Tag a service in ECS."""
        listed = [{"key": key, "value": value} for key, value in tags.items()]
        self.clients.ecs.tag_resource(resourceArn=self.moto_service(service).arn, tags=listed)

    def define(self, service: str, **changes: object) -> None:
        """Deploy a revision whose container of the service's name is changed; None takes an argument away."""
        containers = self.containers(service)
        containers[-1] = {key: value for key, value in (containers[-1] | changes).items() if value is not None}
        self.update(service, taskDefinition=self.register(service, containers))

    def register(self, service: str, containers: list[dict[str, Any]], *, role: bool = True, **settings: object) -> str:
        """Register a revision and return its ARN."""
        own_role = self.environment.arns.iam(f"role/{self.role_name(service)}")
        task_role = {"taskRoleArn": own_role} if role else {}
        arn: str = self.clients.ecs.register_task_definition(
            family=self.environment.service_name(service),
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=containers,
            **task_role,
            **settings,
        )["taskDefinition"]["taskDefinitionArn"]
        return arn

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return the container definitions that the service is deployed with at first."""
        port = self.environment.services[service].port
        log = {
            "logDriver": "awslogs",
            "options": {"awslogs-group": self.log_group(service), "awslogs-stream-prefix": service},
        }
        own = {
            "name": service,
            "image": f"{service}:1",
            "portMappings": [{"containerPort": port}] if port else [],
            "healthCheck": {"command": ["CMD", "true"]},
            "linuxParameters": {"initProcessEnabled": True},
            "logConfiguration": log,
        }
        if service not in self.environment.scrapers:
            return [own]
        init = {"name": "init-config-sync", "image": "aws-cli:1", "essential": False}
        return [init, own | {"dependsOn": [{"containerName": "init-config-sync", "condition": "SUCCESS"}]}]

    def log_group(self, service: str) -> str:
        return f"/ecs/{self.environment.prefix}/{service}"

    def tasks(self, service: str) -> list[str]:
        arns: list[str] = self.clients.ecs.list_tasks(
            cluster=self.environment.cluster_name, serviceName=self.environment.service_name(service)
        )["taskArns"]
        return arns

    def moto_tasks(self) -> list[Any]:
        """Return moto's own tasks, for what no call of the API brings about."""
        return list(self._moto.tasks[self.environment.cluster_name].values())

    def moto_service(self, service: str) -> Any:  # noqa: ANN401 - it has attributes that moto does not know
        """Return moto's own service."""
        return self._moto.services[f"{self.environment.cluster_name}:{self.environment.service_name(service)}"]

    def start(self) -> None:
        """Let every revision, task and deployment be of now, and each Prometheus say that it has started."""
        self.grow_old(timedelta(0))
        now = datetime.now(UTC)
        # Any: moto's own have no such attribute.
        revisions: list[Any] = [each for family in self._moto.task_definitions.values() for each in family.values()]
        for revision in revisions:
            revision.registered_at = now
        times = dict.fromkeys(("createdAt", "startedAt", "finishedAt", "updatedAt"), now)
        for service in self.environment.desired_counts:
            service_deployments(self.moto_service(service))[-1].update(times)
        self.say_started()

    def say_started(self) -> None:
        """Let each Prometheus say that it has started."""
        for scraper in self.environment.scrapers:
            self.log(STARTUP_LINE, service=scraper)

    def grow_old(self, ago: timedelta = timedelta(hours=1)) -> None:
        """Let every task and deployment have started so long ago."""
        for task in self.moto_tasks():
            task.started_at = datetime.now(UTC) - ago
        for service in self.environment.desired_counts:
            self.moto_service(service).deployments[0]["createdAt"] = datetime.now(UTC) - ago

    def roll_back(self, service: str, **said: object) -> None:
        """Let ECS have rolled the latest deployment back, as its API's reference shows one."""
        latest = service_deployments(self.moto_service(service))[-1]
        latest.update({"status": "ROLLBACK_SUCCESSFUL"} | said)

    @property
    def _moto(self) -> EC2ContainerServiceBackend:
        return ecs_backends[self.environment.account_id][self.environment.region]

    def log(self, *lines: str, service: str = "prometheus", ago: timedelta = timedelta(0)) -> None:
        """Let the first running task of a service say these lines."""
        for arn in self.tasks(service)[:1]:
            self.log_of(arn.rpartition("/")[2], *lines, service=service, ago=ago)

    def log_of(self, task_id: str, *lines: str, service: str, ago: timedelta = timedelta(0)) -> None:
        """Let a task say these lines, in a stream as ECS names it."""
        group, name = self.log_group(service), f"{service}/{service}/{task_id}"
        stream = {"logGroupName": group, "logStreamName": name}
        if not self.clients.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name)["logStreams"]:
            self.clients.logs.create_log_stream(**stream)
        # CloudWatch takes no line of more than 14 days ago.
        now = int((time.time() - ago.total_seconds()) * 1000)
        events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
        self.clients.logs.put_log_events(**stream, logEvents=events)

    def allow(self, service: str, statements: list[dict[str, Any]]) -> None:
        """Let a task role do this and nothing else."""
        self.clients.iam.put_role_policy(
            RoleName=self.role_name(service),
            PolicyName="exec",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )


def allow(actions: object, resources: object) -> dict[str, Any]:
    """Return a statement of a policy."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def seed(clients: Clients, environment: Environment) -> Seeded:
    """Deploy an environment, and let each Prometheus say that it has started."""
    seeded = deploy(clients, environment)
    seeded.say_started()
    return seeded


def deploy(clients: Clients, environment: Environment) -> Seeded:
    """Deploy an environment that has logged nothing yet."""
    network, route_table = _network(clients)
    vpc = _vpc(clients, network)
    groups = make_load_balancer(environment, clients, vpc)
    make_database(environment, clients)
    make_cdn(environment, clients)
    registries = _cloud_map(environment, clients, vpc)
    key = clients.kms.create_key()["KeyMetadata"]["Arn"]
    seeded = Seeded(environment, clients, network, route_table, registries, groups, key)
    clients.ecs.create_cluster(clusterName=environment.cluster_name)
    seeded.configure()
    for name in environment.services:
        clients.logs.create_log_group(logGroupName=seeded.log_group(name))
    _session_log(seeded)
    for service in environment.desired_counts:
        _service(seeded, service)
    for job in environment.jobs:
        _schedule(seeded, job)
    return seeded


def _session_log(seeded: Seeded) -> None:
    logs, group = seeded.clients.logs, seeded.log_group("exec")
    logs.create_log_group(logGroupName=group, kmsKeyId=seeded.key)
    logs.put_retention_policy(logGroupName=group, retentionInDays=seeded.environment.log_retention_days)


def _service(seeded: Seeded, service: str) -> None:
    seeded.clients.iam.create_role(RoleName=seeded.role_name(service), AssumeRolePolicyDocument="{}")
    seeded.allow(service, MAY_EXEC + seeded.may_log)
    containers = seeded.containers(service)
    port = seeded.environment.services[service].port
    registry = (
        {"registryArn": seeded.registries[service], "containerName": service, "containerPort": port} if port else {}
    )
    seeded.clients.ecs.create_service(
        cluster=seeded.environment.cluster_name,
        serviceName=seeded.environment.service_name(service),
        taskDefinition=seeded.register(service, containers),
        desiredCount=seeded.environment.desired_counts[service],
        launchType="FARGATE",
        networkConfiguration=seeded.network,
        enableExecuteCommand=service in seeded.environment.exec.enabled,
        serviceRegistries=[registry] if registry else [],
        loadBalancers=[
            {"targetGroupArn": arn, "containerName": service, "containerPort": port}
            for name, arn in seeded.target_groups.items()
            if name == service
        ],
    )


def _schedule(seeded: Seeded, job: str) -> None:
    environment = seeded.environment
    revision = seeded.register(job, seeded.containers(job), role=False)
    seeded.clients.scheduler.create_schedule(
        Name=environment.service_name(job),
        ScheduleExpression=environment.jobs[job],
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:ecs:{environment.region}:{environment.account_id}:cluster/{environment.cluster_name}",
            "RoleArn": f"arn:aws:iam::{environment.account_id}:role/scheduler",
            # The latest revision runs.
            "EcsParameters": {"TaskDefinitionArn": revision.rpartition(":")[0]},
        },
    )


def _network(clients: Clients) -> tuple[dict[str, Any], str]:
    ec2 = clients.ec2
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.11.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    gateway = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
    return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [], "assignPublicIp": "DISABLED"}}, table


def _vpc(clients: Clients, network: dict[str, Any]) -> str:
    subnet = network["awsvpcConfiguration"]["subnets"][0]
    vpc: str = clients.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    return vpc


def _cloud_map(environment: Environment, clients: Clients, vpc: str) -> dict[str, str]:
    cloud_map = clients.servicediscovery
    operation = cloud_map.create_private_dns_namespace(Name=environment.namespace, Vpc=vpc)["OperationId"]
    namespace = cloud_map.get_operation(OperationId=operation)["Operation"]["Targets"]["NAMESPACE"]
    dns = {"NamespaceId": namespace, "DnsRecords": [{"Type": "A", "TTL": 10}]}
    return {
        name: cloud_map.create_service(Name=name, DnsConfig=dns)["Service"]["Arn"] for name in environment.listeners
    }
