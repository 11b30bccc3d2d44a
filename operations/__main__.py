# PYTHON_ARGCOMPLETE_OK - how argcomplete knows that it may ask this module for completions.
"""Runs ``python -m operations``."""

import gc
import signal
import sys

if __name__ == "__main__":
    # The end of a CI job or of a terminal is as orderly as Ctrl-C.
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    # What is imported stays: looking for garbage in it takes a seventh of the start.
    gc.disable()
    try:
        from operations.command_line import main
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed for {sys.executable}; run `make install`, then use .venv/bin/python")
    gc.freeze()
    gc.enable()
    sys.exit(main())
