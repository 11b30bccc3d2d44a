"""A wrapped command, run by a real shell, comes back with its own output and its real exit status."""

import shlex
import subprocess

import pytest

from operations.ecs_exec.data_channel import Transcript, command, wrap


def ran(text: str, piece: int = 1000) -> Transcript:
    wrapped, transcript = wrap(text)
    process = subprocess.run(shlex.split(wrapped), capture_output=True, check=False, input=b"typed")  # noqa: S603 - the command under test
    output = process.stdout.replace(b"\n", b"\r\n")  # as a terminal does
    for start in range(0, len(output), piece):
        transcript.feed(output[start : start + piece])
    return transcript


@pytest.mark.parametrize("status", [0, 1, 2, 125, 127, 255])
def test_the_exit_status_is_the_commands_own(status: int) -> None:
    assert ran(f"exit {status}").exit_status == status


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
        ("printf '\\377'", "\N{REPLACEMENT CHARACTER}"),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_the_output_is_the_commands_own(text: str, output: str, piece: int) -> None:
    transcript = ran(text, piece)
    assert (transcript.exit_status, transcript.output) == (0, output)


def test_a_syntax_error_is_the_commands_failure_not_ours() -> None:
    transcript = ran("echo 'unfinished")
    assert transcript.exit_status == 2
    assert "nterminated" in transcript.output


def test_a_command_that_kills_its_session_has_no_known_status() -> None:
    transcript = ran("echo before; kill -9 $PPID")
    assert (transcript.exit_status, transcript.output) == (None, "before\n")


def test_a_command_that_prints_the_wrapping_does_not_end_it() -> None:
    transcript = ran("tr '\\0' ' ' </proc/$PPID/cmdline; exit 3")
    assert transcript.exit_status == 3
    assert ":end:%s;" in transcript.output


def test_the_end_of_another_command_is_not_taken() -> None:
    transcript = Transcript("1" * 32)
    transcript.feed(b"1" * 32 + b":start\r\n" + b"2" * 32 + b":end:0;\r\n")
    assert transcript.exit_status is None


def test_what_comes_after_the_end_is_left_out() -> None:
    transcript = Transcript("1" * 32)
    for piece in (b":start\r\nout\r\n", b":end:0;\r\n", b":end:1;\r\n"):
        transcript.feed(b"1" * 32 + piece)
    transcript.feed(b"late")
    assert (transcript.exit_status, transcript.output) == (0, "out\n")


def test_a_huge_output_is_cut_and_its_end_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_KEPT_BYTES", 2000)
    transcript = ran("seq 1000; exit 7")
    assert transcript.exit_status == 7
    assert transcript.output.startswith("1\n2\n3\n")
    assert "more bytes were left out" in transcript.output
    assert len(transcript.output) < 2100
