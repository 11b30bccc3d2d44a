"""``--print-policy``: prints the IAM policy that a command needs, and ends the program as ``--help`` does."""

import json
import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from environments import Environment, SettingsError, load, write_notices
from operations.errors import ExitStatus

# Any: a policy document.
PolicyOf = Callable[[Environment], dict[str, Any]]


class PrintPolicy(Action):
    """Acts as soon as it is read, so that no other argument is needed; neither are AWS credentials."""

    def __init__(self, option_strings: list[str], dest: str, *, policy: PolicyOf) -> None:
        help_ = "print the IAM policy that this takes, as JSON; needs no AWS"
        super().__init__(option_strings, dest, nargs=0, default=SUPPRESS, help=help_)
        self._policy = policy

    def __call__(self, parser: ArgumentParser, namespace: Namespace, *_: object) -> None:
        """Print the policy of the environment that was named before it."""
        name = getattr(namespace, "environment", None)
        if name is None:
            parser.error(f"--print-policy comes after the environment: {parser.prog} dev --print-policy")
        try:
            policy = self._policy(load(name))
            write_notices([name])
        except SettingsError as error:
            parser.exit(ExitStatus.COULD_NOT_LOOK, f"{error}\n")
        sys.stdout.write(f"{json.dumps(policy, indent=2)}\n")
        parser.exit()
