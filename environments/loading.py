"""Reads environments: TOML files, environment variables over them, validation, and one report of everything wrong."""

import difflib
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from environments.base import format_value, join_choices
from environments.break_glass import open_for_too_long
from environments.environment import Environment
from environments.faults import Fault, faults_of
from environments.forbidden import without_forbidden
from environments.overrides import overrides_of
from environments.rules import RULE_EXCEPTIONS
from environments.sources import COMMON, SettingsError, Sources, together

FOLDER = Path(__file__).parent


def load(
    name: str, *, folder: Path = FOLDER, variables: Mapping[str, str] = os.environ, now: datetime | None = None
) -> Environment:
    """Return one environment, validated; raise `SettingsError` with every fault of it.

    `variables` override single values: `DEV__SERVICES__BACKEND__MEMORY_MIB=1024`. `now` decides whether a toggle's end
    has passed; without it, the clock does.
    """
    known = names(folder)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}? Known: {', '.join(known)}" if near else f"choose {join_choices(known)}"
        raise SettingsError({f"{folder.name}: unknown environment {format_value(name)}; {hint}": []})
    return _load(folder / f"{name}.toml", variables, now or datetime.now(UTC))


def load_all(
    *, folder: Path = FOLDER, variables: Mapping[str, str] = os.environ, now: datetime | None = None
) -> tuple[Environment, ...]:
    """Return all environments by name, in alphabetical order; raise `SettingsError` with every fault of all of them.

    Two environments that want the same for themselves are a fault too: an account's image repositories, or a domain.
    """
    environments, errors = [], []
    now = now or datetime.now(UTC)
    for name in names(folder):
        try:
            environments.append(_load(folder / f"{name}.toml", variables, now))
        except SettingsError as error:
            errors.append(error)
    if faults := [*_contested_repositories(environments), *_contested_domains(environments)]:
        errors.append(SettingsError({folder.name: [str(fault) for fault in faults]}))
    if errors:
        raise together(errors)
    return tuple(environments)


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all environments, in alphabetical order; raise `SettingsError` if there are none."""
    found = sorted(file.stem for file in folder.glob("[!.]*.toml") if file.name != COMMON)
    if not found:
        raise SettingsError({f"{folder.name}: no environments here; add a file such as dev.toml": []})
    return found


def _load(file: Path, variables: Mapping[str, str], now: datetime) -> Environment:
    sources = Sources.read(file)
    document = sources.merged()
    overrides, faults = overrides_of(file.stem, variables)
    if "name" in document:
        faults.append(Fault(("name",), "unknown key; the file's name is the environment's, remove this line"))
    overrides, forbidden = without_forbidden(document, overrides)
    faults += forbidden
    for override in overrides:
        override.apply(document)
    # Not even for one deploy, which no one would have reviewed.
    faults += [
        Fault(each.path, "an exception to a rule is reviewed; write it into the file", each.variable)
        for each in overrides
        if each.path[0] == RULE_EXCEPTIONS
    ]
    try:
        environment = Environment.model_validate(document | {"name": file.stem}, context={"now": now})
    except ValidationError as error:
        by_path = {override.path: override.variable for override in overrides}
        raise sources.error([*faults_of(error, by_path), *faults]) from None
    faults += open_for_too_long(environment, overrides, now)
    if faults:
        raise sources.error(faults)
    return environment


def _contested_repositories(environments: Iterable[Environment]) -> Iterable[Fault]:
    owners: dict[str, str] = {}
    for environment in environments:
        if environment.registry.create_repositories:
            account = environment.account_id
            owner = owners.setdefault(account, environment.name)
            if owner != environment.name:
                yield Fault(
                    ("registry", "create_repositories"),
                    f"true in {owner} and in {environment.name}, both of account {account}; make it false in one",
                )


def _contested_domains(environments: Iterable[Environment]) -> Iterable[Fault]:
    # Whatever their accounts: CloudFront gives a name to one distribution of the world.
    owners: dict[str, str] = {}
    for environment in environments:
        contested = [domain for domain in environment.domains if domain in owners]
        for domain in contested[:1]:
            yield Fault(
                ("domain",),
                f"{domain} in {owners[domain]} and in {environment.name}; CloudFront gives it to one, change the other",
            )
        owners |= dict.fromkeys(environment.domains, environment.name)
