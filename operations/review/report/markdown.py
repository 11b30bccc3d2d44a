"""A review for a comment on GitHub."""

import os
from collections.abc import Iterable, Iterator

from operations.review.report.sections import Entry, Section, closing, headline, matrix_rows, sections
from operations.review.report.text import cell, code, longest_run, plain
from operations.review.verdict import EnvironmentReview, Review
from operations.text import many

# GitHub takes 65,536 characters; the comment's own mark needs some of them.
GITHUB_LIMIT = 65_000
# For the sentence that says what was cut.
_RESERVED = 1_024
# In a section that must fit whatever happens; fewer if they still do not.
_MOST_ENTRIES = (25, 5, 1)
# Of one text, in what must fit whatever happens.
_MOST_CHARACTERS = 200


def markdown(review: Review, *, limit: int | None = GITHUB_LIMIT) -> str:
    """Write the review within a limit of characters, headlines and dangers first; without a limit all of it."""
    vital, others = list(_vital(review)), list(_others(review))
    whole = "\n\n".join([*vital, *(text for _, text in others)]) + "\n"
    if limit is None or len(whole) <= limit:
        return whole
    for most in _MOST_ENTRIES:
        if len("\n\n".join(vital)) > limit - _RESERVED:
            vital = list(_vital(review, most))
    return _cut(vital, others, limit)


def _cut(vital: list[str], others: list[tuple[str, str]], limit: int) -> str:
    """Leave out what does not fit, block by block, and say so."""
    text, left_out = "", []
    for block in vital:
        # Only of very many environments not everything vital fits.
        text += f"{block}\n\n" if len(text) + len(block) + _RESERVED < limit else ""
    for title, block in others:
        if len(text) + len(block) + _RESERVED < limit:
            text += f"{block}\n\n"
        else:
            left_out.append(title)
    return f"{text}**Cut, because GitHub takes {limit:,} characters**: {_where(left_out)}.\n"


def _where(left_out: list[str]) -> str:
    variables = [os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    names = (
        f"{many(len(left_out), 'section')} ({', '.join(left_out)})"[: _RESERVED // 2] if left_out else "long sections"
    )
    if not all(variables):
        return f"{names}; run the review yourself to read them"
    server, repository, run = variables
    return f"{names}; [the job's summary]({server}/{repository}/actions/runs/{run}) has them"


def _vital(review: Review, most: int | None = None) -> Iterator[str]:
    yield f"## Review: {code(review.head)} against {code(review.base)}"
    if review.findings:
        lines = [f"- **{each.rule}** {plain(each.environment)}: {code(each.subject)}" for each in review.findings]
        yield "\n".join(["### Refused", "", *_first(lines, most)])
    for environment in review.changed:
        yield f"### {_title(environment)}"
        yield from (_section(each, most) for each in sections(environment) if each.vital)
    yield from _matrix(review)
    yield from closing(review)


def _others(review: Review) -> Iterator[tuple[str, str]]:
    for environment in review.changed:
        for each in sections(environment):
            if not each.vital:
                title = f"{environment.name}: {each.title}"
                body = _section(each, None, titled=False)
                summary = f"<details><summary>{_escaped(title)} ({len(each.entries)})</summary>"
                yield _escaped(title), f"{summary}\n\n{body}\n\n</details>"


def _title(environment: EnvironmentReview) -> str:
    name, _, rest = headline(environment).partition(": ")
    return f"{_escaped(name)}: {_escaped(rest)}"


def _section(section: Section, most: int | None, *, titled: bool = True) -> str:
    entries = [_entry(each, most) for each in section.entries]
    return "\n".join([*([f"**{_escaped(section.title)}**", ""] if titled else []), *_first(entries, most)])


def _first(lines: list[str], most: int | None) -> list[str]:
    if most is None or len(lines) <= most:
        return lines
    return [*lines[:most], f"- and {len(lines) - most} more"]


def _entry(entry: Entry, most: int | None) -> str:
    subjects, lines = entry.subjects, entry.lines
    if most is not None:
        subjects, lines = tuple(each[:_MOST_CHARACTERS] for each in subjects[:most]), ()
    said = [line if most is None else line[:_MOST_CHARACTERS] for line in entry.lead.splitlines()[:most]]
    # What failed is said by a program, in many lines.
    lead = _fenced(said) if len(said) > 1 else _escaped("".join(said))
    words = " ".join(part for part in (lead, ", ".join(map(code, subjects)), _escaped(entry.tail)) if part)
    below = _fenced([f"{sign} {text}" for sign, text in lines], "diff") if lines else ""
    return f"- {words}{below}" if words else f"- changes{below}"


def _fenced(lines: Iterable[str], language: str = "") -> str:
    """Return a block inside a list's entry, which ends where we end it."""
    safe = [plain(line) for line in lines]
    fence = "`" * max(3, longest_run("\n".join(safe)) + 1)
    return "".join(f"\n  {line}" for line in (f"{fence}{language}", *safe, fence))


def _matrix(review: Review) -> Iterator[str]:
    rows = list(matrix_rows(review))
    if rows:
        names = [cell(each.name) for each in review.environments]
        yield "\n".join(
            [
                f"| ECS Exec | {' | '.join(names)} |",
                f"|{' --- |' * (len(names) + 1)}",
                *(f"| {cell(name)} | {' | '.join(_marked(*each) for each in cells)} |" for name, cells in rows),
            ]
        )


def _marked(text: str, changed: bool) -> str:
    if not text:
        return ""
    return f"**changed** {cell(text)}" if changed else cell(text)


def _escaped(text: str) -> str:
    """Return a text in which nothing is Markdown, HTML or a mention."""
    escaped = "".join(f"\\{each}" if each in "\\`*_[]#|~!" else each for each in plain(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
