"""The reports: what is dangerous first, nothing secret, nothing that breaks out, and never too long."""

import json
from dataclasses import replace

import pytest

from operations.review.changes import Change, Culprit, Verdict
from operations.review.exposure import Exposure
from operations.review.report.machine import machine
from operations.review.report.markdown import GITHUB_LIMIT, markdown
from operations.review.report.terminal import terminal
from operations.review.values import ABSENT, Difference, Masked
from operations.review.verdict import Cell, EnvironmentReview, Finding, Review
from rules.openings import Opening

NASTY = "`x` </code> | [a](http://b) @everyone\n# Title\x1b[31m\u202e ```"


def change(address: str, verdict: Verdict = Verdict.UPDATE, *differing: Difference, **more: object) -> Change:
    made = Change(address, address.partition(".")[0], "storage", verdict, differing)
    return replace(made, **more)  # type: ignore[arg-type] # fields by name


def review(*changes: Change, **more: object) -> Review:
    dev = replace(EnvironmentReview("dev", tuple(changes)), **more)  # type: ignore[arg-type] # fields by name
    return Review("base", "head", (dev, EnvironmentReview("prod"), EnvironmentReview("staging")), {})


LOST = change("aws_s3_bucket.logs", Verdict.DESTROY)
SECRET = change("aws_x.y", Verdict.UPDATE, Difference("password", Masked("old-secret"), Masked("new-secret")))
ALL = pytest.mark.parametrize("report", [terminal, markdown, machine])


@ALL
def test_a_secret_is_in_no_report(report: object) -> None:
    inside = change("aws_x.y", Verdict.UPDATE, Difference("list[]", ABSENT, {"password": Masked("new-secret")}))
    text = report(review(SECRET, inside))  # type: ignore[operator] # one of three functions
    assert "secret" not in text
    assert "(sensitive)" in text


@pytest.mark.parametrize("report", [terminal, markdown])
def test_what_loses_data_comes_first(report: object) -> None:
    text = report(review(change("aws_a.first"), LOST))  # type: ignore[operator] # one of two functions
    assert "1 resource with data lost" in text
    assert text.index("LOSES DATA") < text.index("aws_s3_bucket.logs") < text.index("aws_a.first")


@ALL
def test_the_pictures_are_named(report: object) -> None:
    text = report(review(LOST, pictures=("pictures/dev-before.svg", "pictures/dev-after.svg")))  # type: ignore[operator] # one of three functions
    assert "pictures/dev-before.svg" in text
    assert "pictures/dev-after.svg" in text


def test_nothing_changes_is_one_line_for_all() -> None:
    assert "Nothing changes in prod and staging.\n" in terminal(review(LOST))
    assert "prod:" not in terminal(review(LOST))


def test_a_change_shows_before_and_after() -> None:
    text = terminal(review(change("aws_x.y", Verdict.UPDATE, Difference("size", 1, 2))))
    assert "    update aws_x.y\n      - size: 1\n      + size: 2\n" in text


def test_the_culprit_of_a_replacement_is_marked() -> None:
    replaced = change("aws_x.y", Verdict.REPLACE, Difference("cidr", "a", "b"), culprits=(Culprit("cidr"),))
    assert "+ cidr: b  # forces the replacement" in terminal(review(replaced))


def test_followers_are_one_line_with_their_cause() -> None:
    cause = change("aws_vpc.main", Verdict.REPLACE, Difference("cidr", "a", "b"))
    followers = [change(f"aws_subnet.{name}", Verdict.REPLACE, follows=("aws_vpc.main",)) for name in "ab"]
    text = terminal(review(cause, *followers))
    assert "replace aws_subnet.a, aws_subnet.b (with aws_vpc.main)" in text
    assert "Replaced or destroyed\n    replace aws_vpc.main (2 more with it)\n" in text


def test_a_tag_is_one_line_for_all_resources() -> None:
    tagged = [change(f"aws_x.{name}", Verdict.UPDATE, Difference("tags.Team", ABSENT, "a")) for name in "abc"]
    text = terminal(review(*tagged))
    assert "  Tags only\n    3 resources: + tags.Team: a\n" in text
    assert "aws_x.a" not in text


def test_the_matrix_marks_what_changes() -> None:
    on = Exposure(on=True, policies=("p",), encrypted=False, log="log l")
    cells = {"web": {"dev": Cell(replace(on, on=False, policies=()), on)}}
    assert "* off → on, policy p, not encrypted, log l" in terminal(replace(review(), matrix=cells))
    assert "**changed** `off → on, policy p, not encrypted, log l`" in markdown(replace(review(), matrix=cells))


def test_what_was_not_looked_at_is_listed() -> None:
    assert "  Not looked at\n    aws_x.y: unread\n" in terminal(review(not_looked_at=("aws_x.y: unread",)))


def test_a_failure_is_told() -> None:
    text = terminal(review(failure="terraform plan failed:\nError: no"))
    assert "dev: could not be reviewed" in text
    assert "Error: no" in text


def test_protection_that_goes_is_told() -> None:
    unprotected = change("aws_db_instance.db", Verdict.UPDATE, Difference("deletion_protection", True, False))
    assert "Protection lost" in terminal(review(unprotected))
    gained = change("aws_db_instance.db", Verdict.UPDATE, Difference("deletion_protection", False, True))
    assert "Protection lost" not in terminal(review(gained))


@pytest.mark.parametrize(
    "nasty",
    [
        change("aws_x.y", Verdict.UPDATE, Difference("tags.Name", "a", NASTY)),
        change("aws_x.y", Verdict.UPDATE, Difference(NASTY, 1, 2)),
        change(f'aws_x.y["{NASTY}"]', Verdict.CREATE),
        change("aws_x.y", Verdict.DESTROY, construct=NASTY),
    ],
)
def test_no_text_breaks_out_of_the_markdown(nasty: Change) -> None:
    outside = without_code(markdown(review(nasty)))
    assert not any(each in outside for each in ("@everyone", "[a](", "\n# Title", "</code>", "\x1b", "\u202e"))


def test_no_failure_breaks_out_of_its_block() -> None:
    text = markdown(review(failure="Error\n```\n# Title\n````\n@everyone"))
    assert "@everyone" not in without_code(text)


def without_code(text: str) -> str:
    """Return what GitHub would not show as code: by the rules of CommonMark, fences first."""
    lines, fence = [], ""
    for line in text.splitlines():
        mark = line.strip()
        if fence:
            fence = "" if mark == fence else fence
        elif mark.startswith("```") and "`" not in mark.lstrip("`"):
            fence = mark[: len(mark) - len(mark.lstrip("`"))]
        else:
            lines.append(without_spans(line))
    assert not fence
    return "\n".join(lines)


def without_spans(line: str) -> str:
    run = next((len(line[at:]) - len(line[at:].lstrip("`")) for at in [line.find("`")] if at >= 0), 0)
    if not run:
        return line
    start = line.find("`")
    if line[start - 1 : start] == "\\":
        return line[: start + 1] + without_spans(line[start + 1 :])
    rest = line[start + run :]
    end = next(
        (i for i in range(len(rest)) if rest[i : i + run] == "`" * run and rest[i + run : i + run + 1] != "`"), -1
    )
    assert end >= 0, line
    return line[:start] + without_spans(rest[end + run :])


MANY = [change(f"aws_x.r{n}", Verdict.UPDATE, Difference("a", "b" * 150, f"{n}" * 50)) for n in range(400)]


def test_a_long_review_fits_and_says_what_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SERVER_URL": "https://github.example", "REPOSITORY": "a/b", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    text = markdown(review(*MANY, LOST))
    assert len(text) <= GITHUB_LIMIT
    assert "aws_s3_bucket.logs" in text
    assert "1 section (dev: storage); [the job's summary](https://github.example/a/b/actions/runs/7) has them" in text


def test_even_many_dangers_fit() -> None:
    dangers = [replace(LOST, address=f"aws_s3_bucket.{'x' * 300}{n}") for n in range(900)]
    opened = tuple(Opening("g", "ingress", "tcp", str(n), "0.0.0.0/0") for n in range(3000))
    text = markdown(review(*dangers, opened=opened, failure="Error\n" * 9000))
    assert len(text) <= GITHUB_LIMIT
    assert "900 resources with data lost" in text or "could not be reviewed" in text
    assert "and 875 more" in text


def test_the_summary_is_not_cut() -> None:
    assert "aws_x.r399" in markdown(review(*MANY), limit=None)


def test_the_json_has_every_verdict() -> None:
    found = replace(review(LOST), findings=(Finding("destroy-stateful", "dev", "aws_s3_bucket.logs"),))
    document = json.loads(machine(found))
    assert document["environments"]["dev"]["changes"][0]["verdict"] == "destroy"
    assert document["unchanged"] == ["prod", "staging"]
    assert document["refused"] == [{"rule": "destroy-stateful", "environment": "dev", "subject": "aws_s3_bucket.logs"}]
