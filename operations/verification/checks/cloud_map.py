"""Check 4: every service with a port has its name in Cloud Map, and its tasks are registered under it."""

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from operations.aws.clients import Clients, Document
from operations.aws.ecs import address, task_id
from operations.text import many
from operations.verification.deployed import Deployed, is_new
from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each

_GONE = ("ServiceNotFound", "NamespaceNotFound")
_WAIT = "registration takes 30-60 s after a task's start: run this again then"


def check_cloud_map(platform: Platform) -> Seen:
    """Follow each service's registry to its name, its namespace and its instances.

    The registry is taken from the ECS service: a namespace's name is not unique in an account.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """
    listeners = [platform.deployed[name] for name in platform.environment.listeners]
    seen = look_at_each(listeners, lambda deployed: _of_service(deployed, platform))
    names, instances = len(listeners), seen.counts.get("instances", 0)
    return Seen(
        f"{many(instances, 'instance')} of {many(names, 'name')} registered in {platform.environment.namespace}",
        {"names": names, "instances": instances},
        tuple(seen.findings),
    )


def _of_service(deployed: Deployed, platform: Platform) -> Part:
    name, environment = deployed.name, platform.environment
    wanted, remedy = environment.dns_name(name), f"cdktf deploy {environment.name}"
    registries = deployed.service.get("serviceRegistries", ())
    if not registries:
        reason = f"{name}: the service registers nowhere, so {wanted} leads nowhere"
        return Part({}, [Finding(Status.FAIL, f"{name}.registry", reason, remedy)])
    try:
        found, instances = _read(registries[0]["registryArn"].rpartition("/")[2], platform.clients)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _GONE:
            raise
        reason = f"{name}: Cloud Map no longer has what the service registers with ({code})"
        return Part({}, [Finding(Status.FAIL, f"{name}.registry", reason, remedy)])
    findings = [*_misnamed(name, found, wanted), *_missing(deployed, instances), *_stale(deployed, instances)]
    return Part({"instances": len(instances)}, findings)


def _read(service_id: str, clients: Clients) -> tuple[str, dict[str, Document]]:
    """Return the DNS name of a service of Cloud Map, and its instances by their ids."""
    cloud_map = clients.servicediscovery
    service = cloud_map.get_service(Id=service_id)["Service"]
    namespace = cloud_map.get_namespace(Id=service["DnsConfig"]["NamespaceId"])["Namespace"]
    pages = cloud_map.get_paginator("list_instances").paginate(ServiceId=service_id)
    instances = {instance["Id"]: instance for page in pages for instance in page["Instances"]}
    return f"{service['Name']}.{namespace['Name']}", instances


def _misnamed(name: str, found: str, wanted: str) -> Iterator[Finding]:
    if found != wanted:
        yield Finding(Status.FAIL, f"{name}.name", f"{name}: it is registered as {found}, not as {wanted}")


def _missing(deployed: Deployed, instances: Mapping[str, Document]) -> Iterator[Finding]:
    """Compare the running tasks with the instances, which ECS registers under the tasks' ids."""
    missing = [task for task in deployed.tasks if task_id(task) not in instances]
    if not missing:
        return
    registered = f"{len(deployed.tasks) - len(missing)} of {many(len(deployed.tasks), 'task')} registered"
    reason, id_ = f"{deployed.name}: {registered} in Cloud Map", f"{deployed.name}.instances"
    if all(is_new(task) for task in missing):
        yield Finding(Status.WARN, id_, reason, _WAIT)
    else:
        remedy = "look at the service's events; a new deployment registers its tasks again"
        yield Finding(Status.FAIL, id_, f"{reason}, though it is more than two minutes old", remedy)


def _stale(deployed: Deployed, instances: Mapping[str, Document]) -> Iterator[Finding]:
    """Report addresses under which no task of the deployed revision answers; a rollout leaves some for a moment."""
    name, tasks = deployed.name, {task_id(task): address(task) for task in deployed.tasks}
    if not deployed.has_settled:
        status, remedy = Status.WARN, "run this again once the rollout has completed"
    else:
        status, remedy = Status.FAIL, "deregister it in Cloud Map: clients that get this address fail"
    if stale := [id_ for id_ in instances if id_ not in tasks]:
        reason = f"{name}: {many(len(stale), 'instance')} registered of no task of the deployed revision"
        yield Finding(status, f"{name}.stale", f"{reason}: {', '.join(stale)}", remedy)
    for id_ in sorted(instances.keys() & tasks.keys()):
        registered = instances[id_].get("Attributes", {}).get("AWS_INSTANCE_IPV4", "no address")
        if registered != tasks[id_]:
            reason = f"{name}: task {id_[:8]} has {tasks[id_] or 'no address'}, but {registered} is registered"
            yield Finding(status, f"{name}.address", reason, remedy)
