"""ECS Exec and its sessions: moto has neither ExecuteCommand nor TerminateSession.

The local AWS runs no containers. Where an agent has been registered, that plays the part of the one in a container, a
session leads to it; else ExecuteCommand says so.
"""

import base64
import hashlib
import hmac
import json
import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException, InvalidParameterException
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.moto_api._internal import mock_random
from moto.ssm.responses import SimpleSystemManagerResponse

from local_cloud.moto_patches.ecs_task import EXEC_AGENT, ServiceTask

AGENT_FILE = "LOCAL_CLOUD_EXEC_AGENT"
"""The environment variable that names the file in which an agent registers: its ``url`` and the ``key`` that it shares
with the local AWS, in hexadecimal. It is read at each call."""

_CONNECT_SECONDS = 1

# As AWS words them; one text for two faults. Clients tell by it whether to wait.
_NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the execute command "
    "agent isn’t running. Wait and try again or run a new task with execute command enabled and try again."  # noqa: RUF001 - AWS's
)
_NOT_CONNECTED = "The execute command failed due to an internal error. Try again later."

# Any, in this module: documents of AWS's APIs.


def install() -> None:
    """Close the gaps: actions that moto has not, and that it calls by their names where they are there."""
    EC2ContainerServiceResponse.execute_command = _execute_command  # type: ignore[attr-defined]
    SimpleSystemManagerResponse.terminate_session = _terminate_session  # type: ignore[attr-defined]


def _execute_command(request: EC2ContainerServiceResponse) -> ActionResult:
    """Start a session, or refuse as AWS does.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
    """
    cluster = request._get_param("cluster", "default")  # noqa: SLF001 - how moto's own actions read a request
    task = _task(request, cluster)
    container = _container(task, request._get_param("container"))  # noqa: SLF001 - as above
    agents = [agent["lastStatus"] for agent in container["managedAgents"] if agent["name"] == EXEC_AGENT]
    # A task that started with exec off has no agent at all.
    if agents != ["RUNNING"]:
        raise InvalidParameterException(_NOT_ENABLED)
    agent = _registered_agent()
    session_id = f"ecs-execute-command-{mock_random.uuid4().hex[:17]}"
    cluster_name = task.cluster_arn.rpartition("/")[2]
    token = {
        "sessionId": session_id,
        "targetId": f"ecs:{cluster_name}_{task.id}_{container['runtimeId']}",
        "container": container["name"],
        "command": request._get_param("command"),  # noqa: SLF001 - as above
    }
    return ActionResult(
        {
            "clusterArn": task.cluster_arn,
            "containerArn": container["containerArn"],
            "containerName": container["name"],
            "interactive": True,
            "session": {
                "sessionId": session_id,
                "streamUrl": _stream_url(agent["url"], session_id),
                "tokenValue": _signed(token, bytes.fromhex(agent["key"])),
            },
            "taskArn": task.task_arn,
        }
    )


def _stream_url(url: str, session_id: str) -> str:
    """Write a URL as AWS does: its cell number is base64 as it stands, with characters that a query would encode."""
    # The first bytes make "+/+/"; their number makes a "=" at the end.
    cell_number = base64.b64encode(b"\xfb\xff\xbf" + os.urandom(32)).decode()
    return f"{url}/v1/data-channel/{session_id}?role=publish_subscribe&cell-number={cell_number}"


def _terminate_session(request: SimpleSystemManagerResponse) -> ActionResult:
    """Answer as AWS does, for any session: the agent ends it when its client leaves."""
    return ActionResult({"SessionId": request._get_param("SessionId")})  # noqa: SLF001 - as above


def _task(request: EC2ContainerServiceResponse, cluster: str) -> ServiceTask:
    found = request.ecs_backend.describe_tasks(cluster, [request._get_param("task")])  # noqa: SLF001 - as above
    if not found or not isinstance(found[0], ServiceTask) or found[0].last_status != "RUNNING":
        raise InvalidParameterException("The specified task is not found or does not run.")
    return found[0]


def _container(task: ServiceTask, name: str | None) -> dict[str, Any]:
    if name is None and len(task.containers) == 1:
        return task.containers[0]
    found = next((container for container in task.containers if container["name"] == name), None)
    if found is None:
        raise InvalidParameterException("The specified container is not found in the task.")
    return found


def _registered_agent() -> dict[str, str]:
    path = os.environ.get(AGENT_FILE)
    try:
        agent: dict[str, str] = json.loads(Path(path).read_text()) if path else {}
    except FileNotFoundError:
        agent = {}
    if not agent:
        raise ECSException("ClientException", "The local AWS runs no containers: there is nothing to run a command in.")
    address = urlsplit(agent["url"])
    try:
        socket.create_connection((address.hostname, address.port), _CONNECT_SECONDS).close()
    except OSError:
        raise ECSException("TargetNotConnectedException", _NOT_CONNECTED) from None
    return agent


def _signed(token: dict[str, str], key: bytes) -> str:
    """Seal what the agent is to know of the session: as AWS's, the token holds it and nobody else can make one."""
    content = base64.urlsafe_b64encode(json.dumps(token).encode())
    return f"{content.decode()}.{hmac.new(key, content, hashlib.sha256).hexdigest()}"
