"""What the task definition does to ECS Exec, container by container."""

from collections.abc import Iterator

from operations.aws.clients import Document
from operations.verification.audit.task import finding_id
from operations.verification.deployed import Deployed
from operations.verification.findings import Finding, Status

# The SDK inside the agent takes these before it asks for the task role's.
# https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
# https://github.com/aws/aws-sdk-go/blob/main/aws/credentials/env_provider.go
_CREDENTIALS = (
    *("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
    *("AWS_SESSION_TOKEN", "AWS_PROFILE"),
)
_SHARED_PROCESSES = ("task", "host")


def audit_definition(deployed: Deployed) -> Iterator[Finding]:
    """Audit the task definition and each of its essential containers.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations
    """
    yield from _pid_mode(deployed)
    for container in deployed.containers.values():
        if container.get("essential", True):
            yield from _container(deployed.name, container)
        yield from _credentials(deployed.name, container)


def _pid_mode(deployed: Deployed) -> Iterator[Finding]:
    mode = deployed.definition.get("pidMode")
    if mode in _SHARED_PROCESSES:
        name = deployed.name
        reason = (
            f"{name}: pidMode is {mode}: a session sees the processes of all containers with their variables, "
            "and ECS Exec reaches only one container"
        )
        yield Finding(Status.WARN, f"{name}.pid-mode", reason, "take pidMode out of the task definition")


def _container(service: str, container: Document) -> Iterator[Finding]:
    name = container["name"]
    if container.get("readonlyRootFilesystem"):
        reason = f"{service}: the root file system of container {name} is read-only, but the agent has to write there"
        remedy = "switch off readonlyRootFilesystem"
        yield Finding(Status.FAIL, finding_id(service, "read-only-root", name), reason, remedy)
    if not (container.get("linuxParameters") or {}).get("initProcessEnabled"):
        reason = f"{service}: container {name} has no init process, so processes of sessions stay behind as zombies"
        remedy = f"deploy a revision with initProcessEnabled, as exec.{service} = true gives it"
        yield Finding(Status.WARN, finding_id(service, "init-process", name), reason, remedy)


def _credentials(service: str, container: Document) -> Iterator[Finding]:
    name = container["name"]
    given = {each["name"] for key in ("environment", "secrets") for each in container.get(key, ())}
    if variables := [each for each in _CREDENTIALS if each in given]:
        reason = (
            f"{service}: container {name} is given {', '.join(variables)}: the agent may use that in place of the "
            "task role, and every session can read it"
        )
        remedy = "take it out of the task definition, and grant the task role what it is for"
        yield Finding(Status.WARN, finding_id(service, "credentials", name), reason, remedy)
