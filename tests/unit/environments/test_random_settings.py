"""Whatever people write: an environment, or a report that a person can read."""

import datetime as dt
import os
import re
import tomllib
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from environments import Environment, SettingsError, load
from tests.unit.toml_text import toml

DEV, COMMON = (Path(__file__).parents[3] / "environments" / f"{name}.toml" for name in ("dev", "common"))
FOREIGN_WORDS = re.compile(
    r"Input should|Value error|Field required|Extra inputs|pydantic|Traceback|validation error|Error\b|<class"
)
HEADING = re.compile(r"\S+/(?:dev|common)\.toml: (\d+) errors?")
LINE = re.compile(r"  \S.*: .*\w.*")

# Near misses find more than noise does, so most values are ones that are right somewhere.
VALUES = st.one_of(
    st.sampled_from(
        [
            0,
            1,
            256,
            512,
            3000,
            70000,
            -1,
            2**63,
            2**300,
            1.5,
            float("nan"),
            float("inf"),
            True,
            False,
            "",
            "true",
            "256",
            "a/b",
            "oidc",
            "rate(1 day)",
            "{port} {x} ${y}",
        ],
    ),
    st.sampled_from(
        ["10.0.0.0/16", "10.0.1.0/24", "app:latest", "app:1", "us-east-1a", "a.b", "a\nb", "\u2028", "é" * 300]
    ),
    st.sampled_from(
        [
            [],
            {},
            [[]],
            ["us-east-1a"] * 3,
            ["backend", "database"],
            {"A": "{x}"},
            ["10.0.1.0/24", "10.0.1.0/25"],
            {"backend": True},
            {"": {"": 1}},
            {"reason": "x", "until": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        ]
    ),
    st.sampled_from([dt.date(2026, 1, 1), dt.time(1, 2), dt.datetime.fromisoformat("0001-01-01")]),
    st.integers(),
    st.text(max_size=20),
)
DELETED = object()
SECTIONS = [
    "",
    "network",
    "database",
    "load_balancer",
    "services",
    "services.backend",
    "services.frontend.health_check",
    "services.backend.autoscaling",
    "services.backend.routes.api",
    "services.prometheus",
    "services.worker",
    "services.worker.environment",
    "services.worker.secrets",
    "exec.backend",
]
KEYS = [
    *("project", "region", "account_id", "domain", "namespace", "tags", "log_retention_days", "cidr", "zones", "path"),
    *("public_subnets", "private_db_subnets", "instance_class", "multi_az", "allocated_storage_gib", "certificate_arn"),
    *("image", "port", "cpu", "memory_mib", "desired_count", "interval_seconds", "timeout_seconds", "health_check"),
    *("autoscaling", "min_count", "max_count", "cpu_percent", "requests_per_target", "capacity_provider"),
    *("cdn", "delivery", "logging_bucket", "principal", "repository", "branch"),
    *("alarms", "email", "topic_arn", "exec_sessions", "operator_policy", "operator_tags"),
    *("kind", "schedule", "command", "default_route", "routes", "api", "paths", "priority", "worker"),
    *("connects_to", "metrics_path", "environment", "secrets", "container_health_check", "repository", "deployed_by"),
    *("network", "database", "services", "prometheus", "exec", "registry", "backend", "policy", "nmae", "name", "a b"),
    *("reason", "until", "protected", "break_glass"),
]  # fmt: skip
PATHS = st.tuples(
    st.sampled_from([*SECTIONS, "prometheus", "exec", "registry", "alarms", "cdn", "delivery", "tags", "unknown"]),
    st.one_of(st.sampled_from(KEYS), st.text(max_size=5)),
).map(lambda pair: (*filter(None, pair[0].split(".")), pair[1]))
CHANGES = st.lists(st.tuples(PATHS, st.one_of(st.just(DELETED), VALUES)), max_size=4)
# The process's environment holds neither NUL nor "=" in a name.
WORDS = st.one_of(st.sampled_from(KEYS).map(str.upper), st.text(st.characters(exclude_characters="\0="), max_size=4))
VARIABLES = st.dictionaries(
    st.lists(WORDS, min_size=1, max_size=4).map(lambda words: "__".join(["DEV", *words])),
    st.one_of(st.sampled_from(["true", "1024", '["a"]', "{}", "{a = 1}", "[", ""]), st.text(max_size=10)),
    max_size=3,
)


def changed(document: dict[str, object], path: tuple[str, ...], value: object) -> None:
    """Set or delete what is at a path, making tables of whatever is in the way."""
    table = document
    for key in path[:-1]:
        inner = table.get(key)
        if not isinstance(inner, dict):
            inner = table[key] = {}
        table = inner
    if value is DELETED:
        table.pop(path[-1], None)
    else:
        # A later change may be within it, and the next case is given the same value.
        table[path[-1]] = deepcopy(value)


# `make faults` takes 20,000.
FILES = int(os.environ.get("RANDOM_CASES", "1000"))
MOST_LINES, LONGEST_LINE = 30, 1000


@settings(max_examples=FILES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, variables=VARIABLES)
def test_random_settings_give_a_readable_report(
    tmp_path: Path, changes: list[tuple[tuple[str, ...], object]], variables: dict[str, str]
) -> None:
    document = tomllib.loads(DEV.read_text(encoding="utf-8"))
    for path, value in changes:
        changed(document, path, value)
    text = "\n".join(f"{toml(key)} = {toml(value)}" for key, value in document.items())
    (tmp_path / "dev.toml").write_text(text, encoding="utf-8")
    (tmp_path / "common.toml").write_text(COMMON.read_text(encoding="utf-8"), encoding="utf-8")
    try:
        assert isinstance(load("dev", folder=tmp_path, variables=variables), Environment)
    except SettingsError as error:
        lines = str(error).split("\n")
        assert "\n".join(lines).splitlines() == lines
        assert len(lines) <= MOST_LINES
        for line in lines:
            assert len(line) <= LONGEST_LINE
            assert HEADING.fullmatch(line) or LINE.fullmatch(line)
            assert not FOREIGN_WORDS.search(line)
        counts = [int(found[1]) for line in lines if (found := HEADING.fullmatch(line))]
        assert sum(counts) + len(counts) == len(lines)


@pytest.mark.parametrize("text", ["[" * 5000, "a = " + "[" * 5000, "a = " + "9" * 5000, "\0", "=", "[[a]]\n[a]"])
def test_hostile_toml_gives_a_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "dev.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"dev\.toml: 1 error\n  (line \d: )?(not TOML: |\[a\] is set twice)"):
        load("dev", folder=tmp_path, variables={})
