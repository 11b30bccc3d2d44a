"""The tables of docs/services.md are ones that work."""

import re
import tomllib
from pathlib import Path

from environments import load
from tests.unit.kinds import SERVICES, write

DOCUMENT = Path(__file__).parents[3] / "docs" / "services.md"


def test_the_tables_of_the_document_make_an_environment(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    described = {name: table for block in blocks for name, table in tomllib.loads(block)["services"].items()}
    described["orders"]["image"] = "orders:1"
    services = load("dev", folder=write(tmp_path, {**SERVICES, **described}), variables={}).services
    assert {"worker", "orders", "nightly"} <= described.keys() <= services.keys()
