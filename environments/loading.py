"""Reads environments: TOML file, environment variables over it, validation, and one report of everything wrong."""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from environments.base import either, shown
from environments.environment import Environment
from environments.faults import Fault, SettingsError, faults_of, report
from environments.overrides import overrides_of

FOLDER = Path(__file__).parent


def load(name: str, *, folder: Path = FOLDER, variables: Mapping[str, str] = os.environ) -> Environment:
    """Return one environment, validated; raise `SettingsError` with every fault of it.

    `variables` override single values: `DEV__SERVICES__BACKEND__MEMORY_MIB=1024`.
    """
    known = names(folder)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}? Known: {', '.join(known)}" if near else f"choose {either(known)}"
        raise SettingsError(f"{folder.name}: unknown environment {shown(name)}; {hint}")
    return _load(folder / f"{name}.toml", variables)


def load_all(*, folder: Path = FOLDER, variables: Mapping[str, str] = os.environ) -> tuple[Environment, ...]:
    """Return all environments by name, in alphabetical order; raise `SettingsError` with every fault of all of them.

    Two environments that want the same for themselves are a fault too: an account's image repositories, or a domain.
    """
    environments, reports = [], []
    for name in names(folder):
        try:
            environments.append(_load(folder / f"{name}.toml", variables))
        except SettingsError as error:
            reports.append(str(error))
    if faults := [*_contested_repositories(environments), *_contested_domains(environments)]:
        reports.append(str(report(folder.name, faults)))
    if reports:
        raise SettingsError("\n".join(reports))
    return tuple(environments)


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of all environments, in alphabetical order; raise `SettingsError` if there are none."""
    found = sorted(file.stem for file in folder.glob("[!.]*.toml"))
    if not found:
        raise SettingsError(f"{folder.name}: no environments here; add a file such as dev.toml")
    return found


def _load(file: Path, variables: Mapping[str, str]) -> Environment:
    source = f"{file.parent.name}/{file.name}"
    document = _document(file, source)
    overrides, faults = overrides_of(file.stem, variables)
    if "name" in document:
        faults.append(Fault(("name",), "unknown key; the file's name is the environment's, remove this line"))
    for override in overrides:
        override.apply(document)
    try:
        environment = Environment.model_validate(document | {"name": file.stem}, context={})
    except ValidationError as error:
        sources = {override.path: override.variable for override in overrides}
        raise report(source, [*faults_of(error, sources), *faults]) from None
    if faults:
        raise report(source, faults)
    return environment


def _document(file: Path, source: str) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        reason = f"cannot be read: {error.strerror}; make it a readable file"
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8; save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        reason = f"not TOML: {str(error)[:1].lower()}{str(error)[1:]}; correct it there"
    raise report(source, [reason])


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
