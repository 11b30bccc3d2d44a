"""Check 4: every service has its name in Cloud Map, and its tasks are registered under it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from botocore.exceptions import ClientError

from operations.aws.ecs import task_id
from operations.text import many
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform

_GONE = ("ServiceNotFound", "NamespaceNotFound")


class _Registered(NamedTuple):
    """How many instances of a service are registered, and what is wrong with them."""

    instances: int
    findings: Sequence[Finding]


def check_cloud_map(platform: Platform) -> Seen:
    """Follow each service's registry to its name, its namespace and its instances.

    The registry is taken from the ECS service: a namespace's name is not unique in an account.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """
    with ThreadPoolExecutor(len(platform.deployed)) as pool:
        found = list(pool.map(lambda deployed: _of_service(deployed, platform), platform.deployed.values()))
    instances = sum(each.instances for each in found)
    return Seen(
        f"{many(instances, 'instance')} of {many(len(found), 'name')} registered in {platform.environment.namespace}",
        {"names": len(found), "instances": instances},
        tuple(finding for each in found for finding in each.findings),
    )


def _of_service(deployed: Deployed, platform: Platform) -> _Registered:
    name, environment = deployed.name, platform.environment
    registries = deployed.service.get("serviceRegistries", ())
    if not registries:
        reason = f"{name}: the service registers nowhere, so {environment.dns_name(name)} leads nowhere"
        return _Registered(0, [Finding(Status.FAIL, f"{name}.registry", reason, f"cdktf deploy {environment.name}")])
    cloud_map, id_ = platform.clients.servicediscovery, registries[0]["registryArn"].rpartition("/")[2]
    try:
        service = cloud_map.get_service(Id=id_)["Service"]
        namespace = cloud_map.get_namespace(Id=service["DnsConfig"]["NamespaceId"])["Namespace"]
        pages = cloud_map.get_paginator("list_instances").paginate(ServiceId=id_)
        instances = {instance["Id"] for page in pages for instance in page["Instances"]}
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        reason = f"{name}: Cloud Map no longer has what the service registers with ({error.response['Error']['Code']})"
        return _Registered(0, [Finding(Status.FAIL, f"{name}.registry", reason, f"cdktf deploy {environment.name}")])
    dns_name = f"{service['Name']}.{namespace['Name']}"
    return _Registered(
        len(instances), [*_misnamed(name, dns_name, environment.dns_name(name)), *_instances(deployed, instances)]
    )


def _misnamed(name: str, found: str, wanted: str) -> list[Finding]:
    if found == wanted:
        return []
    return [Finding(Status.FAIL, f"{name}.name", f"{name}: it is registered as {found}, not as {wanted}")]


def _instances(deployed: Deployed, instances: set[str]) -> list[Finding]:
    """Compare the instances with the running tasks, whose ids ECS registers them under."""
    name, tasks = deployed.name, {task_id(task) for task in deployed.tasks}
    findings = []
    if not tasks <= instances:
        registered = f"{len(tasks & instances)} of {many(len(tasks), 'task')} registered"
        findings.append(
            Finding(
                Status.WARN,
                f"{name}.instances",
                f"{name}: {registered} in Cloud Map",
                "registration takes 30-60 s after a task's start: run this again then",
            )
        )
    if stale := instances - tasks:
        reason = f"{name}: {many(len(stale), 'instance')} registered of no task of the deployed revision"
        findings.append(Finding(Status.WARN, f"{name}.stale", reason, "run this again once the rollout has completed"))
    return findings
