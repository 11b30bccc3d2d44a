"""Validates the settings of every environment: ``python -m environments``; exit status 1 if something is wrong."""

import argparse
import json
import sys
from datetime import UTC, datetime

from environments import Environment, SettingsError, load_all, write_expired, write_notices


def main(arguments: list[str] | None = None) -> int:
    """Name the environments that are valid, or report everything that is wrong."""
    chosen = _parser().parse_args(arguments)
    try:
        environments = load_all()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if chosen.ended_since is not None:
        names = [each.name for each in environments if _ended_since(each, chosen.ended_since)]
        sys.stdout.write(f"{json.dumps(names)}\n")
        return 0
    write_notices(environment.name for environment in environments)
    found = write_expired(environments)
    sys.stdout.write(f"Valid: {', '.join(environment.name for environment in environments)}\n")
    return 1 if found else 0


def _ended_since(environment: Environment, time: datetime) -> bool:
    return any(toggle.until > time for toggle in environment.exec.ended.values())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m environments", description=__doc__)
    parser.add_argument(
        "--ended-since",
        type=_time,
        metavar="TIME",
        help="list, as JSON, the environments in which an ECS Exec toggle has ended since then; '' is ever",
    )
    return parser


def _time(text: str) -> datetime:
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a time; give one such as 2026-12-01T18:00:00Z") from None


if __name__ == "__main__":
    sys.exit(main())
