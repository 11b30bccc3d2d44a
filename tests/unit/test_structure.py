"""Whatever valid settings people choose: JSON in which everything that is named is there."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from environments import SettingsError, names
from tests.unit.stack_json import Stack, Synth
from tests.unit.structure import faults

BOOLEANS = st.sampled_from(["true", "false"])
PORTS = st.one_of(st.just("3000"), st.integers(1, 65536).map(str))
# The last memory of each is one that Fargate does not have.
CPU_AND_MEMORY = {"256": ["512", "2048", "4096"], "1024": ["2048", "8192", "512"], "16384": ["32768", "122880", "512"]}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def size(section: str) -> st.SearchStrategy[dict[str, str]]:
    pairs = [(cpu, memory) for cpu, memories in CPU_AND_MEMORY.items() for memory in memories]
    names = f"DEV__{section}__CPU", f"DEV__{section}__MEMORY_MIB"
    return st.sampled_from(pairs).map(lambda pair: dict(zip(names, pair, strict=True)))


def github(repository: str) -> dict[str, str]:
    """Return the overrides that trust a branch of a repository."""
    values = {"PRINCIPAL": "oidc", "REPOSITORY": repository, "BRANCH": "main"}
    return {f"DEV__DELIVERY__{key}": value for key, value in values.items()}


def zones(count: int) -> dict[str, str]:
    """Return the overrides of a network with so many zones."""

    def blocks(first: int) -> str:
        return json.dumps([f"10.0.{first + index}.0/24" for index in range(count)])

    return {
        "DEV__NETWORK__ZONES": json.dumps([f"us-east-1{letter}" for letter in "abcdef"[:count]]),
        "DEV__NETWORK__PUBLIC_SUBNETS": blocks(1),
        "DEV__NETWORK__PRIVATE_APP_SUBNETS": blocks(11),
        "DEV__NETWORK__PRIVATE_DB_SUBNETS": blocks(21),
    }


SINGLE = {
    "PROJECT": st.sampled_from(["acme", "a", "a-b-1", "p" * 16]),
    "NAMESPACE": st.sampled_from(["acme.internal", "a.b"]),
    "LOG_RETENTION_DAYS": st.sampled_from(["1", "3653"]),
    "NETWORK__NAT_GATEWAYS": st.sampled_from(["none", "single", "per_zone"]),
    "NETWORK__FLOW_LOGS": BOOLEANS,
    "DATABASE__INSTANCE_CLASS": st.sampled_from(["db.t3.micro", "db.r6i.32xlarge"]),
    "DATABASE__DELETION_PROTECTION": BOOLEANS,
    "LOAD_BALANCER__CERTIFICATE_ARN": st.just(CERTIFICATE),
    "LOAD_BALANCER__CLOUDFRONT_ONLY": BOOLEANS,
    "ACCESS_LOGS": BOOLEANS,
    "DATABASE__REQUIRE_TLS": BOOLEANS,
    "DATABASE__IAM_AUTHENTICATION": BOOLEANS,
    "SERVICES__BACKEND__PORT": PORTS,
    "SERVICES__FRONTEND__PORT": PORTS,
    "SERVICES__BACKEND__HEALTH_CHECK__PATH": st.from_regex(r"/[!-~]{0,6}", fullmatch=True),
    "LOAD_BALANCER__ACCESS_LOGS_BUCKET": st.just("acme-logs"),
    "SERVICES__BACKEND__AUTOSCALING": st.sampled_from(
        [
            "{min_count = 1, max_count = 5000, cpu_percent = 1}",
            "{min_count = 3, max_count = 9, requests_per_target = 9}",
        ]
    ),
    "SERVICES__BACKEND__CAPACITY_PROVIDER": st.sampled_from(["FARGATE", "FARGATE_SPOT"]),
    "SERVICES__BACKEND__CIRCUIT_BREAKER": BOOLEANS,
    "SERVICES__BACKEND__DESIRED_COUNT": st.integers(0, 5000).map(str),
    "SERVICES__PROMETHEUS__DESIRED_COUNT": st.sampled_from(["0", "1"]),
    "EXEC__BACKEND": BOOLEANS,
    "EXEC__FRONTEND": BOOLEANS,
    "EXEC__PROMETHEUS": BOOLEANS,
    "EXEC__ENCRYPTED": BOOLEANS,
    "EXEC__OPERATOR_POLICY": BOOLEANS,
    "EXEC__OPERATOR_TAGS__Team": st.text("aZ09 _.:/=+-@", max_size=10),
    "EXEC__POLICY": st.sampled_from(["managed", "minimal"]),
    "REGISTRY__CREATE_REPOSITORIES": BOOLEANS,
    "ALARMS__EMAIL": st.sampled_from(["ops@acme.org", "a.b+c@d-e.example"]),
    "ALARMS__EXEC_SESSIONS": BOOLEANS,
    "CDN__LOGGING_BUCKET": st.just("acme-logs"),
    "TAGS__Owner": st.text("aZ09 _.:/=+-@", max_size=10),
}
OVERRIDES = st.tuples(
    st.fixed_dictionaries({}, optional={f"DEV__{name}": values for name, values in SINGLE.items()}),
    st.one_of(st.just({}), size("SERVICES__BACKEND")),
    st.one_of(st.just({}), size("SERVICES__PROMETHEUS")),
    st.one_of(st.just({}), st.integers(2, 6).map(zones)),
    st.one_of(st.just({}), st.sampled_from(["acme/app", "a/b.c"]).map(github)),
).map(lambda parts: {name: value for part in parts for name, value in part.items()})


@settings(max_examples=15, deadline=None)
@given(variables=OVERRIDES)
def test_random_settings_give_one_error_or_sound_json(synth: Synth, variables: dict[str, str]) -> None:
    try:
        stack = synth(**variables)
    except SettingsError as error:
        assert str(error).startswith("environments/dev.toml: ")  # noqa: PT017 - either outcome is right
    else:
        assert faults(stack) == []


@pytest.mark.parametrize("environment", names())
def test_the_environments_as_they_are_hold_together(synth: Synth, environment: str) -> None:
    assert faults(synth(environment)) == []


@pytest.mark.parametrize(
    ("resource", "fault"),
    [
        ({"role": "${aws_iam_role.gone.arn}"}, "there is no aws_iam_role.gone"),
        ({"policy": '{"Resource": "${aws_kms_key.gone.arn}"}'}, "there is no aws_kms_key.gone"),
        ({"role": "${data.aws_iam_role.gone.arn}"}, "there is no data.aws_iam_role.gone"),
        ({"depends_on": ["aws_lb.gone"]}, "depends on aws_lb.gone: there is none"),
        ({"name": "x-${TfToken[TOKEN.12]}"}, "a token that was not resolved"),
        ({"port": -1.8881545897087968e298}, "a number token that was not resolved"),
    ],
)
def test_the_check_finds(resource: Mapping[str, object], fault: str) -> None:
    (found,) = faults(Stack(json.dumps({"resource": {"aws_vpc": {"main": resource}}})))
    assert fault in found
