"""Synthesizes environments to the files that Terraform reads. Node must have been started by `stacks.boot`."""

import functools
from datetime import UTC, datetime
from pathlib import Path

import pytest
from constructs.bindings import App

from environments import load
from environments.loading import FOLDER
from stacks.platform import PlatformStack
from tests.unit.stack_json import Stack, Synth

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""When every synthesis takes place: the JSON is the same on each day."""


def synthesizer(tmp_path_factory: pytest.TempPathFactory, folder: Path = FOLDER) -> Synth:
    """Return what synthesizes the environments of a folder, once per set of overrides."""

    @functools.cache
    def of(name: str, variables: frozenset[tuple[str, str]]) -> Stack:
        outdir = tmp_path_factory.mktemp(name)
        # What cdktf validates is the version of Terraform, which it would ask each time.
        app = App(outdir=str(outdir), skip_validation=True)
        PlatformStack(app, load(name, folder=folder, variables=dict(variables), now=NOW))
        app.synth()
        return Stack((outdir / "stacks" / name / "cdk.tf.json").read_text(encoding="utf-8"))

    def synthesized(name: str = "dev", /, **variables: str) -> Stack:
        return of(name, frozenset(variables.items()))

    return synthesized
