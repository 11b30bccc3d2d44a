"""`operations picture` synthesizes what it draws, in a process of its own."""

from pathlib import Path

import pytest

from operations.command_line import main


def test_the_command_needs_no_aws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "staging.dot"
    assert main(["picture", "staging", "--output", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: drawn\n"
    assert "davidshaevel staging" in file.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["picture", "dev", "--output", str(tmp_path / "file/dev.dot")]) == 2
    assert capsys.readouterr().err.endswith("choose another file with --output\n")
