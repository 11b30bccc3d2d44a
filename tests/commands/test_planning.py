"""One environment, planned by the real Terraform; ``terraform_data`` is built in, needs no AWS and takes no time."""

from pathlib import Path
from typing import Any

import pytest

from operations.errors import OperationError
from operations.review.environment_review import EnvironmentReviewer
from operations.review.planning import Planning, Stack
from operations.review.provider import Installations
from operations.review.verdict import EnvironmentReview
from operations.terraform import Terraform
from rules.configuration import Configuration

A = {"input": "a", "triggers_replace": "one"}
FOLLOWER = {"input": "${terraform_data.a.id}"}


def stack(named: dict[str, Any], **more: Any) -> Stack:  # noqa: ANN401 - any JSON
    # Its own state is somewhere else, and must stay untouched.
    backend = {"backend": {"local": {"path": "../real.tfstate"}}}
    return Stack(Configuration({"terraform": backend, "resource": {"terraform_data": named}, **more}), None)


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    folder = tmp_path / "dev"
    folder.mkdir()
    return Planning(Terraform("dev", folder), Installations())


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def reviewer(planning: Planning, said: list[str]) -> EnvironmentReviewer:
    return EnvironmentReviewer("dev", planning, said.append)


def verdicts(review: EnvironmentReview) -> dict[str, str]:
    assert review.failure is None, review.failure
    return {each.address.removeprefix("terraform_data."): each.verdict for each in review.changes}


def test_a_base_becomes_a_state_and_the_real_one_stays(planning: Planning, tmp_path: Path) -> None:
    base = stack({"a": A, "follower": FOLLOWER})
    assert planning.pretend(base) == []
    assert planning.plan(base) is None
    assert not (tmp_path / "real.tfstate").exists()


def test_a_secret_that_terraform_made_becomes_a_state(planning: Planning) -> None:
    """As the header that tells the load balancer a request of the CDN."""
    secret = {
        "triggers_replace": {"value": "${sensitive(uuid())}"},
        "lifecycle": {"ignore_changes": ["triggers_replace"]},
    }
    assert (
        planning.pretend(stack({"a": secret, "b": {"input": "it is ${terraform_data.a.triggers_replace.value}"}})) == []
    )


@pytest.mark.parametrize(
    ("inner", "path"),
    [("${uuid()}", "value"), (["${uuid()}"], "value[0]"), ({"deep": ["${uuid()}"]}, "value.deep[0]")],
    ids=["text", "list", "deep"],
)
def test_an_unknown_in_a_value_of_any_type_is_filled(planning: Planning, inner: object, path: str) -> None:
    base = {"triggers_replace": {"value": inner}, "lifecycle": {"ignore_changes": ["triggers_replace"]}}
    follower = {"input": f"it is ${{terraform_data.a.triggers_replace.{path}}}"}
    assert planning.pretend(stack({"a": base, "b": follower})) == []


def test_a_failed_init_is_tried_again(planning: Planning) -> None:
    absent = {"terraform": {"required_providers": {"x": {"source": "acme.invalid/acme/x"}}}}
    for _ in range(2):
        with pytest.raises(OperationError, match="terraform init failed"):
            planning.pretend(Stack(Configuration({**absent, "resource": {"terraform_data": {"a": {}}}}), None))


def test_a_fault_is_shown_without_the_rest_of_the_stack(reviewer: EnvironmentReviewer) -> None:
    failure = reviewer.review(stack({"a": {}}), stack({"a": {"inputt": "x"}, "other": {}}), deploy=False).failure
    assert failure
    assert '"inputt"' in failure
    assert '"other"' not in failure


def test_no_plan_is_kept(planning: Planning, tmp_path: Path) -> None:
    planning.pretend(stack({"a": A}))
    planning.plan(stack({"a": {"input": "b"}}))
    assert not list(tmp_path.rglob("*.tfplan"))


def test_verdicts_are_terraform_s(reviewer: EnvironmentReviewer, said: list[str]) -> None:
    base = stack({"a": A, "follower": FOLLOWER, "moved": {}, "kept": {}, "gone": {}, "same": {}})
    head = stack(
        {"a": A | {"triggers_replace": "two"}, "follower": FOLLOWER, "here": {}, "new": {}, "same": {}},
        moved=[{"from": "terraform_data.moved", "to": "terraform_data.here"}],
        removed=[{"from": "terraform_data.kept", "lifecycle": {"destroy": False}}],
    )
    review = reviewer.review(base, head, deploy=False)
    expected = {
        "a": "replace",
        "follower": "update",
        "here": "move",
        "kept": "forget",
        "gone": "destroy",
        "new": "create",
    }
    assert verdicts(review) == expected
    assert said == ["dev: planning the base", "dev: planning the head on it"]


def test_a_base_that_never_settles_is_deployed(reviewer: EnvironmentReviewer, said: list[str]) -> None:
    base, head = ({"a": A | {"input": text}, "clock": {"input": "${timestamp()}"}} for text in ("a", "b"))
    review = reviewer.review(stack(base), stack(head), deploy=False)
    assert verdicts(review) == {"a": "update", "clock": "update"}
    assert review.notes == ("the base was deployed to a local AWS, because of terraform_data.clock",)
    assert "dev: the base does not become a state without a deploy, so it is deployed: terraform_data.clock" in said


def test_a_deploy_is_asked_for(reviewer: EnvironmentReviewer, said: list[str]) -> None:
    review = reviewer.review(stack({"a": A}), stack({"a": A | {"input": "b"}}), deploy=True)
    assert verdicts(review) == {"a": "update"}
    assert said[0] == "dev: deploying the base to a local AWS, about two minutes"


def test_a_head_that_terraform_refuses_is_a_failure(reviewer: EnvironmentReviewer) -> None:
    review = reviewer.review(stack({"a": A}), stack({"a": {"colour": "red"}}), deploy=False)
    assert review.failure
    assert 'No argument or block type is named "colour"' in review.failure


def test_a_new_environment_is_all_created(reviewer: EnvironmentReviewer) -> None:
    review = reviewer.review(None, stack({"a": A}), deploy=False)
    assert verdicts(review) == {"a": "create"}
    assert review.notes == ("new environment: its state is empty",)


def test_a_removed_environment_is_not_looked_at(reviewer: EnvironmentReviewer) -> None:
    (line,) = reviewer.review(stack({"a": A}), None, deploy=False).not_looked_at
    assert line.startswith("the environment is not in the code any more: what it has (1 resource) stays")


def test_settings_around_the_resources_are_listed(reviewer: EnvironmentReviewer) -> None:
    head = stack({"a": A})
    head.configuration.content["terraform"]["backend"]["local"]["path"] = "../other.tfstate"
    (line,) = reviewer.review(stack({"a": A}), head, deploy=False).not_looked_at
    assert line.startswith("terraform.backend.local.path changes")


def test_an_output_is_listed_and_a_sensitive_one_masked(reviewer: EnvironmentReviewer) -> None:
    outputs = {"url": {"value": "new"}, "key": {"value": "secret", "sensitive": True}}
    review = reviewer.review(stack({"a": A}), stack({"a": A}, output=outputs), deploy=False)
    assert [(each.path, each.is_sensitive) for each in review.outputs] == [("key", True), ("url", False)]
