# PYTHON_ARGCOMPLETE_OK - how argcomplete knows that it may ask this module for completions.
"""Runs ``python -m operations``."""

import signal
import sys

if __name__ == "__main__":
    # The end of a CI job or of a terminal is as orderly as Ctrl-C.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    try:
        from operations.command_line import main
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed for {sys.executable}; run `make install`, then use .venv/bin/python")
    sys.exit(main())
