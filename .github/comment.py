"""Writes a review into the one comment of a pull request: ``python3 .github/comment.py review.md``.

It needs nothing but Python, because it runs with a token that may write. GitHub sets GITHUB_REPOSITORY and
GITHUB_API_URL, the workflow GITHUB_TOKEN and PULL_REQUEST.
"""

import json
import os
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

MARKER = "<!-- The review of this pull request: the next one takes its place. -->"
NO_REVIEW = "The change could not be reviewed: see the log of the job."
CUT = "\n\nGitHub takes no more here: the rest is in the summary of the job."
_LIMIT = 65_536
_PAGE = 100
_SECONDS = 30
_MAY_NOT = "::notice::The token may not comment, as that of a fork: the review is in the summary of its job."


def main(file: Path) -> int:
    """Write the comment, if it is not there yet with the same text; return the exit status."""
    body = f"{MARKER}\n{file.read_text(encoding='utf-8').strip() or NO_REVIEW}"
    try:
        _write(body if len(body) <= _LIMIT else body[: _LIMIT - len(CUT)] + CUT)
    except OSError as error:
        # The review itself is in the summary: whoever may not comment must not see a failure.
        if not isinstance(error, HTTPError) or error.code != HTTPStatus.FORBIDDEN:
            sys.stderr.write(f"GitHub did not take the comment: {error}; run the job again\n")
            return 1
        sys.stdout.write(f"{_MAY_NOT}\n")
    return 0


def _write(body: str) -> None:
    issue = f"issues/{os.environ['PULL_REQUEST']}/comments"
    mine = next((each for each in _comments(issue) if _is_review(each)), None)
    if mine is None:
        _call("POST", issue, {"body": body})
    elif mine["body"] != body:
        _call("PATCH", f"issues/comments/{mine['id']}", {"body": body})


def _comments(issue: str) -> Iterator[dict[str, Any]]:
    page = 1
    while found := _call("GET", f"{issue}?per_page={_PAGE}&page={page}"):
        yield from found
        page += 1


def _is_review(comment: dict[str, Any]) -> bool:
    # A person may quote the marker; only what the workflow wrote may be written over.
    return bool(comment["body"].startswith(MARKER) and comment["user"]["type"] == "Bot")


def _call(method: str, path: str, content: object = None) -> Any:  # noqa: ANN401 - what GitHub answers
    environment = os.environ
    request = Request(  # noqa: S310 - GitHub's own address
        f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=None if content is None else json.dumps(content).encode(),
        headers={
            "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 - likewise
        return json.load(response)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
