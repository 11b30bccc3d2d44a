"""What people mistype in a file of settings: each gets a line that names the place and the remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from environments import SettingsError, load

MISTAKES = {
    "byte-order mark": ("\ufeff[exec]", "line 1: the file starts with a byte-order mark; save it as UTF-8 without one"),
    "curly quotes": ("\nregion = “us-east-1”", 'line 2: “ is a curly quote; write "'),
    "single curly quotes": ("region = \u2018us-east-1\u2019", "line 1: \u2018 is a curly quote; write '"),
    "a curly quote at the end": ('region = "us-east-1”\n', 'line 1: ” is a curly quote; write "'),
    "a curly quote at the end of the file": ('region = "us-east-1”', 'line 1: ” is a curly quote; write "'),
    "curly quotes in a list": ('[network]\nzones = [\n  "a",\n  “b”,\n]', 'line 4: “ is a curly quote; write "'),
    "True": ("[exec]\nbackend = True  # on", "line 2: True is not a value; write true"),
    "FALSE": ("[exec]\r\nbackend = FALSE", "line 2: FALSE is not a value; write false"),
    "yes": ("[exec]\nbackend = yes", "line 2: yes is not a value; write true or false"),
    "no quotes": ("region = us-east-1", "line 1: us-east-1 is not a value; put a text in quotes"),
    "no value": ("region =\n", "line 1: the value is missing; give one"),
    "a Cyrillic letter in a key": (
        "[exec]\nb\u0430ckend = true",
        'line 2: "\u0430" (Cyrillic small letter a) can only be in quotes; type a plain character',
    ),
    "a Cyrillic letter in a section": (
        "[e\u0445ec]",
        'line 1: "\u0445" (Cyrillic small letter ha) can only be in quotes; type a plain character',
    ),
    "a Cyrillic letter in a boolean": (
        "[exec]\nbackend = tru\u0435",
        'line 2: "\u0435" (Cyrillic small letter ie) can only be in quotes; type a plain character',
    ),
    "a space that does not break": (
        "region =\u00a0'us-east-1'",
        r'line 1: "\u00a0" (No-break space) can only be in quotes; type a plain character',
    ),
    "a section twice": (
        "[exec]\nbackend = true\n\n[exec] # again\nfrontend = true",
        "line 4: [exec] is set twice, first in line 1; keep one",
    ),
    "a section in two ways": ("exec = {}\n[exec]", "line 2: [exec] is set twice; keep one"),
    "a key twice": (
        "[network]\nbackend = 1\n[exec]\nbackend = true\n\nbackend = false",
        "line 6: backend is set twice, first in line 4; keep one",
    ),
    "a list twice": ("a = [\n1]\na = [\n2\n]", "line 5: a is set twice, first in line 1; keep one"),
    "a key twice in braces": ("exec = {backend = true, backend = true}", "line 1: backend is set twice; keep one"),
    "a bracket left out": (
        "[exec\n",
        "line 1: not TOML: expected ']' at the end of a table declaration (column 6); correct it there",
    ),
    "YAML": (
        "region: x",
        "line 1: not TOML: expected '=' after a key in a key/value pair (column 7); correct it there",
    ),
    "a string left open": ('a = """x', "line 1: not TOML: unterminated string (end of the file); correct it there"),
    "brackets without end": ("a = " + "[" * 5000, "not TOML: nested too deep; make it shorter"),
    "digits without end": ("a = " + "9" * 5000, "not TOML: a number of too many digits; make it shorter"),
}


@pytest.mark.parametrize(("content", "line"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_told_with_line_and_remedy(tmp_path: Path, content: str, line: str) -> None:
    (tmp_path / "dev.toml").write_bytes(content.encode())
    with pytest.raises(SettingsError) as caught:
        load("dev", folder=tmp_path, variables={})
    assert str(caught.value) == f"{tmp_path.name}/dev.toml: 1 error\n  {line}"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ('exec."b\u0430ckend"', True, "unknown key (\u0430 is Cyrillic small letter a); did you mean backend?"),
        ('"r\u0435gistry"', {}, "unknown key (\u0435 is Cyrillic small letter ie); did you mean registry?"),
        (
            "database.instance_class",
            "d\u0431.t3.micro",
            '"d\u0431.t3.micro" (\u0431 is Cyrillic small letter be) is not a database class known here; ',
        ),
    ],
)
def test_look_alike_letter_in_quotes_is_named(
    faults: Callable[..., list[str]], key: str, value: object, message: str
) -> None:
    (line,) = faults({key: value})
    assert line.startswith(f"{key}: {message}")
