"""Says things to the person at the command line; plain text, as fit for a CI log as for a terminal."""

import sys

WIDTH = 80
_GAP = "..."


def say(text: str, *, fit: bool = False) -> None:
    """Write a line at once; ``fit`` keeps it within the width of a terminal."""
    sys.stdout.write(f"{fitted(text) if fit else text}\n")
    sys.stdout.flush()


def fitted(text: str) -> str:
    """Shorten the longest word of a line in its middle until the line fits a terminal.

    The word is an address: its type's beginning and its name's end tell it from the others.
    """
    excess = len(text) - WIDTH
    if excess <= 0:
        return text
    word = max(text.split(), key=len)
    kept = max(len(word) - excess - len(_GAP), 0)
    head = kept // 3
    return text.replace(word, word[:head] + _GAP + word[len(word) - kept + head :], 1)[:WIDTH]
