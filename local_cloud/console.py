"""Says things to the person at the command line; plain text, as fit for a CI log as for a terminal."""

import sys

WIDTH = 80


def say(text: str, *, cut: bool = False) -> None:
    """Write a line at once; ``cut`` keeps it within the width of a terminal."""
    if cut and len(text) > WIDTH:
        text = text[: WIDTH - 3] + "..."
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
