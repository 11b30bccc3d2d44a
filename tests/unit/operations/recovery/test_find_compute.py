"""What runs containers, what leads requests to them, and their file system."""

from typing import Any

import pytest
from moto.efs.models import efs_backends
from moto.elbv2.models import FakeLoadBalancer, elbv2_backends

from operations.aws.clients import Clients
from operations.recovery.search import Match
from tests.unit.operations.recovery.conftest import REGION, Find, listed, planned, tags

BALANCER = planned("aws_lb.it", name="it")
LISTENER = planned("aws_lb_listener.http", port=80, parents={"load_balancer_arn": BALANCER.address})
CLUSTER = planned("aws_ecs_cluster.it", name="it")
FILE_SYSTEM = planned("aws_efs_file_system.it")
PAIRS = [{"key": key, "value": value} for key, value in tags().items()]


def make_network(clients: Clients) -> list[str]:
    vpc = clients.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = {f"{REGION}a": "10.0.1.0/24", f"{REGION}b": "10.0.2.0/24"}
    made = [clients.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone) for zone, cidr in zones.items()]
    return [each["Subnet"]["SubnetId"] for each in made]


def make_load_balancer(clients: Clients) -> str:
    made = clients.elbv2.create_load_balancer(Name="it", Subnets=make_network(clients), Tags=listed(tags()))
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def make_listener(clients: Clients, load_balancer: str, port: int) -> str:
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    made = clients.elbv2.create_listener(
        LoadBalancerArn=load_balancer, Protocol="HTTP", Port=port, DefaultActions=[action]
    )
    return str(made["Listeners"][0]["ListenerArn"])


def make_rule(clients: Clients, listener: str, priority: int) -> str:
    action = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
    made = clients.elbv2.create_rule(ListenerArn=listener, Priority=priority, Conditions=[condition], Actions=[action])
    return str(made["Rules"][0]["RuleArn"])


def test_a_load_balancer_that_is_being_made_is_waited_for(
    clients: Clients, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = make_load_balancer(clients)
    assert find(BALANCER) == {BALANCER.address: Match(arn)}
    # Moto has it ready as soon as it is looked at.
    monkeypatch.setattr(FakeLoadBalancer, "activate", lambda _: None)
    elbv2_backends["123456789012"][REGION].load_balancers[arn].state = "provisioning"
    assert find(BALANCER) == {BALANCER.address: Match(arn, being_made=True)}


def test_a_load_balancer_of_another_platform_is_not_ours(clients: Clients, find: Find) -> None:
    clients.elbv2.create_load_balancer(Name="it", Subnets=make_network(clients), Tags=listed(tags(Project="acme")))
    assert find(BALANCER) == {}


def test_a_listener_is_known_by_port_and_a_rule_by_priority(clients: Clients, find: Find) -> None:
    load_balancer = make_load_balancer(clients)
    https, http = make_listener(clients, load_balancer, 443), make_listener(clients, load_balancer, 80)
    assert https != http
    make_rule(clients, http, 99)
    rule = planned("aws_lb_listener_rule.it", priority=100, parents={"listener_arn": LISTENER.address})
    expected = {BALANCER.address: Match(load_balancer), LISTENER.address: Match(http)}
    assert find(rule, LISTENER, BALANCER) == expected
    expected[rule.address] = Match(make_rule(clients, http, 100))
    assert find(rule, LISTENER, BALANCER) == expected


def test_a_service_that_was_deleted_is_not_found(clients: Clients, find: Find) -> None:
    clients.ecs.create_cluster(clusterName="it", tags=PAIRS)
    container: dict[str, Any] = {"name": "it", "image": "it:1", "memory": 512}
    clients.ecs.register_task_definition(family="it", containerDefinitions=[container])
    clients.ecs.create_service(cluster="it", serviceName="backend", taskDefinition="it", desiredCount=0, tags=PAIRS)
    service = planned("aws_ecs_service.backend", name="backend", parents={"cluster": CLUSTER.address})
    assert find(service, CLUSTER)[service.address] == Match("it/backend")
    clients.ecs.delete_service(cluster="it", service="backend", force=True)
    assert service.address not in find(service, CLUSTER)


def test_a_schedule_is_known_by_its_whole_name(clients: Clients, find: Find) -> None:
    schedule = planned("aws_scheduler_schedule.it", name="dev-acme-job")
    target = {"Arn": "arn:aws:ecs:::cluster/it", "RoleArn": "arn:aws:iam::123456789012:role/it"}
    asked = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    clients.scheduler.create_schedule(Name="dev-acme-job-2", **asked)
    assert find(schedule) == {}
    clients.scheduler.create_schedule(Name="dev-acme-job", **asked)
    assert find(schedule) == {schedule.address: Match("default/dev-acme-job")}


def test_a_repository_of_another_environment_is_not_ours(clients: Clients, find: Find) -> None:
    repository = planned("aws_ecr_repository.it", name="it")
    clients.ecr.create_repository(repositoryName="it", tags=listed(tags(Environment="prod")))
    assert find(repository) == {}


def test_a_mount_target_is_known_by_its_subnet(clients: Clients, find: Find) -> None:
    id_ = clients.efs.create_file_system(CreationToken="it", Tags=listed(tags()))["FileSystemId"]
    first, second = make_network(clients)
    target = clients.efs.create_mount_target(FileSystemId=id_, SubnetId=second)["MountTargetId"]
    parents = {"file_system_id": FILE_SYSTEM.address}
    one = planned("aws_efs_mount_target.1", subnet_id=first, parents=parents)
    two = planned("aws_efs_mount_target.2", subnet_id=second, parents=parents)
    assert find(one, two, FILE_SYSTEM) == {FILE_SYSTEM.address: Match(id_), two.address: Match(target)}


def test_a_file_system_that_is_being_deleted_is_not_found(clients: Clients, find: Find) -> None:
    id_ = clients.efs.create_file_system(CreationToken="it", Tags=listed(tags()))["FileSystemId"]
    efs_backends["123456789012"][REGION].file_systems_by_id[id_].life_cycle_state = "deleting"
    assert find(FILE_SYSTEM) == {}
