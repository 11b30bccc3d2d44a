"""AWS's descriptions of its services are read once in a process, as conftest.py has it for all tests."""

from pathlib import Path

from botocore.loaders import JSONFileLoader


def test_a_file_is_read_once_by_all_sessions(tmp_path: Path) -> None:
    (tmp_path / "service.json").write_text('{"version": 1}', encoding="utf-8")
    first, second = (JSONFileLoader().load_file(str(tmp_path / "service")) for _ in range(2))
    assert first == {"version": 1}
    assert first is second
