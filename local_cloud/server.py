"""The local AWS itself: moto's server with this project's extension, on loopback, in the foreground."""

import argparse
import fcntl
import gc
import logging
import os
import secrets
import signal
import socket
import threading
from pathlib import Path

from local_cloud.record import Record
from local_cloud.wsgi import HOST, guard

EXEC_AGENT_FILE = "exec-agent.json"
"""Where an agent for ECS Exec registers, in the server's folder."""

LIFELINE_VARIABLE = "ECS_PLATFORM_LOCAL_AWS_LIFELINE"
"""Names a file that a process has locked, and with whose end the server ends: that of tests, killed ones too."""

_PREFERRED_PORT = 4566
_ANSWER_BYTES = 2**20
"""An answer up to this long leaves in one piece: a busy client may hang up after the headers, and ask again."""
_CONNECTIONS = 1000
"""Clients keep theirs for later requests, and beyond waitress's own limit, 100, a new one would have to wait."""


def configure_moto(account_id: str) -> None:
    """Set what moto reads from the environment when it is imported; call it before that.

    With it IAM knows AWS's managed policies, ACM issues certificates at once, and resources live in this account.
    http://docs.getmoto.org/en/latest/docs/configuration/environment_variables.html
    """
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # Tasks on Fargate need no machine images; moto has 1,300.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    os.environ["MOTO_ACM_VALIDATION_WAIT"] = "-1"
    os.environ["MOTO_ACCOUNT_ID"] = account_id


def serve(folder: Path, account_id: str) -> None:
    """Serve until ended by a signal, on the preferred port or any free one; record where, once requests are taken."""
    # What moto's import makes stays: looking for garbage in it took a fifth of the start and a sixth of a first deploy.
    gc.disable()
    configure_moto(account_id)
    from local_cloud.descriptions import (  # noqa: PLC0415 - botocore, for the server alone
        leave_out_instance_types,
        read_descriptions_once,
    )

    read_descriptions_once()
    leave_out_instance_types()
    # moto reads its settings when it is imported.
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415 - see above
    from waitress import create_server  # noqa: PLC0415 - after what it serves

    from local_cloud.moto_patches import install  # noqa: PLC0415
    from local_cloud.moto_patches.exec_session import AGENT_FILE  # noqa: PLC0415
    from local_cloud.repeated_work import find_out_once  # noqa: PLC0415 - imports moto

    install()
    find_out_once()
    gc.freeze()
    gc.enable()
    os.environ[AGENT_FILE] = str(folder / EXEC_AGENT_FILE)
    # It would warn of each request that waits for another.
    logging.getLogger("waitress").setLevel(logging.ERROR)
    with _listen() as listener:
        port = listener.getsockname()[1]
        os.environ["MOTO_PORT"] = str(port)
        record = Record(pid=os.getpid(), port=port, token=secrets.token_hex(), account_id=account_id)
        server = create_server(
            guard(DomainDispatcherApplication(create_backend_app), record),
            sockets=[listener],
            # moto changes its tables while other threads read them.
            threads=1,
            send_bytes=_ANSWER_BYTES,
            connection_limit=_CONNECTIONS,
            asyncore_use_poll=True,
        )
        record.write(folder)
        server.run()


def _listen() -> socket.socket:
    """Take the preferred port, so that an address noted down stays right, else any free one."""
    try:
        return socket.create_server((HOST, _PREFERRED_PORT))
    except OSError:
        return socket.create_server((HOST, 0))


def _end_with(lifeline: Path) -> None:
    """End this process when the one that holds the lock of this file has ended, however it ended."""
    file = lifeline.open()

    def wait() -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """Read the command line that ``lifecycle`` writes."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.server", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the server records its address")
    parser.add_argument("--account-id", required=True, help="the AWS account to play")
    arguments = parser.parse_args()
    if lifeline := os.environ.get(LIFELINE_VARIABLE):
        _end_with(Path(lifeline))
    serve(arguments.folder, arguments.account_id)


if __name__ == "__main__":
    main()
