"""Part of check 1: whether ECS gave up the latest deployment of a service, which then runs an older revision."""

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError

from operations.aws.clients import Clients, Document
from operations.aws.ecs import primary
from operations.aws.errors import AWS_ERRORS
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status
from operations.verification.platform import Platform

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
_GIVEN_UP = {
    "ROLLBACK_REQUESTED": "ECS is to roll the latest deployment back",
    "ROLLBACK_IN_PROGRESS": "ECS is rolling the latest deployment back",
    "ROLLBACK_SUCCESSFUL": "ECS rolled the latest deployment back",
    "ROLLBACK_FAILED": "ECS could not roll the latest deployment back",
    "STOP_REQUESTED": "the latest deployment is to be stopped",
    "STOPPED": "the latest deployment was stopped",
}
# Partitions and emulators that do not keep deployments.
_NOT_KEPT = ("UnsupportedFeatureException", "UnknownOperationException", "InvalidAction")
_PAGE = 100
_ROLLING_BACK = re.compile(r"rolling back to deployment (ecs-svc/\w+)")
_FAILED = re.compile(r"\(deployment (ecs-svc/\w+)\) deployment failed: (.*)")


def rolled_back(deployed: Deployed, platform: Platform) -> Iterator[Finding]:
    """Report a deployment that ECS rolled back or stopped, with ECS's reason.

    Such a service is ACTIVE, complete and healthy: only its revision is not the one that was deployed. If AWS keeps no
    deployments, the service's events tell.
    """
    try:
        latest = _latest(deployed, platform.clients)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_KEPT:
            raise
        yield from _by_events(deployed)
        return
    what = _GIVEN_UP.get(latest.get("status", ""))
    if what:
        yield _finding(deployed, what, _reason(latest, platform.clients))


def _latest(deployed: Deployed, clients: Clients) -> Document:
    """Return the latest deployment in brief; empty if there is none. AWS documents no order of the list."""
    service = deployed.service
    request = {"cluster": service["clusterArn"], "service": service["serviceArn"], "maxResults": _PAGE}
    found: list[Document] = []
    while True:
        answer = clients.ecs.list_service_deployments(**request)
        found += answer["serviceDeployments"]
        if not answer.get("nextToken"):
            return max(found, key=lambda each: each["createdAt"], default={})
        request["nextToken"] = answer["nextToken"]


def _reason(latest: Document, clients: Clients) -> str:
    """Return all that ECS says about it; the list has less than the description, which may be denied."""
    reasons = [latest.get("statusReason", "")]
    try:
        arn = latest["serviceDeploymentArn"]
        described = clients.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    except AWS_ERRORS:
        described = []
    for each in described:
        reasons += [each.get("statusReason", ""), each.get("rollback", {}).get("reason", "")]
        alarms = ", ".join(each.get("alarms", {}).get("triggeredAlarmNames", ()))
        reasons.append(f"triggered alarms: {alarms}" if alarms else "")
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def _by_events(deployed: Deployed) -> Iterator[Finding]:
    """Read the events, the latest first: the deployment that ECS went back to is still the PRIMARY one."""
    messages = [event["message"] for event in deployed.service.get("events", ())]
    targets = (found[1] for message in messages if (found := _ROLLING_BACK.search(message)))
    if next(targets, None) == primary(deployed.service).get("id", ""):
        failures = (found[2] for message in messages if (found := _FAILED.search(message)))
        yield _finding(deployed, _GIVEN_UP["ROLLBACK_SUCCESSFUL"], next(failures, ""))


def _finding(deployed: Deployed, what: str, reason: str) -> Finding:
    revision = primary(deployed.service).get("taskDefinition", "").rpartition("/")[2]
    return Finding(
        Status.FAIL,
        f"{deployed.name}.rolled-back",
        f"{deployed.name}: {what}, the service runs {revision or 'nothing'}{f': {reason}' if reason else ''}",
        "find out why in the log of the tasks that did not come up, fix it and deploy again",
    )
