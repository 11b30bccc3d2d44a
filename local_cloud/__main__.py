"""The command line of the local AWS: ``python -m local_cloud up | down | status | deploy``."""

import argparse
import signal
import sys
from pathlib import Path

from environments import SettingsError, load
from local_cloud import lifecycle
from local_cloud.console import say
from local_cloud.deploy import deploy
from local_cloud.errors import LocalCloudError

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / ".local"
"""All that the local AWS leaves on disk, its Terraform state too; it goes when the server ends."""

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; answer the exit code. No fault of the user's or the machine's shows a traceback."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "deploy":
            return deploy(chosen.environment, PROJECT, FOLDER)
        if chosen.command == "up":
            return _up(chosen.environment)
        return _down() if chosen.command == "down" else _status()
    except (LocalCloudError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run it again to go on from here, or start over after `make local-down`.\n")
        return _INTERRUPTED


def _up(environment: str) -> int:
    server = lifecycle.find(FOLDER) or lifecycle.start(FOLDER, load(environment).account_id)
    say(f"The local AWS runs in the background, on {server.url} (process {server.pid}).")
    return 0


def _down() -> int:
    server = lifecycle.stop(FOLDER)
    say(
        f"The local AWS (process {server.pid}) has ended; all it held is forgotten." if server else "No local AWS runs."
    )
    return 0


def _status() -> int:
    server = lifecycle.find(FOLDER)
    if server is None:
        say("No local AWS runs.")
        return 1
    say(f"The local AWS runs on {server.url} (process {server.pid}), as account {server.account_id}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, text in (("up", "start the local AWS, empty"), ("deploy", "deploy an environment to it")):
        added = commands.add_parser(command, help=text)
        added.add_argument("environment", nargs="?", default="dev", help="an environment's name (default: dev)")
    commands.add_parser("down", help="end the local AWS and forget what it holds")
    commands.add_parser("status", help="say whether it runs; exit code 1 where it does not")
    return parser


if __name__ == "__main__":
    # The end of a CI job or of a terminal is to be as orderly as Ctrl-C.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
