"""Check 4 follows each service's registry to its name and its instances."""

from collections.abc import Callable

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


def test_instance_of_no_running_task_is_a_warning(dev: Seeded, look: Look) -> None:
    dev.clients.servicediscovery.register_instance(
        ServiceId=dev.registries["backend"].rpartition("/")[2],
        InstanceId="gone",
        Attributes={"AWS_INSTANCE_IPV4": "10.0.11.99"},
    )
    (finding,) = check_cloud_map(look()).findings
    assert (finding.status, finding.id) == (Status.WARN, "backend.stale")


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
    reasons = [finding.reason for finding in check_cloud_map(look()).findings if finding.status is Status.FAIL]
    assert reasons == ["frontend: it is registered as backend.davidshaevel.local, not as frontend.davidshaevel.local"]
