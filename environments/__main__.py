"""Validates the settings of every environment: ``python -m environments``; exit status 1 if something is wrong."""

import sys

from environments import SettingsError, load_all, write_notices


def main() -> int:
    """Name the environments that are valid, or report everything that is wrong."""
    try:
        environments = load_all()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    write_notices(environment.name for environment in environments)
    sys.stdout.write(f"Valid: {', '.join(environment.name for environment in environments)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
