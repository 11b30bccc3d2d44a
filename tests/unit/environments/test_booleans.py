"""What switches something is true or false, and nothing that may be taken for either."""

from collections.abc import Callable, Iterator

import pytest

from environments.overrides import overrides_of, variable_of
from environments.schema import annotation_at, keys_at

Reporter = Callable[..., list[str]]


def booleans(*path: str) -> Iterator[str]:
    """Return the settings below a path that are true or false, of every kind of service."""
    for key in keys_at(path):
        below = (*path, "backend") if key == "services" else (*path, key)
        if annotation_at(below) is bool:
            yield ".".join(below)
        yield from booleans(*below)


SWITCHES = ["exec.backend", *booleans(), *booleans("services", "backend")]
NEITHER = ["yes", "on", "true", "True", "1", "t", "", 1, 0, 1.0]


@pytest.mark.parametrize("switch", SWITCHES)
def test_every_switch_refuses_what_is_neither(faults: Reporter, switch: str) -> None:
    for value in NEITHER:
        (line,) = faults({switch: value})
        assert line.startswith(f"{switch}: ")
        assert line.endswith(" is not true or false; write true or false, without quotes")


@pytest.mark.parametrize("text", ["yes", "on", "1", "True", "TRUE", " true", "false ", ""])
def test_a_variable_is_exactly_true_or_false(faults: Reporter, text: str) -> None:
    (line,) = faults(DEV__EXEC__BACKEND=text)
    assert line == (
        f'exec.backend (from DEV__EXEC__BACKEND): "{text}" is not true or false; write true or false, without quotes'
    )


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_variable_sets_every_switch(switch: str) -> None:
    for text, value in (("true", True), ("false", False)):
        (override,), faults = overrides_of("dev", {variable_of("dev", *switch.split(".")): text})
        assert (override.value, faults) == (value, [])
