"""Runs one command in containers of a service through ECS Exec, and brings its real exit status.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws.clients import Document
from operations.ecs_exec.data_channel import DataKey, HandshakeError, ResumeError, Session, follow, wrap
from operations.ecs_exec.output import KeptOutput, OpenOutput
from operations.ecs_exec.targets import (
    POLL_SECONDS,
    Destination,
    ExecUnavailableError,
    Target,
    find_targets,
    wait_for_agent,
)

if TYPE_CHECKING:
    from operations.aws.clients import Clients

__all__ = ["ExecUnavailableError", "Outcome", "Peer", "open_session", "run_command"]

_READY_SECONDS = 60.0
_MOST_AT_ONCE = 16
_DATA_KEY_BYTES = 64
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Outcome:
    """The result of the command in one container of one task."""

    task: str
    container: str
    exit_status: int | None
    """None if unknown (see ``reason``); do not treat it as 0."""
    output: str
    """The first 16 MiB as text; "" if the output went elsewhere."""
    reason: str = ""


@dataclass(frozen=True)
class Peer:
    """The far end of a session: how to connect to it, again too, and how to get its data key."""

    session: Session
    resume: Callable[[], Session]
    new_data_key: Callable[[], DataKey]


@dataclass(frozen=True)
class _Run:
    """One command on its way to any of the tasks."""

    clients: "Clients"
    command: str
    open_output: OpenOutput | None
    deadline: float
    stop: Event
    reason: str | None


def run_command(
    clients: "Clients",
    destination: Destination,
    command: str,
    *,
    timeout_seconds: float = 60,
    all_tasks: bool = False,
    stop: Event | None = None,
    open_output: OpenOutput | None = None,
    reason: str | None = None,
) -> list[Outcome]:
    """Run a shell command in one running task of the deployed revision, or of a job, or in all of them side by side.

    The output goes to ``open_output`` as it comes; without it, into the outcomes. A reason goes into the session's log,
    and not into the output. The time includes the wait for ECS Exec's agent, at most a minute. Once ``stop`` is set, or
    the caller's thread is interrupted, the command is stopped and its session ended. Raises ExecUnavailableError if
    there is no container to run it in; what goes wrong in one of them is its outcome's reason.
    """
    run = _Run(clients, command, open_output, time.monotonic() + timeout_seconds, stop or Event(), reason)
    found = find_targets(clients, destination)
    targets = found if all_tasks else found[:1]
    with ThreadPoolExecutor(min(len(targets), _MOST_AT_ONCE)) as pool:
        try:
            return list(pool.map(lambda target: _run(run, target), targets))
        except BaseException:
            # Leaving the pool waits for its threads, and they stop their commands.
            run.stop.set()
            raise


def _run(run: _Run, target: Target) -> Outcome:
    kept = KeptOutput()
    with run.open_output(target) if run.open_output else kept as sink:
        text, transcript = wrap(run.command, sink, run.reason)
        try:
            with open_session(run.clients, target, text, run.deadline, run.stop) as peer:
                reason = follow(
                    peer.session,
                    transcript,
                    deadline=run.deadline,
                    stop=run.stop,
                    new_data_key=peer.new_data_key,
                    resume=peer.resume,
                )
        except ExecUnavailableError as error:
            reason = str(error)
    return Outcome(target.task_id, target.container, transcript.exit_status, kept.text, reason)


@contextmanager
def open_session(clients: "Clients", target: Target, text: str, deadline: float, stop: Event) -> Iterator[Peer]:
    """Start a session that runs this text, and end it at last; raises ExecUnavailableError."""
    session = _start_session(clients, target, text, deadline, stop)
    id_ = session["sessionId"]
    try:
        yield Peer(
            Session(session["streamUrl"], session["tokenValue"], clients.sign("ssmmessages", session["streamUrl"])),
            lambda: _resume(clients, id_),
            lambda: _new_data_key(clients, target, id_),
        )
    finally:
        # A container takes two sessions at most: none is left behind. It ends by itself too, only later.
        with suppress(ClientError, BotoCoreError):
            clients.ssm.terminate_session(SessionId=id_)


def _resume(clients: "Clients", session_id: str) -> Session:
    """Ask for another connection to a session that lives.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ResumeSession.html
    """
    try:
        answer = clients.ssm.resume_session(SessionId=session_id)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
            raise ConnectionError(str(error)) from None
        raise ResumeError(f"{error}; you need ssm:ResumeSession on your sessions") from None
    except BotoCoreError as error:
        raise ConnectionError(str(error)) from None
    # A session that has ended is answered without a token: so the session-manager plugin takes it.
    if not answer.get("TokenValue"):
        raise ResumeError("the session has ended")
    return Session(answer["StreamUrl"], answer["TokenValue"], clients.sign("ssmmessages", answer["StreamUrl"]))


def _start_session(clients: "Clients", target: Target, text: str, deadline: float, stop: Event) -> Document:
    """Start a session, trying again only while there is none: a command must not run twice.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
    """
    until = min(deadline, time.monotonic() + _READY_SECONDS)
    wait_for_agent(clients, target, until, stop)
    while True:
        try:
            # Sent once: each request that arrives starts the command, though its answer may be lost.
            answer = clients.without_retries("ecs").execute_command(
                cluster=target.cluster,
                task=target.task_id,
                container=target.container,
                command=text,
                interactive=True,
            )
        except ClientError as error:
            if not _not_ready_yet(error) or time.monotonic() >= until or stop.wait(POLL_SECONDS):
                raise _unavailable(target, error) from None
        except BotoCoreError as error:
            raise ExecUnavailableError(f"{error}; whether the command has started is unknown") from None
        else:
            session: Document = answer["session"]
            return session


def _not_ready_yet(error: ClientError) -> bool:
    answer = error.response["Error"]
    return answer["Code"] == "TargetNotConnectedException" or (
        # AWS writes the apostrophe of "isn't" in one way or the other.
        answer["Code"] == "InvalidParameterException" and "command agent isn" in answer.get("Message", "")
    )


def _unavailable(target: Target, error: ClientError) -> ExecUnavailableError:
    answer = error.response["Error"]
    where = f"container {target.container} of task {target.task_id}"
    return ExecUnavailableError(f"ECS Exec refuses {where}: {answer['Code']}: {answer.get('Message', '')}")


def _new_data_key(clients: "Clients", target: Target, session_id: str) -> DataKey:
    """Make a session's data key under the key of the cluster, whatever key the far end names.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
    """
    cluster_name = target.cluster.rpartition("/")[2]
    try:
        clusters = clients.ecs.describe_clusters(clusters=[target.cluster], include=["CONFIGURATIONS"])["clusters"]
        configuration = clusters[0].get("configuration", {}).get("executeCommandConfiguration", {})
        if not configuration.get("kmsKeyId"):
            raise HandshakeError(f"the agent asks for encryption, but cluster {cluster_name} has no key for ECS Exec")
        key = clients.kms.generate_data_key(
            KeyId=configuration["kmsKeyId"],
            NumberOfBytes=_DATA_KEY_BYTES,
            EncryptionContext={
                "aws:ssm:SessionId": session_id,
                "aws:ssm:TargetId": f"ecs:{cluster_name}_{target.task_id}_{target.runtime_id}",
            },
        )
    except (ClientError, BotoCoreError) as error:
        raise HandshakeError(f"no data key for the session: {error}; you need kms:GenerateDataKey on its key") from None
    return DataKey(key["Plaintext"], key["CiphertextBlob"])
