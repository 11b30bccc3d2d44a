"""What a plan would create, and a search for it on moto."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from operations.aws.clients import Clients
from operations.recovery.finders import FINDERS
from operations.recovery.planned import Planned
from operations.recovery.search import Match, Search

Find = Callable[..., dict[str, Match]]

REGION = "eu-west-1"
OURS = {"Project": "davidshaevel", "Environment": "dev"}


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """Clients of moto, in which nothing exists yet; of a region that is not CloudFront's."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Clients(boto3.Session(region_name=REGION))


@pytest.fixture
def find(clients: Clients) -> Find:
    """Find what is planned: its IDs by address."""

    def found(*planned: Planned) -> dict[str, Match]:
        return Search(clients, Clients(boto3.Session(region_name="us-east-1")), planned, FINDERS).find_all()

    return found


def planned(address: str, *, parents: dict[str, str] | None = None, **arguments: Any) -> Planned:  # noqa: ANN401 - any type's
    """Plan a resource of this platform whose Name is `it`."""
    return Planned(address, address.partition(".")[0], {**arguments, "tags_all": tags()}, parents or {})


def tags(**changes: str) -> dict[str, str]:
    """Return the tags of what is planned, or of something that differs."""
    return OURS | {"Name": "it"} | changes


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as most of AWS's calls take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
