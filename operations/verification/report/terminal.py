"""The report for a person: a line per check as it ends, reasons under those that are not green, and a summary."""

import os
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TextIO

from operations.text import many
from operations.verification.findings import Result, Status

WIDTH = 80

_WORD_WIDTH, _NAME_WIDTH = 5, 13
_INDENT = " " * 6
# https://en.wikipedia.org/wiki/ANSI_escape_code#Colors
_COLOURS = {Status.PASS: 32, Status.SKIP: 36, Status.WARN: 33, Status.FAIL: 31, Status.ERROR: 35}
_WORDS = {Status.PASS: "passed", Status.WARN: "warned", Status.SKIP: "skipped", Status.FAIL: "failed"}


class TerminalReport:
    """Writes to a stream; in colour if it is a terminal and NO_COLOR is not set (https://no-color.org)."""

    def __init__(self, stream: TextIO, variables: Mapping[str, str] = os.environ) -> None:
        """Write nothing yet."""
        self._stream = stream
        self._coloured = stream.isatty() and not variables.get("NO_COLOR")

    def start(self, title: str) -> None:
        """Say what is looked at."""
        self._write(title)

    def result(self, result: Result) -> None:
        """Write a check's line and its reasons."""
        word = result.status.upper()
        line = f"{word:{_WORD_WIDTH}}  {result.check:{_NAME_WIDTH}}  {_plain(result.seen.summary)}"
        first, *rest = textwrap.wrap(line, WIDTH, subsequent_indent=_INDENT)
        self._write(first.replace(word, self._colour(word, result.status), 1))
        for text in rest:
            self._write(text)
        for finding in result.seen.findings:
            # The worst decides the check's word; a milder one beside it says what it is.
            milder = f"{finding.status}: " if finding.status != result.status else ""
            self._wrapped(f"{milder}{finding.reason}", "- ")
            if finding.remedy:
                self._wrapped(finding.remedy, "> ")

    def end(self, results: Sequence[Result], seconds: float) -> None:
        """Write how many checks ended how, counted from the results."""
        by_status = Counter(result.status for result in results)
        counts = ", ".join(f"{by_status[status]} {word}" for status, word in _WORDS.items())
        if unknown := by_status[Status.ERROR]:
            counts += f", {unknown} not checked"
        self._write(f"\n{many(len(results), 'check')}: {counts}; {seconds:.1f} s")

    def _wrapped(self, text: str, mark: str) -> None:
        lines = textwrap.wrap(
            _plain(text),
            WIDTH,
            initial_indent=f"{_INDENT}{mark}",
            subsequent_indent=f"{_INDENT}  ",
            break_on_hyphens=False,
        )
        for line in lines:
            self._write(line)

    def _colour(self, word: str, status: Status) -> str:
        return f"\x1b[{_COLOURS[status]}m{word}\x1b[0m" if self._coloured else word

    def _write(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        # A CI job's log is a pipe: a line is of use when it happens.
        self._stream.flush()


def _plain(text: str) -> str:
    """Take out what a terminal would obey: a reason may quote what a container printed."""
    return "".join(character if character.isprintable() else " " for character in text)
