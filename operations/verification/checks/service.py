"""Check 1: every service runs as many tasks as it should and has completed its rollout; every job is scheduled."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.aws.ecs import primary
from operations.text import many
from operations.verification.checks.rollback import rolled_back
from operations.verification.checks.schedules import schedules
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import Part, look_at_each


def check_service(platform: Platform) -> Seen:
    """Compare each service with itself and with the environment's settings.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    """
    known = [each for each in platform.deployed.values() if each.service]
    services = [each.service for each in known]
    running, desired = (sum(service[key] for service in services) for key in ("runningCount", "desiredCount"))
    rollbacks = look_at_each(known, lambda each: Part({}, list(rolled_back(each, platform))))
    scheduled = schedules(platform)
    jobs, enabled = len(platform.environment.jobs), scheduled.counts.get("enabled_schedules", 0)
    return Seen(
        f"{running} of {many(desired, 'task')} of {many(len(services), 'service')} run{_scheduled(enabled, jobs)}",
        {
            "services": len(services),
            "running_tasks": running,
            "desired_tasks": desired,
            "jobs": jobs,
            "enabled_schedules": enabled,
        },
        (
            *(finding for each in platform.deployed.values() for finding in _findings(each, platform)),
            *rollbacks.findings,
            *scheduled.findings,
        ),
    )


def _scheduled(enabled: int, jobs: int) -> str:
    return f", {enabled} of {many(jobs, 'job')} scheduled" if jobs else ""


def _findings(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    name, service = deployed.name, deployed.service
    if not service:
        yield Finding(
            Status.FAIL,
            f"{name}.missing",
            f"{name}: no service {platform.environment.service_name(name)} in {platform.environment.cluster_name}",
            f"cdktf deploy {platform.environment.name}",
        )
        return
    if service["status"] != "ACTIVE":
        yield Finding(Status.FAIL, f"{name}.inactive", f"{name}: the service is {service['status']}, not ACTIVE")
        return
    # More than desired is no fault: a service that scales in lets its tasks finish their requests.
    if service["runningCount"] < service["desiredCount"]:
        reason = f"{name}: {service['runningCount']} of {many(service['desiredCount'], 'task')} run"
        yield Finding(Status.FAIL, f"{name}.running", reason, _latest_event(service))
    yield from _scaled(deployed, platform)
    yield from _rollout(name, primary(service))


def _scaled(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    wanted, desired = platform.environment.desired_counts[deployed.name], deployed.service["desiredCount"]
    if wanted == desired or deployed.name in platform.environment.autoscaled:
        return
    yield Finding(
        Status.FAIL if desired < wanted else Status.WARN,
        f"{deployed.name}.scaled",
        f"{deployed.name}: the service is scaled to {desired}, but {platform.file} says {wanted}",
        f"cdktf deploy {platform.environment.name}, or change the file",
    )


def _rollout(name: str, deployment: Document) -> Iterator[Finding]:
    state = deployment.get("rolloutState", "unknown")
    if state != "COMPLETED":
        why = f": {reason}" if (reason := deployment.get("rolloutStateReason")) else ""
        remedy = "wait until it has completed, then run this again" if state == "IN_PROGRESS" else ""
        yield Finding(Status.FAIL, f"{name}.rollout", f"{name}: the rollout is {state}, not COMPLETED{why}", remedy)


def _latest_event(service: Document) -> str:
    events = service.get("events", ())
    return f"its latest event says: {events[0]['message']}" if events else ""
