"""A review for a terminal."""

import textwrap
from collections.abc import Iterator

from operations.review.report.sections import Entry, Section, closing, headline, matrix_rows, sections
from operations.review.report.text import plain
from operations.review.verdict import Review

_WIDTH = 120


def terminal(review: Review) -> str:
    """Write the whole review."""
    blocks = [f"{plain(review.head)} against {plain(review.base)}"]
    for environment in review.changed:
        blocks.append(plain(headline(environment)))
        blocks.extend("\n".join(_section(each)) for each in sections(environment))
    blocks.extend(_matrix(review))
    blocks.extend(closing(review))
    if review.findings:
        blocks.append("\n".join(["Refused:", *(_finding(*each) for each in _findings(review))]))
    return "\n\n".join(blocks) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"  {plain(section.title)}"
    for entry in section.entries:
        yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    lead = (
        "\n".join(f"    {plain(line)}" for line in entry.lead.splitlines()) if "\n" in entry.lead else plain(entry.lead)
    )
    words = " ".join(part for part in (lead, ", ".join(map(plain, entry.subjects)), plain(entry.tail)) if part)
    if words:
        yield words if "\n" in words else _wrapped(words)
    for sign, text in entry.lines:
        yield f"      {sign} {text}"


def _wrapped(words: str) -> str:
    return textwrap.fill(
        words,
        _WIDTH,
        initial_indent="    ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _matrix(review: Review) -> Iterator[str]:
    rows = [("ECS Exec", [each.name for each in review.environments])]
    rows += [(name, [f"{'* ' if new else ''}{text}" for text, new in cells]) for name, cells in matrix_rows(review)]
    table = [[plain(each) for each in (name, *cells)] for name, cells in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    if len(rows) > 1:
        lines = [
            "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        yield "\n".join(lines)


def _findings(review: Review) -> Iterator[tuple[str, str, str]]:
    return ((each.rule, each.environment, each.subject) for each in review.findings)


def _finding(rule: str, environment: str, subject: str) -> str:
    return f"  {rule}: {plain(environment)}: {plain(subject)}"
