"""No type of the platform is forgotten: each is looked for, or may be made again without harm."""

import pytest

from environments import names
from operations.recovery.finders import FINDERS, REPEATABLE
from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack, Synth

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
# What an environment may have that none of the three has.
OPTIONAL = {
    "DEV__ALARMS__EMAIL": "ops@acme.org",
    "DEV__EXEC__BACKEND": "true",
    "DEV__EXEC__ENCRYPTED": "true",
    "DEV__EXEC__POLICY": "minimal",
    "DEV__LOAD_BALANCER__CERTIFICATE_ARN": CERTIFICATE,
    "DEV__LOAD_BALANCER__CLOUDFRONT_ONLY": "true",
    "DEV__ACCESS_LOGS": "true",
    "DEV__DATABASE__REQUIRE_TLS": "true",
    "DEV__SERVICES__BACKEND__AUTOSCALING": "{min_count = 1, max_count = 6, cpu_percent = 60, requests_per_target = 9}",
    "DEV__DELIVERY__PRINCIPAL": "oidc",
    "DEV__DELIVERY__REPOSITORY": "davidshaevel/website",
    "DEV__DELIVERY__BRANCH": "main",
}
# Everything in an account that tells two resources of such a type apart is the Name tag.
KNOWN_BY_NAME_TAG = [type_ for type_ in FINDERS if type_ not in ("aws_route", "aws_route_table_association")]


@pytest.fixture
def stacks(synth: Synth, kinds: Kinds) -> list[Stack]:
    """Every environment, what one may choose, and each kind of service with secrets."""
    secret = {"secrets": {"TOKEN": "arn:aws:ssm:us-east-1:123456789012:parameter/token"}}
    environments = [*map(synth, names()), synth("dev", **OPTIONAL)]
    return [*environments, kinds(worker=secret, second={"kind": "prometheus"})]


def test_every_type_is_either_looked_for_or_repeatable(stacks: list[Stack]) -> None:
    types = {type_ for stack in stacks for type_ in stack.document["resource"]}
    assert FINDERS.keys() | REPEATABLE.keys() == types
    assert FINDERS.keys().isdisjoint(REPEATABLE)


@pytest.mark.parametrize("type_", KNOWN_BY_NAME_TAG)
def test_no_two_of_a_type_have_the_same_name_tag(stacks: list[Stack], type_: str) -> None:
    for stack in stacks:
        names = [each["tags"]["Name"] for each in stack.of_type(type_).values() if "tags" in each]
        assert len(names) == len(set(names))
