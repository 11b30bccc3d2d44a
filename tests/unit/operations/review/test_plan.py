"""What is read from Terraform's plan: https://developer.hashicorp.com/terraform/internals/json-format."""

from typing import Any

import pytest

from operations.errors import OperationError
from tests.unit.operations.review.plans import configuration, only, planned, read


@pytest.mark.parametrize(
    ("actions", "verdict"),
    [
        (["create"], "create"),
        (["update"], "update"),
        (["delete"], "destroy"),
        (["delete", "create"], "replace"),
        (["create", "delete"], "replace"),
        (["create", "forget"], "replace"),
        (["forget"], "forget"),
    ],
)
def test_actions_are_one_verdict(actions: list[str], verdict: str) -> None:
    assert only(planned(*actions, before={}, after={})).verdict == verdict


def test_the_order_of_a_replacement_is_kept() -> None:
    assert not only(planned("delete", "create")).create_first
    assert only(planned("create", "delete")).create_first


def test_create_and_forget_loses_no_data() -> None:
    assert not only(planned("create", "forget")).loses_data
    assert only(planned("create", "delete")).loses_data


def test_a_kept_revision_loses_nothing() -> None:
    assert only(planned("delete", "create", before={"skip_destroy": True}, after={})).keeps_old


def test_no_op_is_no_change() -> None:
    assert read(planned("no-op")).changes == []


def test_a_move_names_the_previous_address() -> None:
    change = only(planned("no-op", previous_address="aws_s3_bucket.old"))
    assert (change.verdict, change.previous_address) == ("move", "aws_s3_bucket.old")


def test_an_import_without_a_change_is_one() -> None:
    assert only(planned("no-op", importing={"id": "logs"})).verdict == "import"


def test_another_major_version_is_refused() -> None:
    with pytest.raises(OperationError, match=r"format 2\.0, this review reads 1\.x"):
        read({"format_version": "2.0", "resource_changes": []})


def test_a_newer_minor_version_is_read() -> None:
    assert only(planned("create") | {"format_version": "1.9", "something_new": {}}).verdict == "create"


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    assert only(planned("delete", action_reason="delete_because_of_rain")).reason == "delete because of rain"


def test_an_unknown_action_is_listed() -> None:
    (line,) = read(planned("transmute")).not_looked_at
    assert line == "aws_s3_bucket.logs: Terraform plans transmute, which this review cannot read"


def test_a_late_data_source_is_listed() -> None:
    plan = planned("read", address="aws_ami.latest")
    plan["resource_changes"][0]["mode"] = "data"
    assert read(plan).not_looked_at == ["aws_ami.latest: read only when it is deployed"]


def test_a_failed_condition_is_listed() -> None:
    check = {
        "address": {"to_display": "aws_x.y"},
        "status": "fail",
        "instances": [{"problems": [{"message": "Too small"}]}],
    }
    plan = {"format_version": "1.2", "checks": [check]}
    assert read(plan).not_looked_at == ["aws_x.y: its condition does not hold: Too small"]


def test_replace_paths_name_the_culprit() -> None:
    change = only(
        planned("delete", "create", before={"bucket": "a"}, after={"bucket": "b"}, replace_paths=[["bucket"]])
    )
    assert [each.path for each in change.culprits] == ["bucket"]


def test_what_nobody_wrote_is_no_difference() -> None:
    assert only(planned("update", before={"arn": "x"}, after={}, after_unknown={"arn": True})).differences == ()


def test_what_is_not_written_any_more_is_a_difference() -> None:
    base, head = (configuration(aws_s3_bucket={"logs": each}) for each in ({"kind": "a"}, {}))
    plan = planned("update", before={"kind": "a"}, after={}, after_unknown={"kind": True})
    (difference,) = only(plan, base, head).differences
    assert (difference.before, difference.after) == ("a", None)


def test_a_reference_that_was_written_is_followed() -> None:
    written = configuration(aws_s3_bucket={"logs": {"bucket": "${aws_vpc.main.id}"}})
    plan = planned("update", before={"bucket": "vpc-1"}, after={}, after_unknown={"bucket": True})
    plan["resource_changes"] += planned("create", address="aws_vpc.main")["resource_changes"]
    change, _ = read(plan, written).changes
    assert (change.differences, change.follows) == ((), ("aws_vpc.main",))


def test_a_zero_that_nobody_wrote_is_no_difference() -> None:
    assert only(planned("update", before={"port": None}, after={"port": 0})).differences == ()


def test_a_zero_that_was_written_is_one() -> None:
    written = configuration(aws_s3_bucket={"logs": {"port": 0}})
    (difference,) = only(planned("update", before={"port": None}, after={"port": 0}), written).differences
    assert difference.path == "port"


def masked(**marks: Any) -> list[str]:  # noqa: ANN401 - any mask
    before, after = {"user": {"name": "a", "password": "old"}}, {"user": {"name": "b", "password": "new"}}
    change = only(planned("update", before=before, after=after, before_sensitive=marks, after_sensitive=marks))
    return [f"{each.path} {'masked' if each.is_sensitive else each.after}" for each in change.differences]


def test_a_mask_hides_what_it_marks() -> None:
    assert masked(user={"password": True}) == ["user.name b", "user.password masked"]


def test_a_mask_of_all_hides_all() -> None:
    assert masked(user=True) == ["user masked"]


def test_a_mask_on_one_side_is_enough() -> None:
    plan = planned("update", before={"name": "a"}, after={"name": "b"}, after_sensitive={"name": True})
    assert only(plan).differences[0].is_sensitive


def test_sensitive_tags_are_masked() -> None:
    before, after = {"tags_all": {"a": "1"}}, {"tags_all": {"a": "2"}}
    change = only(planned("update", before=before, after=after, after_sensitive={"tags_all": {"a": True}}))
    assert [each.is_sensitive for each in change.differences] == [True]


def test_only_tags_change() -> None:
    before, after = {"tags": {}, "tags_all": {"a": "1"}}, {"tags": {}, "tags_all": {"a": "2"}}
    change = only(planned("update", before=before, after=after))
    assert change.only_tags
    assert [each.path for each in change.differences] == ["tags.a"]
