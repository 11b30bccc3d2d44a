"""How ECS describes services and tasks."""

from operations.aws.clients import Document


def primary(service: Document) -> Document:
    """Return the deployment that a service is to end up with; empty if it has none.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    """
    found: Document = next((each for each in service.get("deployments", ()) if each["status"] == "PRIMARY"), {})
    return found


def task_id(task: Document) -> str:
    """Return the last part of a task's ARN, which is its name everywhere else."""
    id_: str = task["taskArn"].rpartition("/")[2]
    return id_


def address(task: Document) -> str:
    """Return the private IPv4 address of a task; empty if it has no network interface yet.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkInterface.html
    """
    interfaces = (each for container in task["containers"] for each in container.get("networkInterfaces", ()))
    return next((each["privateIpv4Address"] for each in interfaces if "privateIpv4Address" in each), "")
