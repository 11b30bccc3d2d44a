"""ECS services on the local AWS start, replace and stop their tasks as AWS does."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.unit.local_cloud.ecs_platform import (
    client,
    create_service,
    describe_service,
    discovery_service,
    network,
    register_revision,
    tasks,
)

SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


def arns() -> set[str]:
    return {task["taskArn"] for task in tasks()}


def update(**settings: object) -> None:
    client("ecs").update_service(cluster="dev", service="backend", **settings)


def instances(service: str) -> list[dict[str, str]]:
    listed = client("servicediscovery").list_instances(ServiceId=service)["Instances"]
    return [instance["Attributes"] for instance in listed]


def registered_service() -> str:
    discovery = discovery_service()
    create_service(
        serviceRegistries=[{"registryArn": discovery["Arn"], "containerName": "backend", "containerPort": 3001}]
    )
    service_id: str = discovery["Id"]
    return service_id


def test_a_service_runs_its_desired_count_once_rolled_out() -> None:
    create_service()
    service = describe_service()
    assert (service["runningCount"], service["desiredCount"], service["pendingCount"]) == (2, 2, 0)
    assert [deployment["rolloutState"] for deployment in service["deployments"]] == ["COMPLETED"]
    assert client("ecs").describe_clusters(clusters=["dev"])["clusters"][0]["runningTasksCount"] == 2


def test_task_runs_on_however_often_it_is_described() -> None:
    create_service()
    assert [{task["lastStatus"] for task in tasks()} for _ in range(10)] == [{"RUNNING"}] * 10


def test_task_carries_every_container_with_a_runtime_id() -> None:
    create_service()
    containers = tasks()[0]["containers"]
    assert [container["name"] for container in containers] == ["init", "backend"]
    assert len({container["runtimeId"] for container in containers}) == 2


def test_the_init_container_ended_and_the_other_is_healthy() -> None:
    create_service()
    init, backend = tasks()[0]["containers"]
    assert (init["lastStatus"], init["exitCode"]) == ("STOPPED", 0)
    assert (backend["lastStatus"], backend["healthStatus"], "exitCode" in backend) == ("RUNNING", "HEALTHY", False)


def test_tasks_take_the_subnets_in_turn_and_their_addresses() -> None:
    create_service()
    details = [{d["name"]: d["value"] for d in task["attachments"][0]["details"]} for task in tasks()]
    assert [detail["privateIPv4Address"] for detail in details] == ["10.0.11.4", "10.0.12.4"]


def test_a_service_on_spot_runs_tasks_of_that_capacity() -> None:
    create_service(capacityProviderStrategy=SPOT)
    assert [(task["launchType"], task["capacityProviderName"]) for task in tasks()] == [("FARGATE", "FARGATE_SPOT")] * 2
    assert "launchType" not in describe_service()


def test_a_move_to_spot_replaces_the_tasks() -> None:
    create_service()
    before = arns()
    update(capacityProviderStrategy=SPOT)
    assert arns().isdisjoint(before)
    assert {task["capacityProviderName"] for task in tasks()} == {"FARGATE_SPOT"}
    assert "launchType" not in describe_service()


def test_task_keeps_the_exec_setting_it_started_with() -> None:
    create_service()
    before = arns()
    update(enableExecuteCommand=True)
    assert describe_service()["enableExecuteCommand"] is True
    assert arns() == before
    assert [task["enableExecuteCommand"] for task in tasks()] == [False, False]
    assert [container["managedAgents"] for container in tasks()[0]["containers"]] == [[], []]


def test_each_container_of_a_task_with_exec_on_has_an_agent() -> None:
    create_service(enableExecuteCommand=True)
    task = tasks()[0]
    assert task["enableExecuteCommand"] is True
    agents = {container["name"]: container["managedAgents"][0]["lastStatus"] for container in task["containers"]}
    assert agents == {"init": "STOPPED", "backend": "RUNNING"}


@pytest.mark.parametrize("setting", [{"forceNewDeployment": True}, {"taskDefinition": "dev-backend:2"}])
def test_deployment_replaces_every_task(setting: dict[str, object]) -> None:
    create_service()
    before, deployment = arns(), describe_service()["deployments"][0]["id"]
    register_revision()
    update(**setting)
    assert len(arns()) == 2
    assert arns().isdisjoint(before)
    assert {task["taskArn"] for task in tasks("STOPPED")} == before
    assert describe_service()["deployments"][0]["id"] != deployment


def test_another_network_replaces_every_task() -> None:
    create_service()
    before = arns()
    update(networkConfiguration=network())
    assert arns().isdisjoint(before)


def test_another_count_starts_or_stops_only_the_difference() -> None:
    create_service()
    before = arns()
    update(desiredCount=3)
    grown = arns()
    assert before < grown
    update(desiredCount=1)
    assert arns() < grown
    assert describe_service()["runningCount"] == 1


def test_new_revision_is_described_by_its_arn() -> None:
    create_service()
    arn = register_revision()
    update(taskDefinition="dev-backend")
    service = describe_service()
    assert (service["taskDefinition"], service["deployments"][0]["taskDefinition"]) == (arn, arn)
    assert {task["taskDefinitionArn"] for task in tasks()} == {arn}


def test_update_keeps_what_it_does_not_name() -> None:
    create_service(
        enableExecuteCommand=True,
        healthCheckGracePeriodSeconds=60,
        enableECSManagedTags=True,
        deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 0},
    )
    update(desiredCount=1)
    service = describe_service()
    assert service["enableExecuteCommand"] is True
    assert service["healthCheckGracePeriodSeconds"] == 60
    assert service["enableECSManagedTags"] is True
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 0


def test_update_of_one_deployment_setting_keeps_the_others() -> None:
    create_service(deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 0})
    update(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    assert describe_service()["deploymentConfiguration"]["minimumHealthyPercent"] == 0


def test_stopped_tasks_are_listed_only_when_asked_for() -> None:
    create_service()
    update(forceNewDeployment=True)
    assert set(client("ecs").list_tasks(cluster="dev")["taskArns"]) == arns()


def test_tasks_register_in_cloud_map_with_address_and_port() -> None:
    service_id = registered_service()
    addresses = [(i["AWS_INSTANCE_IPV4"], i["AWS_INSTANCE_PORT"]) for i in instances(service_id)]
    assert addresses == [("10.0.11.4", "3001"), ("10.0.12.4", "3001")]


def test_replaced_tasks_leave_cloud_map_and_the_network() -> None:
    service_id = registered_service()
    update(forceNewDeployment=True)
    assert len(instances(service_id)) == 2
    assert len(client("ec2").describe_network_interfaces()["NetworkInterfaces"]) == 2


def test_deleted_service_leaves_nothing_running() -> None:
    service_id = registered_service()
    client("ecs").delete_service(cluster="dev", service="backend", force=True)
    service = describe_service()
    assert (service["status"], service["runningCount"]) == ("INACTIVE", 0)
    assert arns() == set()
    assert instances(service_id) == []
    assert client("ec2").describe_network_interfaces()["NetworkInterfaces"] == []


def test_service_replaces_a_task_that_is_stopped() -> None:
    create_service()
    stopped, kept = sorted(arns())
    client("ecs").stop_task(cluster="dev", task=stopped, reason="trial")
    assert kept in arns()
    assert stopped not in arns()
    assert len(arns()) == describe_service()["runningCount"] == 2


def test_tasks_of_another_service_are_not_listed() -> None:
    create_service()
    assert client("ecs").list_tasks(cluster="dev", serviceName="frontend")["taskArns"] == []
