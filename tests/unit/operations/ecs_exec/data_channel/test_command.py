"""A wrapped command, run by a real shell, comes back with its own output and its real exit status."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from operations.ecs_exec.data_channel import Transcript, wrap

BYTES = bytes(range(256)) * 4


def session(wrapped: str) -> bytes:
    """Return all that a session prints, as its log has it."""
    return subprocess.run(shlex.split(wrapped), capture_output=True, check=False, input=b"typed").stdout  # noqa: S603 - the command under test


def ran(text: str, piece: int = 1000, reason: str | None = None) -> tuple[int | None, bytes]:
    """Return the exit status and the output."""
    output = bytearray()
    wrapped, transcript = wrap(text, output.extend, reason)
    printed = session(wrapped).replace(b"\n", b"\r\n")  # as a terminal does
    for start in range(0, len(printed), piece):
        transcript.feed(printed[start : start + piece])
    transcript.finish()
    return transcript.exit_status, bytes(output)


@pytest.mark.parametrize("status", [0, 1, 2, 125, 127, 255])
def test_the_exit_status_is_the_commands_own(status: int) -> None:
    assert ran(f"exit {status}") == (status, b"")


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("echo out; echo err >&2", "out\nerr\n"),
        ("printf 'no newline'", "no newline"),
        ("printf 'a\\r\\nb\\rc\\n'", "a\r\nb\rc\n"),
        ('echo "it\'s" \'"quoted"\' \\$HOME', 'it\'s "quoted" $HOME\n'),
        ("for i in 1 2\ndo echo $i\ndone", "1\n2\n"),
        ("cat", ""),
        ("echo ünïcödé €", "ünïcödé €\n"),
        ("printf 'a\\r'", "a\r"),
        ("printf '\\r\\r\\n\\n\\r'", "\r\r\n\n\r"),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_the_output_is_the_commands_own(text: str, output: str, piece: int) -> None:
    assert ran(text, piece) == (0, output.encode())


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_binary_output_arrives_byte_for_byte(piece: int, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(BYTES)
    assert ran(f"cat {tmp_path}/binary", piece) == (0, BYTES)


def test_a_reason_is_in_the_log_and_not_in_the_output() -> None:
    wrapped, _ = wrap("echo out", print, "incident 4711")
    assert session(wrapped).startswith(b"reason: incident 4711\n")
    assert ran("echo out; exit 3", reason="incident 4711") == (3, b"out\n")


def test_a_syntax_error_is_the_commands_failure_not_ours() -> None:
    status, output = ran("echo 'unfinished")
    assert status == 2
    assert b"nterminated" in output


def test_a_command_that_kills_its_session_has_no_known_status() -> None:
    assert ran("echo before; kill -9 $PPID") == (None, b"before\n")


def test_a_command_that_prints_the_wrapping_does_not_end_it() -> None:
    status, output = ran("tr '\\0' ' ' </proc/$PPID/cmdline; exit 3")
    assert status == 3
    assert b":end:%s;" in output


MARK = "1" * 32


def test_output_is_passed_on_as_soon_as_it_is_no_mark() -> None:
    output: list[bytes] = []
    transcript = Transcript(MARK, output.append)
    for piece in (f"{MARK}:start\r\none\r".encode(), b"\ntwo" + MARK[:5].encode(), b"2", b"3\r\n"):
        transcript.feed(piece)
    assert output == [b"one", b"\ntwo", b"111112", b"3\n"]


@given(st.lists(st.sampled_from([MARK[:9], MARK, f"{MARK}:end:", f"{MARK}:end:12", "1", ";", "\r", "\n", "x"])))
def test_what_only_begins_like_the_mark_is_output(pieces: list[str]) -> None:
    text = "".join(pieces)
    assume(not re.search(r":end:\d{1,3};", text))
    output = bytearray()
    transcript = Transcript(MARK, output.extend)
    for piece in (f"{MARK}:start\n", *pieces, f"x{MARK}:end:7;\n"):
        transcript.feed(piece.replace("\n", "\r\n").encode())
    assert (transcript.exit_status, output.decode()) == (7, f"{text}x")


def test_the_end_of_another_command_is_not_taken() -> None:
    transcript = Transcript(MARK, print)
    transcript.feed(f"{MARK}:start\r\n{'2' * 32}:end:0;\r\n".encode())
    assert transcript.exit_status is None


def test_what_comes_after_the_end_is_left_out() -> None:
    output = bytearray()
    transcript = Transcript(MARK, output.extend)
    for piece in (":start\r\nout\r\n", ":end:0;\r\n", ":end:1;\r\n"):
        transcript.feed(f"{MARK}{piece}".encode())
    transcript.feed(b"late")
    assert (transcript.exit_status, bytes(output)) == (0, b"out\n")
