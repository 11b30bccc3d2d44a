"""What the real tools say of what is synthesized."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

import operations.terraform
from environments import names
from local_cloud import provider_mirror
from local_cloud.running_provider import ATTACHED, can_run_on
from operations.errors import OperationError
from operations.review.planning import Planning, Stack
from operations.review.provider import Installations, Provider
from rules.configuration import Configuration
from stacks.provider_lock import LOCK, lock_provider
from tests.deploy.platforms import Terraform
from tests.deploy.warm_provider import warm_provider
from tests.unit.stack_json import Synth


@pytest.fixture(scope="module")
def initialized(
    synth: Synth, provider: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terraform]:
    """Terraform with its provider, for any environment: they have the same."""
    terraform = Terraform(tmp_path_factory.mktemp("initialized"), provider)
    terraform.use(synth())
    terraform.run("init", "-backend=false", "-input=false")
    with warm_provider(terraform.folder, provider) as variables:
        yield replace(terraform, variables=variables)


@pytest.mark.parametrize("environment", names())
def test_terraform_finds_every_environment_valid(environment: str, synth: Synth, initialized: Terraform) -> None:
    initialized.use(synth(environment))
    assert "The configuration is valid." in initialized.run("validate", "-no-color")


@pytest.mark.parametrize("environment", names())
def test_a_provider_that_runs_on_can_serve_every_environment(environment: str, synth: Synth) -> None:
    assert can_run_on(synth(environment).document)


def test_the_locked_provider_is_taken(synth: Synth, provider: dict[str, str], tmp_path: Path) -> None:
    terraform = Terraform(tmp_path, provider)
    terraform.use(synth())
    lock_provider([tmp_path])
    terraform.run("init", "-backend=false", "-input=false", "-lockfile=readonly")


def test_a_provider_with_another_checksum_is_refused(synth: Synth, provider: dict[str, str], tmp_path: Path) -> None:
    terraform = Terraform(tmp_path, provider)
    terraform.use(synth())
    (tmp_path / LOCK.name).write_text(LOCK.read_text().replace('"h1:', '"h1:x'))
    assert "doesn't match any of the checksums" in terraform.fail("init", "-backend=false", "-input=false", "-no-color")


def test_a_review_refuses_a_provider_with_another_checksum(
    synth: Synth, provider: dict[str, str], tmp_path: Path
) -> None:
    head = Stack(Configuration(json.loads(synth().text)), LOCK.read_text().replace('"h1:', '"h1:x'))
    with pytest.raises(OperationError, match=r"match\s+any\s+of\s+the\s+checksums"):
        Planning(operations.terraform.Terraform("dev", tmp_path, provider), Installations()).plan(head)


def test_environments_of_a_review_share_an_installation(synth: Synth, provider: dict[str, str], tmp_path: Path) -> None:
    stack = {block: synth().document[block] for block in ("terraform", "provider")}
    nowhere = provider_mirror.write_cli_configuration(tmp_path, tmp_path / "an empty mirror")
    installations = Installations()
    for name, variables in {"dev": provider, "staging": provider | {"TF_CLI_CONFIG_FILE": str(nowhere)}}.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        used = Provider(operations.terraform.Terraform(name, folder, variables), installations)
        with closing(used):
            for lock in (LOCK.read_text(), f"{LOCK.read_text()}# of another revision\n"):
                assert ATTACHED in (used.terraform_for(stack, lock).variables or {})


def test_promtool_accepts_the_scrape_configuration(synth: Synth, tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        remedy = "promtool is not installed; Debian's package is prometheus: apt-get install prometheus"
        if os.environ.get("CI") == "true":
            pytest.fail(remedy)
        pytest.skip(remedy)
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(synth()["aws_s3_object.prometheus_config"]["content"], encoding="utf-8")
    checked = subprocess.run([promtool, "check", "config", configuration], capture_output=True, text=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stderr
    assert "SUCCESS" in checked.stdout
