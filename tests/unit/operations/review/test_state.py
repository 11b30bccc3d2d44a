"""A state made from a plan, its placeholders, and references that are resolved before Terraform does it."""

import json
from pathlib import Path
from typing import Any

from operations.review.literals import Literals
from operations.review.placeholders import Placeholders, Schema
from operations.review.state import PlannedState
from tests.unit.operations.review.plans import configuration

# As `terraform providers schema -json` has it.
BLOCK = {
    "attributes": {
        "arn": {"type": "string", "computed": True},
        "id": {"type": "string", "computed": True},
        "size": {"type": "number", "computed": True},
        "on": {"type": "bool", "computed": True},
        "names": {"type": ["set", "string"], "computed": True},
        "tags": {"type": ["map", "string"], "optional": True},
        "secrets": {"type": ["list", ["object", {"secret_arn": "string"}]], "computed": True},
    },
    "block_types": {"rule": {"nesting_mode": "list", "block": {"attributes": {"target": {"type": "string"}}}}},
}
AT = "aws_x.main"


def placeholders() -> Placeholders:
    return Placeholders({"aws_x": Schema.of({"version": 2, "block": BLOCK})}, {})


def unknown(*names: str) -> dict[str, bool]:
    return dict.fromkeys(names, True)


def test_every_type_has_its_placeholder() -> None:
    filled = placeholders().fill(AT, {}, unknown("arn", "size", "on", "names", "tags", "secrets"), {})
    assert filled["arn"].startswith("arn:aws:placeholder:us-east-1:000000000000:placeholder-")
    assert (filled["size"], filled["on"], filled["names"], filled["tags"]) == (0, False, [], {})
    assert filled["secrets"][0]["secret_arn"].startswith("arn:aws:")


def test_a_placeholder_is_the_same_in_every_run_and_no_other_s() -> None:
    first, again = (placeholders().at(AT, ("id",)) for _ in range(2))
    assert first == again != placeholders().at("aws_x.other", ("id",))


def test_a_placeholder_is_explained_by_its_reference() -> None:
    made = placeholders()
    assert (
        made.explained(f"a {made.at(AT, ('secrets', 0, 'secret_arn'))}:x") == "a ${aws_x.main.secrets[0].secret_arn}:x"
    )


def test_what_is_known_stays() -> None:
    made = placeholders()
    assert made.fill(AT, {"tags": {"a": "b"}}, unknown("id"), {"id": "kept"}) == {"tags": {"a": "b"}, "id": "kept"}


def test_an_unknown_inside_a_block_is_filled() -> None:
    filled = placeholders().fill(AT, {"rule": [{}]}, {"rule": [unknown("target")]}, {})
    assert filled["rule"][0]["target"].startswith("placeholder-")


def test_a_value_with_a_rule_is_real() -> None:
    schema = Schema.of({"version": 0, "block": {"attributes": {"protocol_version": {"type": "string"}}}})
    groups = Placeholders({"aws_lb_target_group": schema}, {})
    assert groups.at("aws_lb_target_group.web", ("protocol_version",)) == "HTTP1"


def resolved(**resources: Any) -> Any:  # noqa: ANN401 - any JSON
    return Literals(configuration(**resources), placeholders()).resources()


def test_a_reference_to_what_is_written_becomes_it() -> None:
    found = resolved(aws_x={"main": {"tags": {"a": "b"}}, "user": {"name": "x-${aws_x.main.tags.a}"}})
    assert found["aws_x"]["user"]["name"] == "x-b"


def test_a_reference_to_what_aws_decides_becomes_a_placeholder() -> None:
    found = resolved(aws_x={"main": {}, "user": {"vpc": "${aws_x.main.id}", "size": "${aws_x.main.size}"}})
    assert found["aws_x"]["user"] == {"vpc": placeholders().at(AT, ("id",)), "size": 0}


def test_what_is_more_than_a_reference_is_left_to_terraform() -> None:
    for text in ("${join(aws_x.main.names)}", "${data.aws_y.z.id}", "${aws_gone.x.id}", "${each.value.id}"):
        assert resolved(aws_x={"user": {"name": text}, "main": {}})["aws_x"]["user"]["name"] == text


def plan(**change: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    provider = {"provider_config_key": "aws.east"}
    return {
        "resource_changes": [
            {
                "address": 'aws_x.main["a"]',
                "mode": "managed",
                "type": "aws_x",
                "name": "main",
                "index": "a",
                "change": {"actions": ["create"], "after": {}, "after_unknown": {}, "after_sensitive": {}, **change},
            }
        ],
        "configuration": {
            "provider_config": {"aws.east": {"full_name": "registry.terraform.io/hashicorp/aws"}},
            "root_module": {"resources": [{"address": "aws_x.main", **provider}]},
        },
    }


def written(folder: Path, *plans: dict[str, Any]) -> dict[str, Any]:
    state = PlannedState(placeholders())
    for each in plans:
        state.take_over(each)
    state.write(folder / "state", "1.11.4")
    (resource,) = json.loads((folder / "state").read_text(encoding="utf-8"))["resources"]
    found: dict[str, Any] = resource
    return found


def test_a_state_names_the_provider_the_key_and_the_version(tmp_path: Path) -> None:
    resource = written(tmp_path, plan())
    assert resource["provider"] == 'provider["registry.terraform.io/hashicorp/aws"].east'
    (instance,) = resource["instances"]
    assert (instance["index_key"], instance["schema_version"]) == ("a", 2)


def test_a_later_round_takes_the_place_of_the_first(tmp_path: Path) -> None:
    rounds = [plan(after={"id": each}) for each in ("first", "second")]
    (instance,) = written(tmp_path, *rounds)["instances"]
    assert instance["attributes"] == {"id": "second"}


def test_sensitive_marks_are_in_the_state(tmp_path: Path) -> None:
    (instance,) = written(tmp_path, plan(after_sensitive={"secrets": [{"secret_arn": True}]}))["instances"]
    index = {"type": "index", "value": {"value": 0, "type": "number"}}
    path = [{"type": "get_attr", "value": "secrets"}, index, {"type": "get_attr", "value": "secret_arn"}]
    assert instance["sensitive_attributes"] == [path]
