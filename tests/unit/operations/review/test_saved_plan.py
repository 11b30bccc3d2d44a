"""A plan that Terraform saved, in the words of a review."""

import json
from pathlib import Path
from typing import Any

import pytest

from operations.command_line import main
from operations.review.report.terminal import terminal
from operations.review.saved_plan import saved_plan
from tests.unit.operations.review.plans import Document, configuration, planned


def policy(action: str) -> str:
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "r"}]})


def together(*plans: Document) -> Document:
    return {**plans[0], "resource_changes": [each for plan in plans for each in plan["resource_changes"]]}


def shown(plan: Document, **head: Document) -> str:
    return terminal(saved_plan(plan, configuration(**head), name="dev", file="adoption"))


def of_policy(before: str | None, after: dict[str, Any], **change: Any) -> Document:  # noqa: ANN401 - any JSON
    action = "update" if before else "create"
    return planned(
        action, before={"policy": before} if before else None, after=after, address="aws_iam_policy.ci", **change
    )


def test_changes_of_tags_alone_are_one_line() -> None:
    tags: dict[str, Any] = {"before": {"tags_all": {}}, "after": {"tags_all": {"Repository": "x"}}}
    text = shown(together(*(planned("update", address=f"aws_s3_bucket.{name}", **tags) for name in "abc")))
    assert "  Tags only\n    3 resources: + tags.Repository: x\n" in text


def test_what_only_moves_is_counted() -> None:
    moved = planned("no-op", before={}, after={}, previous_address="module.logs.aws_s3_bucket.logs")
    text = shown(together(moved, planned("update", before={"x": 1}, after={"x": 2}, address="aws_s3_bucket.data")))
    assert "1 resource only moved to another address in the state" in text
    assert "module.logs" not in text


def test_permissions_are_compared_by_their_values() -> None:
    text = shown(of_policy(policy("a:B"), {"policy": policy("a:C")}))
    assert "Permissions won\n    + aws_iam_policy.ci: a:C on r\n" in text
    assert "Permissions lost\n    - aws_iam_policy.ci: a:B on r\n" in text


def test_a_policy_that_is_not_known_yet_is_read_as_written() -> None:
    text = shown(
        of_policy(None, {}, after_unknown={"policy": True}),
        aws_iam_policy={"ci": {"policy": policy("logs:PutLogEvents")}},
    )
    assert "+ aws_iam_policy.ci: logs:PutLogEvents on r" in text


def test_what_stays_wins_nothing() -> None:
    same = planned(
        "no-op", before={"policy": policy("a:B")}, after={"policy": policy("a:B")}, address="aws_iam_policy.x"
    )
    assert shown(same) == "the plan adoption against what is there\n\nNothing changes in dev.\n"


def test_what_loses_data_comes_first() -> None:
    assert "dev: 1 resource with data lost" in shown(planned("delete", before={"bucket": "logs"}))


def test_a_folder_without_a_stack_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show-plan", str(tmp_path), "adoption"]) == 2
    assert capsys.readouterr().err == (f"{tmp_path} is no folder of a stack; give one such as cdktf.out/stacks/dev\n")
