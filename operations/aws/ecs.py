"""How ECS describes services and tasks."""

from operations.aws.clients import Document


def primary(service: Document) -> Document:
    """Return the deployment that a service is to end up with; empty where it has none.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
    """
    found: Document = next((each for each in service.get("deployments", ()) if each["status"] == "PRIMARY"), {})
    return found


def task_id(task: Document) -> str:
    """Return the last part of a task's ARN, which is its name everywhere else."""
    id_: str = task["taskArn"].rpartition("/")[2]
    return id_
