"""Deploys an environment to the local AWS: the real app, the real Terraform and the real provider."""

import functools
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from environments import Environment, load, load_all, write_expired, write_notices
from local_cloud import lifecycle, provider_mirror, runner
from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.folder import output_folder
from local_cloud.lock import hold_lock
from local_cloud.outputs import changed_outputs, read_outputs, write_outputs
from local_cloud.progress import Progress
from local_cloud.record import Record
from local_cloud.steps import check_terraform, deploy_steps
from local_cloud.summary import summarize
from local_cloud.variables import short_lived, variables_for

_PROJECT = Path(__file__).resolve().parent.parent


def deploy(name: str, project: Path, folder: Path) -> int:
    """Deploy one environment, whose server starts if it does not run; answer the exit code.

    Raises SettingsError for an unknown environment or bad settings, before anything starts, and LocalCloudError if
    something else is in the way: another deploy, for one.
    """
    environment = load(name)
    # The app synthesizes every stack, so a fault in any file would stop it, with less to read.
    load_all()
    write_notices([name])
    write_expired([environment])
    check_terraform()
    with hold_lock(folder, f"deploy {name}"):
        server = _server_for(environment, folder)
        variables = _variables(server, environment, folder)
        if environment.state.bucket:
            _make_state_bucket(environment, variables)
        return _deploy(environment, server, project, folder, variables)


def _deploy(environment: Environment, server: Record, project: Path, folder: Path, variables: Mapping[str, str]) -> int:
    """Run the deploy, and say what it did or why it failed."""
    before, started = read_outputs(folder, environment.name), time.monotonic()
    progress, log = Progress(), folder / "deploy.log"
    check = functools.partial(_check_server, server, folder)
    with closing(deploy_steps(environment.name, project, folder, variables)) as steps:
        code = runner.run(steps, project, log, progress, check=check)
    if code:
        say(f"\n{progress.cause()}\n\nNot deployed (exit code {code}); the whole log is {log}.")
        say("Put the cause right and run it again: it goes on from here. After `make local-down` it starts over.")
        return code
    write_outputs(folder, environment.name, variables)
    changed = changed_outputs(before, read_outputs(folder, environment.name))
    say(summarize(environment, server, progress, changed, seconds=time.monotonic() - started))
    return 0


def _variables(server: Record, environment: Environment, folder: Path) -> dict[str, str]:
    mirror = provider_mirror.find_mirror(os.environ)
    say(f"AWS provider: from {mirror}" if mirror else "AWS provider: from Terraform's registry")
    own = {"CDKTF_OUTDIR": str(output_folder(folder))}
    return short_lived(variables_for(server, environment, folder, mirror)) | own


def _check_server(server: Record, folder: Path) -> None:
    if server.is_lost():
        message = (
            f"the local AWS (process {server.pid}) has ended during the deploy, with all it held; its log is "
            f"{lifecycle.log_file(folder)}. Run it again to start over with a new one."
        )
        raise LocalCloudError(message)


def _make_state_bucket(environment: Environment, variables: Mapping[str, str]) -> None:
    """Make on the local AWS what `make state-bootstrap` makes on the real one, with the same command."""
    command = [sys.executable, "-m", "operations", "state-bootstrap", environment.name]
    done = subprocess.run(command, cwd=_PROJECT, env=variables, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise LocalCloudError(done.stderr.rstrip())
    say(f"Terraform state: in the bucket {environment.state.bucket} of the local AWS")


def _server_for(environment: Environment, folder: Path) -> Record:
    server = lifecycle.find(folder)
    if server is None:
        if lost := Record.read(folder):
            say(f"Local AWS: the last one (process {lost.pid}) ended unexpectedly, with all it held")
        say("Local AWS: starting")
        server = lifecycle.start(folder, environment.account_id)
        say(f"Local AWS: runs on {server.url} (process {server.pid}), still empty")
    else:
        lifecycle.check_account(server, environment)
        say(f"Local AWS: found on {server.url} (process {server.pid})")
    return server
