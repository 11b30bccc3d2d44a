"""Outputs are kept up to a limit, or shown one after the other and at once where they can be."""

import io
from contextlib import ExitStack

import pytest

from operations.ecs_exec import output
from operations.ecs_exec.output import KeptOutput, ShownOutput
from operations.ecs_exec.targets import Target


def target(name: str) -> Target:
    return Target("dev", {"taskArn": f"arn:aws:ecs:us-east-1:1:task/dev/{name}"}, "app")


def test_a_huge_output_is_cut_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_KEPT_BYTES", 5)
    kept = KeptOutput()
    with kept as sink:
        for piece in (b"abc", b"def", b"g"):
            sink(piece)
    assert kept.text == "abcde\n[2 more bytes were left out]\n"


def test_outputs_are_shown_one_after_the_other() -> None:
    shown, announced = io.BytesIO(), []
    outputs = ShownOutput(shown, lambda each: announced.append((each.task_id, shown.getvalue())))
    with ExitStack() as second, ExitStack() as first:
        one, two = (stack.enter_context(outputs.open(target(name))) for stack, name in ((first, "1"), (second, "2")))
        two(b"two ")
        one(b"one ")
        first.close()
        two(b"more")
    assert shown.getvalue() == b"one two more"
    assert announced == [("1", b""), ("2", b"one ")]


def test_what_is_shown_first_appears_at_once() -> None:
    shown = io.BytesIO()
    with ShownOutput(shown, print).open(target("1")) as sink:
        sink(b"now")
        assert shown.getvalue() == b"now"


def test_an_output_that_ended_while_it_waited_is_shown() -> None:
    shown = io.BytesIO()
    outputs = ShownOutput(shown, print)
    with outputs.open(target("1")):
        for name in ("2", "3"):
            with outputs.open(target(name)) as sink:
                sink(name.encode())
    assert shown.getvalue() == b"23"
