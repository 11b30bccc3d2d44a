"""Each gap of moto is closed by the extension, and still there without it."""

import json
import os
import subprocess
import sys

import pytest

from tests.commands.moto_gaps import PROBES

NAMES = [probe.__name__ for probe in PROBES]


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, bool]]:
    """Ask moto with and without the extension, each in a process of its own because both are process-wide."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    # Each probe would make 1,300 of them.
    environment["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    processes = {
        variant: subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "tests.commands.moto_gaps", variant],
            env=environment,
            stdout=subprocess.PIPE,
        )
        for variant in ("plain", "extended")
    }
    return {variant: json.loads(process.communicate(timeout=300)[0]) for variant, process in processes.items()}


@pytest.mark.parametrize("gap", NAMES)
def test_extension_closes(gap: str, answers: dict[str, dict[str, bool]]) -> None:
    assert answers["extended"][gap]


@pytest.mark.parametrize("gap", NAMES)
def test_plain_moto_still_lacks(gap: str, answers: dict[str, dict[str, bool]]) -> None:
    assert not answers["plain"][gap], (
        f"moto has closed this gap itself: delete its part of local_cloud/moto_patches ({gap})"
    )
