"""Where the settings of an environment are written: its own file, and the one that all environments share."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Self

from environments.faults import Fault
from environments.schema import Path
from environments.toml_faults import toml_fault

COMMON = "common.toml"

Document = dict[str, object]


class SettingsError(Exception):
    """Settings that cannot be used; its text is the finished report, one line per fault.

    `lines` are those of the report by the heading that they stand under; a heading without lines says it all.
    """

    def __init__(self, lines: Mapping[str, list[str]]) -> None:
        self.lines = lines
        super().__init__("\n".join(line for source, faults in lines.items() for line in _under(source, faults)))


def _under(source: str, faults: list[str]) -> list[str]:
    if not faults:
        return [source]
    return [f"{source}: {len(faults)} error{'s' if len(faults) > 1 else ''}", *(f"  {fault}" for fault in faults)]


def together(errors: Iterable[SettingsError]) -> SettingsError:
    """Return one error for many: what environments share is wrong for each of them, and reported once."""
    lines: dict[str, list[str]] = {}
    for error in errors:
        for source, faults in error.lines.items():
            known = lines.setdefault(source, [])
            known.extend(fault for fault in faults if fault not in known)
    return SettingsError(lines)


@dataclass(frozen=True)
class Sources:
    """The documents of an environment, each under its file's name as a person knows it."""

    own_name: str
    own: Document
    common_name: str
    common: Document

    @classmethod
    def read(cls, file: File) -> Self:
        """Read an environment's file and, if the folder has one, the common file."""
        common, common_name = file.with_name(COMMON), f"{file.parent.name}/{COMMON}"
        own_name = f"{file.parent.name}/{file.name}"
        return cls(own_name, _read(file, own_name), common_name, _read(common, common_name) if common.exists() else {})

    def merged(self) -> Document:
        """Return the settings of both, those of the environment's own file over the common ones, key by key."""
        return _merged(self.common, self.own)

    def error(self, faults: Iterable[Fault]) -> SettingsError:
        """Return the error that reports each fault under the file in which the wrong value stands."""
        lines: dict[str, list[str]] = {}
        for fault in faults:
            lines.setdefault(self._source(fault), []).append(str(fault))
        return SettingsError(lines)

    def find(self, path: Path) -> tuple[str, object]:
        """Return what the files have at a path, None for nothing, and the file that decides it."""
        in_common = _at(self.own, path) is None and _at(self.common, path) is not None
        return self.common_name if in_common else self.own_name, _at(self.merged(), path)

    def _source(self, fault: Fault) -> str:
        # A missing key is in neither file, and the environment's own is where it may be added for that one alone.
        if fault.variable or fault.message.startswith("missing;"):
            return self.own_name
        for length in range(len(fault.path), 0, -1):
            for name, document in ((self.own_name, self.own), (self.common_name, self.common)):
                if _at(document, fault.path[:length]) is not None:
                    return name
        return self.own_name


def _read(file: File, source: str) -> Document:
    text = ""
    try:
        # With a line end behind the last line, tomllib names that line too.
        text = f"{file.read_text(encoding='utf-8')}\n"
        return tomllib.loads(text)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}; make it a readable file"
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8; save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        reason = toml_fault(text, error)
    raise SettingsError({source: [reason]})


def _merged(common: Mapping[str, object], own: Mapping[str, object]) -> Document:
    merged = {**common, **own}
    for key, over in own.items():
        under = common.get(key)
        if isinstance(under, dict) and isinstance(over, dict):
            merged[key] = _merged(under, over)
    # Overrides change what they are given: the tables of the files themselves stay as they are.
    return {key: _merged(value, {}) if isinstance(value, dict) else value for key, value in merged.items()}


def _at(document: object, path: Path) -> object:
    """Return the value at a path; None, which TOML does not have, if there is none."""
    for key in path:
        keys: Mapping[Any, object] = {}
        if isinstance(document, list):
            keys = dict(enumerate(document))
        elif isinstance(document, dict):
            keys = document
        if key not in keys:
            return None
        document = keys[key]
    return document
