"""cdktf as a person runs it, with nothing but credentials and an endpoint in the shell."""

from pathlib import Path

from tests.deploy.conftest import PROJECT, Local
from tests.deploy.shell import shell
from tests.unit.stack_json import Synth


def test_synth_writes_the_json_that_the_local_deploy_uses(local: Local, synth: Synth) -> None:
    shell("npx cdktf synth", local)
    synthesized = (PROJECT / "cdktf.out/stacks/dev/cdk.tf.json").read_text(encoding="utf-8")
    assert synthesized == synth("dev").text
    assert synthesized == Path(local.terraform.folder / "cdk.tf.json").read_text(encoding="utf-8")


def test_diff_plans_the_environment_with_a_state_of_its_own(local: Local) -> None:
    assert "112 to add, 0 to change, 0 to destroy" in shell("npx cdktf diff dev", local)


def test_deploy_goes_on_from_the_state_that_it_finds(local: Local) -> None:
    output = shell(f"npx cdktf deploy dev --auto-approve --output {local.terraform.folder.parents[1]}", local)
    assert "No changes." in output
