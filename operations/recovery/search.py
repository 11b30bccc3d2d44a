"""Looks in AWS for what a plan would create."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from operations.aws.clients import Clients, Document
from operations.errors import OperationError
from operations.recovery.planned import Planned


@dataclass(frozen=True)
class Match:
    """A resource that exists: the ID with which Terraform imports it, and whether AWS is still making it."""

    id: str
    being_made: bool = False


class Search:
    """One look at AWS; what was listed once is not asked for again.

    ``clients`` are of the environment's region, ``us_east_1`` are of the one where CloudFront's certificates live.
    """

    def __init__(self, clients: Clients, us_east_1: Clients, planned: Sequence[Planned], finders: "Finders") -> None:
        self.clients = clients
        self.us_east_1 = us_east_1
        self._planned = {each.address: each for each in planned}
        self._finders = finders
        self._found: dict[str, Match | None] = {}
        self._listed: dict[tuple[object, ...], list[Document]] = {}

    def find_all(self) -> dict[str, Match]:
        """Return what exists already and the state has not, by address.

        Raises OperationError where two could be the one that is missing, or the one that is to be replaced.
        """
        planned = [each for each in self._planned.values() if each.type in self._finders]
        found = {each.address: self.find(each) for each in planned}
        return {each.address: match for each in planned if (match := found[each.address]) and not each.replaces}

    def find(self, planned: Planned) -> Match | None:
        """Return the one resource that this would be, None where there is none."""
        if planned.address not in self._found:
            self._found[planned.address] = _only(planned, self._finders[planned.type](self, planned))
        return self._found[planned.address]

    def parent(self, planned: Planned, argument: str) -> str | None:
        """Return the ID that an argument has: known already, or found; None where the parent does not exist yet."""
        if known := planned.arguments.get(argument):
            return str(known)
        parent = self._planned.get(planned.parents[argument])
        match = self.find(parent) if parent else None
        return match.id if match else None

    def list(self, service: str, call: str, key: str, **asked: Any) -> list[Document]:  # noqa: ANN401 - as boto3 has it
        """Return all pages of an answer, once; nothing where AWS says that what was asked for does not exist."""
        question = (service, call, repr(asked))
        if question not in self._listed:
            self._listed[question] = list(self.ask(getattr(self.clients, service), call, key, **asked))
        return self._listed[question]

    @staticmethod
    def ask(client: Any, call: str, key: str, **asked: Any) -> Iterator[Any]:  # noqa: ANN401 - as boto3 has it
        """Ask a client for all pages of an answer; nothing where what was asked for does not exist."""
        try:
            if client.can_paginate(call):
                yield from client.get_paginator(call).paginate(**asked).search(f"{key}[]")
            else:
                yield from getattr(client, call)(**asked)[key]
        except ClientError as error:
            if not is_missing(error):
                raise


Finder = Callable[[Search, Planned], Iterable[Match]]
Finders = Mapping[str, Finder]


def is_missing(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing: each service has a code of its own for it."""
    code: str = error.response["Error"]["Code"]
    return "NotFound" in code or code.startswith("NoSuch")


def tags_of(tags: Iterable[Document]) -> dict[str, str]:
    """Read tags as AWS lists them: ``Key`` and ``Value``, ``key`` and ``value``, in KMS ``TagKey`` and ``TagValue``."""
    pairs = ({key.lower().removeprefix("tag"): value for key, value in tag.items()} for tag in tags)
    return {pair["key"]: pair["value"] for pair in pairs}


def _only(planned: Planned, matches: Iterable[Match]) -> Match | None:
    found = list(matches)
    if len(found) > 1:
        raise OperationError(
            f"{planned.address}: there are {len(found)}: {', '.join(match.id for match in found)}; "
            "see which one is in use, delete the others, then run this again"
        )
    return found[0] if found else None
