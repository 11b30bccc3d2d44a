"""What is wrong with a file that is not TOML: the mistakes that people make, each with its line and its remedy."""

import re

from environments.base import character_name, format_value

_BYTE_ORDER_MARK = "\ufeff"
# How tomllib's messages end. Source: https://docs.python.org/3/library/tomllib.html
_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_CURLY_QUOTES = dict.fromkeys("\u201c\u201d\u201e\u201f", '"') | dict.fromkeys("\u2018\u2019\u201a\u201b", "'")
_BOOLEANS = {"true": "true", "false": "false", **dict.fromkeys(("yes", "no", "on", "off"), "true or false")}
_TWICE = re.compile(r"Cannot (?:declare|overwrite|mutate|redefine)|Duplicate inline table key '(.*)'")
_HEADER = re.compile(r"\s*(\[.*\])\s*(?:#.*)?")
_KEY = re.compile(r"\s*([^=]+?)\s*=")


def toml_fault(text: str, error: ValueError | RecursionError) -> str:
    """Return the line of a report on a text that tomllib refuses with an error; the text ends with a line end."""
    if text.startswith(_BYTE_ORDER_MARK):
        return "line 1: the file starts with a byte-order mark; save it as UTF-8 without one"
    place = _PLACE.fullmatch(str(error))
    if place is None:
        # Python's own limits: of nesting, and of the digits of a number.
        reason = "nested too deep" if isinstance(error, RecursionError) else "a number of too many digits"
        return f"not TOML: {reason}; make it shorter"
    message, number, column = place.groups()
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    lines = lines[: int(number or len(lines))]
    return f"line {len(lines)}: {_mistake(message, lines, column)}"


def _mistake(message: str, lines: list[str], column: str | None) -> str:
    """Return what is wrong in the last of the lines, and what to write instead; no column is the end of the file."""
    line = lines[-1]
    word = re.split(r"[ \t#,\]}]", line[int(column) - 1 :], maxsplit=1)[0] if column else ""
    # A string that a curly quote should end goes on to the end of its line.
    quoted = line if message.startswith(("Illegal character", "Unterminated string")) else word
    if quote := next(filter(_CURLY_QUOTES.get, quoted), None):
        return f"{quote} is a curly quote; write {_CURLY_QUOTES[quote]}"
    if strange := next((each for each in word if not each.isascii()), None):
        return f"{format_value(strange)} ({character_name(strange)}) can only be in quotes; type a plain character"
    if twice := _TWICE.match(message):
        return _set_twice(lines, twice[1])
    if message == "Invalid value":
        return _no_value(word)
    where = f"column {column}" if column else "end of the file"
    return f"not TOML: {message[:1].lower()}{message[1:]} ({where}); correct it there"


def _set_twice(lines: list[str], key: str | None) -> str:
    header = _HEADER.fullmatch(lines[-1])
    start = 0 if header else max((at for at, line in enumerate(lines) if _HEADER.fullmatch(line)), default=0)
    names = [found[1] if (found := (_HEADER.fullmatch if header else _KEY.match)(line)) else None for line in lines]
    # The value may end in a later line than its key is in.
    name = key or next((name for name in reversed(names) if name), "a key")
    before = [at + 1 for at, each in enumerate(names) if each == name and at >= start]
    first = f", first in line {before[0]}" if len(before) > 1 else ""
    return f"{name if name.isprintable() else format_value(name)} is set twice{first}; keep one"


def _no_value(word: str) -> str:
    if word.lower() in _BOOLEANS:
        return f"{word} is not a value; write {_BOOLEANS[word.lower()]}"
    return f"{format_value(word)} is not a value; put a text in quotes" if word else "the value is missing; give one"
