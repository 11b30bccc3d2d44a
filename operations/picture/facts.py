"""What a box says about its resource, by the type of the resource."""

import re
from collections.abc import Callable

from operations.picture.document import Document, Resource
from operations.text import many

Facts = Callable[[Resource, Document], list[str]]

_CPU_UNITS = 1024
_MIB = 1024
_KEY = re.compile(r'\["([^"]+)"\]')


def of_service(service: Resource, document: Document) -> list[str]:
    """Return how many tasks of which size run, and by which name others find them."""
    return [f"{_count(service, document)} of {_size(service, document)}", *_dns_names(service, document)]


def of_schedule(schedule: Resource, document: Document) -> list[str]:
    """Return when a job runs, and the size of its task."""
    return [str(schedule.get("schedule_expression")), f"a task of {_size(schedule, document)}"]


def of_load_balancer(load_balancer: Resource, _: Document) -> list[str]:
    """Return who can reach a load balancer at all."""
    return ["internal" if load_balancer.get("internal") else "internet-facing"]


def of_database(database: Resource, _: Document) -> list[str]:
    """Return a database's engine, class and safety."""
    engine, version, size = (database.get(key) for key in ("engine", "engine_version", "instance_class"))
    zones = "in two zones" if database.get("multi_az") else "in one zone"
    protection = "protected from deletion" if database.get("deletion_protection") else "not protected from deletion"
    return [f"{engine} {version}", f"{size}, {zones}", protection]


def of_file_system(file_system: Resource, _: Document) -> list[str]:
    """Return whether files are encrypted."""
    return ["encrypted" if file_system.get("encrypted") else "not encrypted"]


def of_bucket(bucket: Resource, _: Document) -> list[str]:
    """Return a bucket's name."""
    return [str(bucket.get("bucket") or bucket.get("bucket_prefix"))]


def of_distribution(distribution: Resource, _: Document) -> list[str]:
    """Return the names by which people reach a distribution."""
    return [str(alias) for alias in distribution.get("aliases") or []]


def _count(service: Resource, document: Document) -> str:
    for target in document.of("aws_appautoscaling_target"):
        if document.named(target.get("resource_id"), service.kind) == [service]:
            return f"{target.get('min_capacity')} to {target.get('max_capacity')} tasks"
    return many(service.get("desired_count") or 0, "task")


def _size(runner: Resource, document: Document) -> str:
    for task in document.named(runner.arguments, "aws_ecs_task_definition"):
        return f"{int(task.get('cpu')) / _CPU_UNITS:g} vCPU, {int(task.get('memory')) / _MIB:g} GiB"
    return "unknown size"


def _dns_names(service: Resource, document: Document) -> list[str]:
    return [
        f"{_instance(str(entry.get('name')), arn)}.{namespace.get('name')}"
        for arn in service.find("registry_arn")
        for entry in document.named(arn, "aws_service_discovery_service")
        for namespace in document.named(entry.arguments, "aws_service_discovery_private_dns_namespace")
    ]


def _instance(name: str, reference: str) -> str:
    """Return the name that ``each.key`` or ``each.value`` gives in the instance that a reference names."""
    key = _KEY.search(reference)
    return re.sub(r"\$\{each\.(key|value)\}", key[1], name) if key else name


FACTS: dict[str, Facts] = {
    "aws_cloudfront_distribution": of_distribution,
    "aws_db_instance": of_database,
    "aws_ecs_service": of_service,
    "aws_efs_file_system": of_file_system,
    "aws_lb": of_load_balancer,
    "aws_s3_bucket": of_bucket,
    "aws_scheduler_schedule": of_schedule,
}
