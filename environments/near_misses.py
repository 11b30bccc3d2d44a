"""Environment variables that override nothing, but nearly have the name of one that would."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from environments.overrides import SEPARATOR, in_capitals, is_key, keeps_case, path_of


class NearMiss(NamedTuple):
    """A variable that overrides nothing, and the one of an environment that was probably meant."""

    environment: str
    variable: str
    meant: str

    def __str__(self) -> str:
        """Return it as a line for a person."""
        return f"{self.variable} has no effect; did you mean {self.meant}?"


def near_misses(environments: Sequence[str], variables: Iterable[str]) -> list[NearMiss]:
    """Return the variables in lower case, with a single underscore, or with a name near that of an environment.

    The rest must name a setting: variables of other programs are none of these.
    """
    starts = {in_capitals(name): name for name in environments}
    exact = tuple(f"{start}{SEPARATOR}" for start in starts)
    strangers = sorted(each for each in variables if SEPARATOR in each and not each.startswith(exact))
    found = (
        next((NearMiss(starts[start], each, meant) for start, meant in _meant(each, list(starts))), None)
        for each in strangers
    )
    return [each for each in found if each]


def _meant(variable: str, starts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return each start that a variable may have been meant to have, with the variable as it would be then."""
    for start in starts:
        if variable.upper().startswith(f"{start}_") and (rest := _setting(variable[len(start) :].lstrip("_"))):
            yield start, f"{start}{SEPARATOR}{rest}"
    head, _, tail = variable.partition(SEPARATOR)
    # Of one word, as in DEVICE__REGION, it is likelier to be another program's.
    if SEPARATOR in tail and (rest := _setting(tail)):
        for start in _near(head.upper(), starts):
            yield start, f"{start}{SEPARATOR}{rest}"


def _near(head: str, starts: Sequence[str]) -> list[str]:
    return [start for start in starts if head.startswith(start)] + difflib.get_close_matches(head, starts, n=1)


def _setting(rest: str) -> str | None:
    """Return the rest of a variable as it must be spelled; None if it names no setting."""
    path = path_of(rest.split(SEPARATOR))
    if not all(is_key(path[:length]) for length in range(1, len(path) + 1)):
        return None
    *tables, key = map(str, path)
    return SEPARATOR.join([*map(in_capitals, tables), key if keeps_case(path[:-1]) else in_capitals(key)])
