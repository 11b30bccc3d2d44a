"""The review's one comment: written once, then in place, and not at all if it says the same."""

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.workflow_steps import PROJECT, step

COMMENTS = "/repos/acme/platform/issues/7/comments"
BOT, PERSON = {"type": "Bot"}, {"type": "User"}


class GitHub(ThreadingHTTPServer):
    """What GitHub's API does with the comments of one pull request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.written: list[str] = []
        self.status = 200

    def says(self, body: str, user: dict[str, str]) -> None:
        self.comments.append({"id": len(self.comments) + 1, "body": body, "user": user})


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key: int(value) for key, (value,) in parse_qs(address.query).items()}
        assert address.path == COMMENTS
        first = (query["page"] - 1) * query["per_page"]
        self._answer(self.server.comments[first : first + query["per_page"]])

    def do_POST(self) -> None:
        if self.server.status == 200:
            self.server.says(self._body(), BOT)
        self._answer({})

    def do_PATCH(self) -> None:
        self.server.comments[int(self.path.rpartition("/")[2]) - 1]["body"] = self._body()
        self._answer({})

    def _body(self) -> str:
        assert self.headers["Authorization"] == "Bearer token"
        self.server.written.append(self.command)
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def _answer(self, content: object) -> None:
        writing = self.command != "GET"
        self.send_response(self.server.status if writing else 200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def github() -> Iterator[GitHub]:
    server = GitHub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def comment(github: GitHub, folder: Path, review: str) -> "subprocess.CompletedProcess[str]":
    """Run the step as it stands in the workflow."""
    (folder / "review.md").write_text(review)
    if not (folder / ".github").exists():
        (folder / ".github").symlink_to(PROJECT / ".github")
    variables = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GITHUB_API_URL": f"http://127.0.0.1:{github.server_port}",
        "GITHUB_REPOSITORY": "acme/platform",
        "GITHUB_TOKEN": "token",
        "PULL_REQUEST": "7",
    }
    command = ["bash", "-e", "-c", step("Comment")]
    return subprocess.run(  # noqa: S603 - the commands of our own files
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def test_the_first_review_is_a_comment(github: GitHub, tmp_path: Path) -> None:
    assert comment(github, tmp_path, "One bucket goes.").returncode == 0
    (written,) = github.comments
    assert written["body"].endswith("-->\nOne bucket goes.")


def test_the_next_review_takes_its_place(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "One bucket goes.")
    comment(github, tmp_path, "Nothing changes.")
    assert github.written == ["POST", "PATCH"]
    assert [each["body"].splitlines()[-1] for each in github.comments] == ["Nothing changes."]


def test_the_same_review_is_not_written_again(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "Nothing changes.")
    comment(github, tmp_path, "Nothing changes.")
    assert github.written == ["POST"]


def test_the_comment_is_found_behind_many_others(github: GitHub, tmp_path: Path) -> None:
    for number in range(150):
        github.says(f"{number}", PERSON)
    comment(github, tmp_path, "One bucket goes.")
    comment(github, tmp_path, "Nothing changes.")
    assert github.written == ["POST", "PATCH"]


def test_a_person_who_quotes_it_is_not_written_over(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "One bucket goes.")
    (first,) = github.comments
    github.comments = []
    github.says(first["body"], PERSON)
    comment(github, tmp_path, "Nothing changes.")
    assert github.comments[0]["body"] == first["body"]


def test_a_token_that_may_not_comment_is_no_failure(github: GitHub, tmp_path: Path) -> None:
    github.status = 403
    ran = comment(github, tmp_path, "One bucket goes.")
    assert (ran.returncode, github.comments) == (0, [])
    assert "summary of its job" in ran.stdout


def test_another_answer_of_github_is_one_line(github: GitHub, tmp_path: Path) -> None:
    github.status = 502
    ran = comment(github, tmp_path, "One bucket goes.")
    assert ran.returncode == 1
    assert ran.stderr.endswith("run the job again\n")
    assert len(ran.stderr.splitlines()) == 1


def test_a_review_that_failed_says_so(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "")
    assert "could not be reviewed" in github.comments[0]["body"]


def test_a_review_too_long_for_github_is_cut_and_says_so(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "x" * 65_536)
    (written,) = github.comments
    assert len(written["body"]) == 65_536
    assert written["body"].endswith("the rest is in the summary of the job.")
