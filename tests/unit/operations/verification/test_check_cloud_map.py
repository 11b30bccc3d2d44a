"""Check 4 follows each service's registry to its name and its instances."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from operations.verification.checks.cloud_map import check_cloud_map
from operations.verification.findings import Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.seeded import Seeded

Look = Callable[[], Platform]


def forget(dev: Seeded, service: str, count: int) -> None:
    """Take tasks out of Cloud Map, as if they had not been registered yet."""
    for arn in dev.tasks(service)[:count]:
        dev.clients.servicediscovery.deregister_instance(
            ServiceId=dev.registries[service].rpartition("/")[2], InstanceId=arn.rpartition("/")[2]
        )


def register(dev: Seeded, service: str, id_: str, address: str) -> None:
    dev.clients.servicediscovery.register_instance(
        ServiceId=dev.registries[service].rpartition("/")[2],
        InstanceId=id_,
        Attributes={"AWS_INSTANCE_IPV4": address},
    )


def test_registered_tasks_pass_and_are_counted(look: Look) -> None:
    seen = check_cloud_map(look())
    assert seen.findings == ()
    assert seen.counts == {"names": 3, "instances": 5}


def test_no_instance_yet_is_a_warning(dev: Seeded, look: Look) -> None:
    forget(dev, "prometheus", 1)
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.reason) == (Status.WARN, "prometheus: 0 of 1 task registered in Cloud Map")
    assert "30-60 s" in finding.remedy


def test_task_that_is_not_registered_yet_is_a_warning(dev: Seeded, look: Look) -> None:
    forget(dev, "backend", 1)
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.reason) == (Status.WARN, "backend: 1 of 2 tasks registered in Cloud Map")


def test_old_task_that_is_not_registered_fails(dev: Seeded, look: Look) -> None:
    dev.grow_old()
    forget(dev, "prometheus", 1)
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.instances")


def test_instance_of_no_running_task_fails(dev: Seeded, look: Look) -> None:
    register(dev, "backend", "gone", "10.0.11.99")
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "backend.stale")
    assert finding.reason.endswith("of no task of the deployed revision: gone")


def test_address_of_another_host_fails(dev: Seeded, look: Look) -> None:
    task = dev.tasks("prometheus")[0].rpartition("/")[2]
    register(dev, "prometheus", task, "10.0.11.99")
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "prometheus.address")
    assert finding.reason.endswith("but 10.0.11.99 is registered")


def test_stale_instance_during_a_rollout_is_a_warning(dev: Seeded, look: Look) -> None:
    register(dev, "backend", "gone", "10.0.11.99")
    dev.moto_service("backend").deployments[0]["rolloutState"] = "IN_PROGRESS"
    assert [finding.status for finding in check_cloud_map(look()).findings] == [Status.WARN]


def test_stale_instance_while_scaling_in_is_a_warning(dev: Seeded, look: Look) -> None:
    register(dev, "backend", "gone", "10.0.11.99")
    dev.moto_service("backend").running_count = 3
    assert [finding.status for finding in check_cloud_map(look()).findings] == [Status.WARN]


def test_refused_call_leaves_the_other_services_answers(
    dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    dev.update("frontend", serviceRegistries=[])

    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetService")

    monkeypatch.setattr(dev.clients.servicediscovery, "get_service", refuse)
    found = [(finding.status, finding.id) for finding in check_cloud_map(look()).findings]
    assert found == [
        (Status.ERROR, "backend.aws"),
        (Status.FAIL, "frontend.registry"),
        (Status.ERROR, "prometheus.aws"),
    ]


def test_service_that_registers_nowhere_fails(dev: Seeded, look: Look) -> None:
    dev.update("frontend", serviceRegistries=[])
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.id) == (Status.FAIL, "frontend.registry")


def test_registry_that_is_gone_fails(dev: Seeded, look: Look) -> None:
    forget(dev, "prometheus", 1)
    dev.clients.servicediscovery.delete_service(Id=dev.registries["prometheus"].rpartition("/")[2])
    (finding,) = check_cloud_map(look()).findings
    assert finding.status is Status.FAIL
    assert finding.reason.endswith("(ServiceNotFound)")


def test_service_under_another_name_fails(dev: Seeded, look: Look) -> None:
    dev.update("frontend", serviceRegistries=[{"registryArn": dev.registries["backend"]}])
    reasons = [finding.reason for finding in check_cloud_map(look()).findings if finding.id == "frontend.name"]
    assert reasons == ["frontend: it is registered as backend.davidshaevel.local, not as frontend.davidshaevel.local"]
