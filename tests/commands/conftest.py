"""Tests that run what a user runs, to its end: our commands, the local AWS's server, Terraform, pipenv, npm.

`make test` runs them, `make check` does not.
"""

from pathlib import Path

import pytest

from local_cloud.provider_mirror import MIRROR_VARIABLE, _target
from tests.unit.conftest import kinds

__all__ = ["kinds"]


@pytest.fixture
def named_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a mirror with a provider that is never run."""
    provider = tmp_path / "mirror/registry.terraform.io/hashicorp/aws"
    provider.mkdir(parents=True)
    (provider / f"terraform-provider-aws_5.100.0_{_target()}.zip").touch()
    monkeypatch.setenv(MIRROR_VARIABLE, str(tmp_path / "mirror"))
