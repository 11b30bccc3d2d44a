"""The command line of the local AWS."""

import argparse
import signal
import sys
from collections.abc import Callable

from environments import SettingsError, load
from local_cloud import lifecycle
from local_cloud.console import say
from local_cloud.deploy import deploy
from local_cloud.errors import LocalCloudError
from local_cloud.folder import PROJECT, local_folder
from local_cloud.lock import hold_lock
from local_cloud.outputs import format_outputs, read_outputs
from local_cloud.record import Record
from local_cloud.shell import shell_commands

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; answer the exit code. No fault of the user's or the machine's shows a traceback."""
    chosen = _parser().parse_args(arguments)
    command, _ = _COMMANDS[chosen.command]
    try:
        return command(chosen.environment)
    except (LocalCloudError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run it again to go on from here, or start over after `make local-down`.\n")
        return _INTERRUPTED


def _deploy(environment: str) -> int:
    return deploy(environment, PROJECT, local_folder())


def _up(environment: str) -> int:
    folder, settings = local_folder(), load(environment)
    with hold_lock(folder, "up"):
        server = lifecycle.find(folder) or lifecycle.start(folder, settings.account_id)
    lifecycle.check_account(server, settings)
    say(f"The local AWS runs in the background, on {server.url} (process {server.pid}).")
    return 0


def _down(_: str) -> int:
    folder = local_folder()
    with hold_lock(folder, "down"):
        server = lifecycle.stop(folder)
    say(
        f"The local AWS (process {server.pid}) has ended; all it held is forgotten." if server else "No local AWS runs."
    )
    return 0


def _status(_: str) -> int:
    server = _running()
    say(f"The local AWS runs on {server.url} (process {server.pid}), as account {server.account_id}.")
    return 0


def _outputs(environment: str) -> int:
    load(environment)
    outputs = read_outputs(local_folder(), environment)
    if not outputs:
        raise LocalCloudError(f"{environment} is not deployed on the local AWS; run `make local ENV={environment}`")
    say(format_outputs(outputs))
    return 0


def _env(environment: str) -> int:
    try:
        settings = load(environment)
        server = _running()
        lifecycle.check_account(server, settings)
        say(shell_commands(server, settings, local_folder()))
    except (LocalCloudError, SettingsError):
        # The shell's eval fails too: what follows it with && must not reach AWS instead.
        say("false")
        raise
    return 0


def _running() -> Record:
    folder = local_folder()
    if server := lifecycle.find(folder):
        return server
    if lost := Record.read(folder):
        raise LocalCloudError(f"The local AWS (process {lost.pid}) ended unexpectedly; `make local` starts over.")
    raise LocalCloudError("No local AWS runs; `make local` starts one and deploys dev to it.")


_COMMANDS: dict[str, tuple[Callable[[str], int], str]] = {
    "up": (_up, "start the local AWS, empty"),
    "deploy": (_deploy, "deploy an environment to it"),
    "down": (_down, "end it and forget what it holds"),
    "status": (_status, "say whether it runs; exit code 1 if it does not"),
    "outputs": (_outputs, "list the outputs of an environment that is deployed to it"),
    "env": (_env, 'print what lets a shell use it as AWS: eval "$(python -m local_cloud env)"'),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, text) in _COMMANDS.items():
        added = commands.add_parser(name, help=text)
        added.add_argument("environment", nargs="?", default="dev", help="an environment's name (default: dev)")
    return parser


if __name__ == "__main__":
    # The end of a CI job or of a terminal is to be as orderly as Ctrl-C.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
