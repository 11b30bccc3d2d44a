"""Where Terraform keeps the state, and that nothing else depends on it."""

from typing import Any

from tests.unit.stack_json import Stack, Synth


def backend(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.document["terraform"]["backend"]
    return found


def test_without_a_bucket_the_state_is_a_file_beside_the_output(dev: Stack) -> None:
    assert backend(dev) == {"local": {"path": "../../../terraform.dev.tfstate"}}


def test_in_a_bucket_it_is_encrypted_and_locked(synth: Synth) -> None:
    assert backend(synth(DEV__STATE__BUCKET="acme-state")) == {
        "s3": {
            "bucket": "acme-state",
            "key": "dev/terraform.tfstate",
            "region": "us-east-1",
            "encrypt": True,
            "use_lockfile": True,
            "allowed_account_ids": ["123456789012"],
        }
    }


def test_environments_that_share_a_bucket_have_a_key_each(synth: Synth) -> None:
    staging = backend(synth("staging", STAGING__STATE__BUCKET="acme-state"))
    assert staging["s3"]["key"] == "staging/terraform.tfstate"


def test_a_bucket_changes_nothing_but_the_backend(dev: Stack, synth: Synth) -> None:
    assert without_backend(synth(DEV__STATE__BUCKET="acme-state")) == without_backend(dev)


def without_backend(stack: Stack) -> dict[str, Any]:
    terraform = {key: value for key, value in stack.document["terraform"].items() if key != "backend"}
    # cdktf's comment names the backend too.
    return {**stack.document, "//": None, "terraform": terraform}
