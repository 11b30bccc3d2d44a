"""ECS: services that keep their settings and run tasks."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.ecs.models import EC2ContainerServiceBackend, Task, TaskDefinition
from moto.ecs.responses import EC2ContainerServiceResponse

from local_cloud.moto_patches.ecs_deployments import record_deployment
from local_cloud.moto_patches.ecs_scheduler import Scheduler
from local_cloud.moto_patches.ecs_task import ServiceTask
from local_cloud.moto_patches.override import override

# Any, in this module: documents of the ECS API, which moto keeps and answers as plain dictionaries.
Action = Callable[[EC2ContainerServiceResponse], ActionResult]

# Settings of CreateService that moto drops, with what AWS answers where they are not given.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
_DROPPED_SETTINGS: dict[str, Any] = {
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": None,
    "enableECSManagedTags": False,
    "availabilityZoneRebalancing": None,
    "capacityProviderStrategy": None,
}
_DEPLOYMENT_DEFAULTS: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}

# Only a change of these starts a deployment of its own accord.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
_DEPLOYED_SETTINGS = (
    "task_definition",
    "capacity_provider_strategy",
    "network_configuration",
    "platform_version",
    "load_balancers",
    "service_registries",
)

# The server answers each request in a thread of its own, and tasks are started and listed over the same dictionaries.
_lock = RLock()


def install() -> None:
    """Close the gaps of ECS."""
    override(EC2ContainerServiceResponse, "create_service", _create_service)
    override(EC2ContainerServiceResponse, "update_service", _update_service)
    override(EC2ContainerServiceResponse, "delete_service", _delete_service)
    override(EC2ContainerServiceResponse, "stop_task", _stop_task)
    override(EC2ContainerServiceBackend, "register_task_definition", _register_task_definition)
    override(EC2ContainerServiceBackend, "list_tasks", _list_tasks)
    override(EC2ContainerServiceBackend, "describe_tasks", _describe_tasks)


def _create_service(original: Action, request: EC2ContainerServiceResponse) -> ActionResult:
    """Keep the settings that moto drops, and start the tasks."""
    with _lock:
        result = original(request)
        service = _service_of(result)
        for setting, default in _DROPPED_SETTINGS.items():
            value = request._get_param(setting)  # noqa: SLF001 - how moto's own actions read a request
            setattr(service, camelcase_to_underscores(setting), default if value is None else value)
        _drop_launch_type(service)
        service.deployment_configuration = _DEPLOYMENT_DEFAULTS | (request._get_param("deploymentConfiguration") or {})  # noqa: SLF001
        record_deployment(service)
        Scheduler(request.ecs_backend, service).converge()
        return result


def _update_service(original: Action, request: EC2ContainerServiceResponse) -> ActionResult:
    """Roll the tasks where AWS would, else only start or stop the difference."""
    backend = request.ecs_backend
    with _lock:
        service: Any = backend._get_service(request._get_param("cluster", "default"), request._get_param("service"))  # noqa: SLF001
        before = {setting: getattr(service, setting) for setting in _DEPLOYED_SETTINGS}
        deployment_configuration = service.deployment_configuration
        result = original(request)
        _drop_launch_type(service)
        service.deployment_configuration = deployment_configuration | service.deployment_configuration
        # moto keeps the name a client used: a family, a family with its revision, or an ARN.
        service.task_definition = backend.describe_task_definition(service.task_definition).arn
        changed = any(getattr(service, setting) != value for setting, value in before.items())
        scheduler = Scheduler(backend, service)
        if changed or request._get_param("forceNewDeployment"):  # noqa: SLF001
            scheduler.deploy()
        else:
            scheduler.converge()
        return result


def _delete_service(original: Action, request: EC2ContainerServiceResponse) -> ActionResult:
    """Stop the tasks of a deleted service."""
    with _lock:
        result = original(request)
        Scheduler(request.ecs_backend, _service_of(result)).converge()
        return result


def _stop_task(original: Action, request: EC2ContainerServiceResponse) -> ActionResult:
    """Let the service replace a task that a client stops."""
    with _lock:
        result = original(request)
        task = _content(result)["task"]
        if isinstance(task, ServiceTask):
            backend = request.ecs_backend
            task.stop(task.stopped_reason or "Task stopped by user", "UserInitiated")
            cluster = task.cluster_arn.rpartition("/")[2]
            scheduler = Scheduler(backend, backend.services[f"{cluster}:{task.group.removeprefix('service:')}"])
            scheduler.withdraw(task)
            scheduler.converge()
        return result


def _register_task_definition(
    original: Callable[..., TaskDefinition],
    *request: Any,  # noqa: ANN401 - handed through
    **settings: Any,  # noqa: ANN401 - as above
) -> TaskDefinition:
    """Keep when a revision was registered."""
    definition: Any = original(*request, **settings)
    definition.registered_at = utcnow()
    registered: TaskDefinition = definition
    return registered


def _list_tasks(
    original: Callable[..., list[Task]], backend: EC2ContainerServiceBackend, cluster: str, *filters: str | None
) -> list[Task]:
    """List those that should run where no status is asked for, and honour the service's name; moto does neither."""
    *others, service_name, desired_status = filters
    with _lock:
        tasks = original(backend, cluster, *others, None, desired_status or "RUNNING")
    if not service_name:
        return tasks
    return [task for task in tasks if task.group == f"service:{service_name.rpartition('/')[2]}"]


def _describe_tasks(
    original: Callable[..., list[Task]], backend: EC2ContainerServiceBackend, cluster: str, tasks: list[str]
) -> list[Task]:
    with _lock:
        return original(backend, cluster, tasks)


def _drop_launch_type(service: Any) -> None:  # noqa: ANN401 - moto's service, which gets attributes moto has not
    """Leave a service with capacity providers without the launch type that moto gives to every one."""
    if service.capacity_provider_strategy:
        service.launch_type = None


def _service_of(result: ActionResult) -> Any:  # noqa: ANN401 - moto's service, which gets attributes moto has not
    return _content(result)["service"]


def _content(result: ActionResult) -> dict[str, Any]:
    content: Any = result.result
    return dict(content)
