"""Finish a deploy that was killed: ``python -m recovery dev``.

What AWS has and the Terraform state has not is imported, the rest is created: nothing is made twice. Terraform's plan
of it is shown, and applied once it is approved. Use the settings, and the overrides, of the deploy that was killed.
"""

import argparse
import signal
import sys

from environments import SettingsError, load
from recovery.recover import recover
from verification.findings import CannotRunError

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; no fault of the user's, AWS's or Terraform's shows a traceback."""
    chosen = _parser().parse_args(arguments)
    try:
        recover(load(chosen.environment), approved=chosen.auto_approve)
    except (CannotRunError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Run it again to go on from here.\n")
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m recovery", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__
    )
    parser.add_argument("environment", help="an environment's name, such as dev")
    parser.add_argument("--auto-approve", action="store_true", help="apply Terraform's plan without asking")
    return parser


if __name__ == "__main__":
    # The end of a CI job or of a terminal is to be as orderly as Ctrl-C.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
