"""Ctrl-C in a review, at the moments that no test of the whole command can choose."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from operations.review.reviewing import Reviews
from operations.review.verdict import EnvironmentReview
from operations.terraform import Interruption


class InterruptedInSubmit(ThreadPoolExecutor):
    """As Python does when Ctrl-C comes while a thread starts: the thread runs, and the caller does not know it."""

    def submit(self, function: Callable[..., Any], /, *_: object, **__: object) -> Future[Any]:
        self.begun = super().submit(function)
        raise KeyboardInterrupt


def test_a_review_that_ctrl_c_cut_off_does_nothing() -> None:
    reviewed: list[str] = []

    def review() -> EnvironmentReview:
        reviewed.append("dev")
        return EnvironmentReview("dev")

    threads = InterruptedInSubmit()
    with pytest.raises(KeyboardInterrupt):
        Reviews(threads, Interruption()).begin(review)
    assert str(threads.begun.exception()) == "stopped"
    assert reviewed == []


def test_a_process_that_starts_during_ctrl_c_is_interrupted() -> None:
    interruption = Interruption()
    interruption.interrupt()
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(sleep, stderr=subprocess.DEVNULL, text=True) as process,  # noqa: S603 - ours
        interruption.reaches(process),
    ):
        assert process.wait(30) != 0
