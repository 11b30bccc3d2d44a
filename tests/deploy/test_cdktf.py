"""cdktf as a person runs it, from a fresh shell."""

import os
from pathlib import Path

from tests.commands.changed_project import add_to_every_stack, lay_out, written
from tests.deploy.conftest import PROJECT
from tests.deploy.platforms import Local
from tests.deploy.shell import failed, in_local_shell, refused, succeeded, typed
from tests.unit.stack_json import Synth


def test_synth_writes_the_json_that_the_local_deploy_uses(local: Local, synth: Synth) -> None:
    succeeded(typed("npx cdktf synth", dict(os.environ)))
    synthesized = (PROJECT / "cdktf.out/stacks/dev/cdk.tf.json").read_text(encoding="utf-8")
    assert synthesized == synth("dev").text
    assert synthesized == Path(local.terraform.folder / "cdk.tf.json").read_text(encoding="utf-8")


def test_synth_before_the_installation_says_what_to_run(tmp_path: Path) -> None:
    for name in ("cdktf.json", "node_modules"):
        (tmp_path / name).symlink_to(PROJECT / name)
    complaint = failed(typed("npx cdktf synth", dict(os.environ), folder=tmp_path))
    assert "The project is not installed: run make install" in complaint


def test_synth_of_what_breaks_a_rule_leaves_nothing(tmp_path: Path) -> None:
    project = lay_out(tmp_path / "project")
    add_to_every_stack(project, 'CloudwatchLogGroup(self, "audit", name="/audit")')
    complaint = failed(typed("npx cdktf synth", dict(os.environ), folder=project))
    assert "aws_cloudwatch_log_group.audit: it has no retention_in_days" in complaint
    assert "Traceback" not in complaint
    assert written(project) == []


def test_diff_sees_what_was_deployed_locally(local: Local) -> None:
    assert "No changes." in in_local_shell("npx cdktf diff dev", local)


def test_deploy_goes_on_from_the_local_state_alone(local: Local) -> None:
    before = states()
    assert "No changes." in in_local_shell("npx cdktf deploy dev --auto-approve", local)
    assert states() == before


def test_local_aws_with_the_state_of_a_real_deploy_is_refused(local: Local) -> None:
    before = states()
    assert "where the state of a real deploy belongs" in refused("npx cdktf deploy dev --auto-approve", local)
    assert states() == before


def states() -> dict[str, bytes]:
    """Return the states that lie in the project."""
    return {path.name: path.read_bytes() for path in PROJECT.glob("*.tfstate*")}
