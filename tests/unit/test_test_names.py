"""A test's name is one short sentence."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
LONGEST = 59
# Another branch writes them anew.
EXCLUDED = TESTS / "unit" / "operations" / "verification" / "test_exec_audit.py"


def test_no_name_of_a_test_has_60_characters() -> None:
    files = [file for file in TESTS.rglob("test_*.py") if file != EXCLUDED]
    names = [name for file in files for name in re.findall(r"^ *def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)]
    assert [name for name in names if len(name) > LONGEST] == []
    assert len(names) > len(files)
