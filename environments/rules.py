"""Which resources of an environment may break a rule of `rules`."""

from typing import Annotated

from pydantic import AfterValidator

from environments.base import format_value

RULE_EXCEPTIONS = "rule_exceptions"

# Shorter is no reason.
_SHORTEST = 20


def _reason(value: str) -> str:
    if len(value.strip()) < _SHORTEST:
        raise ValueError(f"{format_value(value)} is no reason; say why the rule does not hold here, and who decided it")
    return value


RuleExceptions = dict[str, dict[str, Annotated[str, AfterValidator(_reason)]]]
"""The reasons why resources may break rules, by the rule's id and the resource's address.

One that is not needed, or names no rule, fails the synthesis.
"""
