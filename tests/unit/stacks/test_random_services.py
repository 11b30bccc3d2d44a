"""Random sets of services: lines that a person can read, or JSON in which all that is named is there."""

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from environments import SettingsError
from tests.unit.kinds import Tables
from tests.unit.stack_json import Stack
from tests.unit.stacks.random_services import SERVICES, synthesized
from tests.unit.structure import faults

LINE = re.compile(r"  services(\.|: )\S.*")
NAMES = ("name", "name_prefix", "family", "bucket")


def twins(stack: Stack) -> list[tuple[str, str]]:
    """Return the names that two resources of a type share, and the priorities of two rules."""
    named = ((kind, each) for kind, resources in stack.document["resource"].items() for each in resources.values())
    found = [(kind, each[key]) for kind, each in named for key in NAMES if key in each and "for_each" not in each]
    rules = stack.of_type("aws_lb_listener_rule").values()
    counts = Counter([*found, *(("priority", str(rule["priority"])) for rule in rules)])
    # What belongs to a bucket has the bucket there.
    return [each for each, count in counts.items() if count > 1 and not each[1].startswith("$")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(services=SERVICES)
def test_services_give_readable_lines_or_sound_json(tmp_path_factory: pytest.TempPathFactory, services: Tables) -> None:
    try:
        stack = synthesized(tmp_path_factory, services)
    except SettingsError as error:
        _, *lines = str(error).split("\n")
        assert lines
        assert all(LINE.fullmatch(line) for line in lines)
    else:
        assert faults(stack) == []
        assert twins(stack) == []
