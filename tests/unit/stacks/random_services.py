"""Random sets of services: most of what they say is right somewhere, and not all of it together."""

from typing import Any

import pytest
from hypothesis import strategies as st

from tests.unit.kinds import Tables, write
from tests.unit.stack_json import Stack
from tests.unit.synthesis import synthesizer

NAMES = ("api", "web", "a", "a-b", "a-to-b", "b", "task-a", "prometheus", "backend", "http", "x" * 18, "metrics")
CONNECTIONS = st.lists(st.sampled_from([*NAMES, "database"]), max_size=3)
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf"  # noqa: S105 - the address of one
ROUTES = st.dictionaries(
    st.sampled_from(["a", "b-c"]),
    st.fixed_dictionaries(
        {
            "paths": st.lists(st.sampled_from(["/a/*", "/b", "/*"]), min_size=1, max_size=2),
            "priority": st.integers(1, 9),
        }
    ),
    max_size=2,
)
OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "connects_to": CONNECTIONS,
    "command": st.lists(st.sampled_from(["node", "${X}", "%{if}", '"']), max_size=3),
    "architecture": st.sampled_from(["x86_64", "arm64"]),
    "capacity_provider": st.sampled_from(["FARGATE", "FARGATE_SPOT"]),
    "deployed_by": st.sampled_from(["ci", "terraform"]),
    "repository": st.booleans(),
    "container_health_check": st.just(["CMD-SHELL", "true || exit 1"]),
    "environment": st.dictionaries(
        st.sampled_from(["A", "DB_HOST", "B"]), st.sampled_from(["{environment}", "${y}", "{port}", '{"a": 1}'])
    ),
    "secrets": st.dictionaries(st.sampled_from(["C", "D"]), st.sampled_from([SECRET, f"{SECRET}:key::"])),
}
RUNNING: dict[str, st.SearchStrategy[Any]] = {
    "desired_count": st.integers(0, 3),
    "circuit_breaker": st.booleans(),
    "deployment_alarms": st.just(["errors"]),
    "autoscaling": st.just({"min_count": 1, "max_count": 3, "cpu_percent": 50}),
}
LISTENING: dict[str, st.SearchStrategy[Any]] = {
    "metrics_path": st.just("/metrics"),
    "routes": ROUTES,
    "default_route": st.booleans(),
}


def _table(required: dict[str, Any], optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({key: st.just(value) for key, value in required.items()}, optional=optional)


TABLES = st.one_of(
    _table({"image": "a:1"}, {**OPTIONS, **RUNNING}),
    _table({"image": "a:1", "port": 80}, {**OPTIONS, **RUNNING, **LISTENING}),
    _table({"image": "a:1", "port": 80, "default_route": True}, {**OPTIONS, "routes": ROUTES}),
    _table({"image": "a:1", "schedule": "rate(1 day)"}, OPTIONS),
    _table({"kind": "prometheus"}, {"desired_count": st.integers(0, 1)}),
)
SERVICES: st.SearchStrategy[Tables] = st.dictionaries(st.sampled_from(NAMES), TABLES, max_size=5)


def synthesized(folders: pytest.TempPathFactory, services: Tables) -> Stack:
    """Synthesize dev with these services."""
    return synthesizer(folders, write(folders.mktemp("random"), services))("dev")
