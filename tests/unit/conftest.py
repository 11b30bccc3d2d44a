"""What most unit tests look at."""

import pytest

from tests.unit.stack_json import Stack, Synth


@pytest.fixture
def dev(synth: Synth) -> Stack:
    """The dev environment as it is."""
    return synth()
