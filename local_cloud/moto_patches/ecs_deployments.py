"""ECS: the history of a service's deployments, which moto does not keep.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal import mock_random

# Any, in this module: documents of the ECS API, which moto answers as plain dictionaries.
Document = dict[str, Any]

_MOST_LISTED = 20
_BRIEF = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "startedAt", "finishedAt", "status")


def install() -> None:
    """Close the gaps: two actions that moto lacks, and calls by their names once they exist."""
    EC2ContainerServiceResponse.list_service_deployments = _list  # type: ignore[attr-defined]
    EC2ContainerServiceResponse.describe_service_deployments = _describe  # type: ignore[attr-defined]


def service_deployments(service: Service) -> list[Document]:
    """Return a service's deployments, oldest first, as DescribeServiceDeployments shows them."""
    kept: list[Document] = vars(service).setdefault("_local_cloud_deployments", [])
    return kept


def record_deployment(service: Service) -> None:
    """Add a deployment that succeeded at once, as all do here.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html
    """
    now, id_ = utcnow(), mock_random.get_random_hex(21)
    breaker = {"status": "DISABLED", "failureCount": 0, "threshold": 3}
    deployment = {
        "serviceDeploymentArn": service.arn.replace(":service/", ":service-deployment/") + f"/{id_}",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "targetServiceRevision": {"arn": service.arn.replace(":service/", ":service-revision/") + f"/{id_}"},
        "status": "SUCCESSFUL",
        "deploymentCircuitBreaker": breaker,
        **dict.fromkeys(("createdAt", "startedAt", "finishedAt", "updatedAt"), now),
    }
    service_deployments(service).append(deployment)


def _list(request: EC2ContainerServiceResponse) -> ActionResult:
    """Answer a page of deployments in brief, the latest first.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
    """
    param = request._get_param  # noqa: SLF001 - how moto's own actions read a request
    service: Any = request.ecs_backend._get_service(param("cluster", "default"), param("service"))  # noqa: SLF001
    wanted = param("status") or ()
    found = [each for each in reversed(service_deployments(service)) if not wanted or each["status"] in wanted]
    first, most = int(param("nextToken") or 0), param("maxResults") or _MOST_LISTED
    answer: Document = {"serviceDeployments": [_in_brief(each) for each in found[first : first + most]]}
    if len(found) > first + most:
        answer["nextToken"] = str(first + most)
    return ActionResult(answer)


def _describe(request: EC2ContainerServiceResponse) -> ActionResult:
    """Answer the deployments of these ARNs, and a failure for each that does not exist.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html
    """
    services = request.ecs_backend.services.values()
    known = {each["serviceDeploymentArn"]: each for service in services for each in service_deployments(service)}
    arns = request._get_param("serviceDeploymentArns")  # noqa: SLF001 - how moto's own actions read a request
    found = [known[arn] for arn in arns if arn in known]
    failures = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]
    return ActionResult({"serviceDeployments": found, "failures": failures})


def _in_brief(deployment: Document) -> Document:
    brief = {key: deployment[key] for key in (*_BRIEF, "statusReason") if key in deployment}
    return brief | {"targetServiceRevisionArn": deployment["targetServiceRevision"]["arn"]}
