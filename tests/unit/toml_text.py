"""Values as TOML."""

import datetime as dt
import json


def toml(value: object) -> str:
    """Write a value as TOML, which has no null and writes tables in lines or braces."""
    match value:
        case dict():
            return f"{{{', '.join(f'{toml(key)} = {toml(inner)}' for key, inner in value.items())}}}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case float():
            return str(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case str():
            # TOML has no surrogate pairs, which are JSON's escapes of rare characters, and wants DEL escaped.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case _:
            return json.dumps(value)
