"""Deploys an environment to the local AWS: the real cdktf, the real Terraform and the real provider."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from environments import Environment, load, load_all
from local_cloud import cdktf_runner, lifecycle, provider_mirror
from local_cloud.console import say
from local_cloud.errors import LocalCloudError
from local_cloud.progress import Progress
from local_cloud.record import Record
from local_cloud.summary import summarize

_PROJECT = Path(__file__).resolve().parent.parent


def deploy(name: str, project: Path, folder: Path) -> int:
    """Deploy one environment, whose server starts if it does not run; answer the exit code.

    Raises SettingsError for an unknown environment or bad settings, before anything starts, and LocalCloudError where
    something else is in the way.
    """
    environment = load(name)
    # The app synthesizes every stack, so a fault in any file would stop it, with less to read.
    load_all()
    command = cdktf_runner.deploy_command(name, project, folder, bucket=environment.state.bucket)
    server = _server_for(environment, folder)
    mirror = provider_mirror.find_mirror(os.environ)
    say(f"AWS provider: from {mirror}" if mirror else "AWS provider: from Terraform's registry")
    variables = variables_for(server, environment, folder, mirror)
    if environment.state.bucket:
        _make_state_bucket(environment, variables)
    started = time.monotonic()
    progress, log = Progress(name), folder / "deploy.log"
    code = cdktf_runner.run(command, project, variables, log, progress)
    if code:
        say(f"\n{progress.cause()}\n\nNot deployed (exit code {code}); the whole log is {log}.")
        say("Put the cause right and run it again: it goes on from here. After `make local-down` it starts over.")
        return code
    outputs = json.loads((folder / "outputs.json").read_text()).get(name, {})
    say(summarize(environment, server, progress, outputs, seconds=time.monotonic() - started))
    return 0


def variables_for(server: Record, environment: Environment, folder: Path, mirror: Path | None) -> dict[str, str]:
    """Make the environment of a child that can reach the local AWS and no other.

    Nothing of AWS is inherited: no profile, session, endpoint of one service or configuration file.
    """
    variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables |= {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": environment.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
        # Plain lines from cdktf: elsewhere it redraws a screen, even into a pipe.
        "CI": "true",
        # The app's command says `python`: the one that runs this.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
    }
    return variables | _provider_variables(variables, folder, mirror)


def _provider_variables(variables: Mapping[str, str], folder: Path, mirror: Path | None) -> dict[str, str]:
    if mirror:
        return {
            "TF_CLI_CONFIG_FILE": str(provider_mirror.write_cli_configuration(folder, mirror)),
            # cdktf locks the provider's checksums, for which Terraform asks the registry whatever the configuration.
            "TF_CLI_ARGS_providers_lock": f"-fs-mirror={mirror}",
        }
    configuration = variables.get("TF_CLI_CONFIG_FILE")
    if configuration and not Path(configuration).exists():
        return {"TF_CLI_CONFIG_FILE": ""}
    return {}


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
        say("Local AWS: starting")
        server = lifecycle.start(folder, environment.account_id)
        say(f"Local AWS: runs on {server.url} (process {server.pid}), still empty")
    elif server.account_id != environment.account_id:
        message = (
            f"the local AWS plays account {server.account_id}, but {environment.name} belongs to "
            f"{environment.account_id}; end it first with `make local-down`"
        )
        raise LocalCloudError(message)
    else:
        say(f"Local AWS: found on {server.url} (process {server.pid})")
    return server
