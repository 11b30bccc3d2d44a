"""Judges synthesized stacks by every rule, and reports what breaks one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from environments import Environment
from environments.base import nearest
from environments.faults import dotted
from environments.rules import RULE_EXCEPTIONS
from rules import access, data, naming, network
from rules.configuration import Configuration
from rules.rule import Breach, Rule, Stack

RULES: Mapping[str, Rule] = {rule.id: rule for module in (access, network, data, naming) for rule in module.RULES}


class RulesError(Exception):
    """Stacks that must not be deployed; its text is the finished report."""


def check(folders: Iterable[tuple[Environment, Path]]) -> None:
    """Judge the stack of each environment in its folder; raise RulesError with every breach of all of them."""
    stacks: tuple[Stack, ...] = ()
    for environment, folder in folders:
        stacks = (*stacks, Stack(environment, Configuration.read(folder), earlier=stacks))
    if reports := [report for stack in stacks if (report := report_on(stack))]:
        raise RulesError("\n".join(line for report in reports for line in report))


def report_on(stack: Stack) -> list[str]:
    """Return the lines about one stack: breaches by rule, and exceptions that are none; no line if all is well."""
    exceptions = stack.environment.rule_exceptions
    lines = []
    for rule in RULES.values():
        excepted = exceptions.get(rule.id, {})
        breaches = sorted(set(rule.find(stack)))
        lines += _broken(rule, [each for each in breaches if each.address not in excepted])
        lines += _idle(rule, excepted.keys() - {each.address for each in breaches})
    lines += _unknown([id_ for id_ in exceptions if id_ not in RULES])
    heading = f"{stack.environment.name}: nothing can be deployed before this is put right (docs/rules.md)"
    return [heading, *(f"  {line}" for line in lines)] if lines else []


def _broken(rule: Rule, breaches: Sequence[Breach]) -> list[str]:
    if not breaches:
        return []
    faults = [f"  {breach.address}: {breach.fault}" for breach in breaches]
    return [f"{rule.id}: {rule.reason}", *faults, f"  What to do: {rule.remedy}."]


def _idle(rule: Rule, addresses: Iterable[str]) -> Iterator[str]:
    for address in sorted(addresses):
        path = dotted((RULE_EXCEPTIONS, rule.id, address))
        yield f"{path}: nothing there breaks the rule any more; remove the exception"


def _unknown(ids: Iterable[str]) -> Iterator[str]:
    return (f"{dotted((RULE_EXCEPTIONS, id_))}: no such rule; {nearest(id_, list(RULES))}" for id_ in ids)
