"""What tests of the local AWS's command line share."""

from pathlib import Path

import pytest

from local_cloud.provider_mirror import MIRROR_VARIABLE, _target


@pytest.fixture
def named_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name a mirror with a provider that is never run."""
    provider = tmp_path / "mirror/registry.terraform.io/hashicorp/aws"
    provider.mkdir(parents=True)
    (provider / f"terraform-provider-aws_5.100.0_{_target()}.zip").touch()
    monkeypatch.setenv(MIRROR_VARIABLE, str(tmp_path / "mirror"))
