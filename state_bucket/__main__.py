"""Makes the S3 bucket for an environment's Terraform state: ``python -m state_bucket dev``. Run again, it mends it.

Exit status: 0 when the bucket is as it should be, 1 when it is not.
"""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from environments import Environment, SettingsError, load
from state_bucket.bucket import bucket_name, holds_state, make_bucket
from verification.account import require_account
from verification.aws import Clients
from verification.findings import CannotRunError

_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; no fault of the user's or AWS's shows a traceback."""
    parser = argparse.ArgumentParser(prog="python -m state_bucket", description=__doc__)
    parser.add_argument("environment", help="an environment's name, such as dev")
    chosen = parser.parse_args(arguments)
    try:
        sys.stdout.write(_bootstrap(load(chosen.environment)))
    except (CannotRunError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (ClientError, BotoCoreError) as error:
        sys.stderr.write(f"the bucket is not as it should be: {error}; put that right and run it again\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; run it again to go on from here.\n")
        return _INTERRUPTED
    return 0


def _bootstrap(environment: Environment) -> str:
    clients = Clients.of(environment)
    require_account(environment, clients)
    made = make_bucket(environment, clients)
    moves = Path(f"terraform.{environment.name}.tfstate").exists() and not holds_state(environment, clients)
    return "\n".join([_report(environment, made), *_next_steps(environment, moves=moves), ""])


def _report(environment: Environment, made: list[str]) -> str:
    bucket = f"{bucket_name(environment)} in account {environment.account_id}, {environment.region}"
    if not made:
        return f"{bucket}: all is as it should be, nothing was changed."
    return "\n".join([f"{bucket}:", *(f"  + {what}" for what in made)])


def _next_steps(environment: Environment, *, moves: bool) -> list[str]:
    name, steps = environment.name, []
    if not environment.state.bucket:
        # Terraform moves a state only from where it knows it to be: after a run without the setting.
        steps = [f"First see that nothing is to be changed: npx cdktf diff {name}"] if moves else []
        steps += [
            f"Add to environments/{name}.toml, to keep the state there:",
            f'  [state]\n  bucket = "{bucket_name(environment)}"',
        ]
    if moves:
        steps.append(f"Then move the state, once, from this folder: npx cdktf deploy {name} --migrate-state")
    return steps


if __name__ == "__main__":
    sys.exit(main())
