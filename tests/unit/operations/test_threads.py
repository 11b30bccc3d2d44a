"""Calls run side by side, and answer in order."""

from threading import Barrier

import pytest

from operations.threads import side_by_side


def test_calls_run_side_by_side_and_answer_in_order() -> None:
    """Each waits for all others: one after another they would never end."""
    everyone = Barrier(3, timeout=5)

    def meet(item: int) -> int:
        everyone.wait()
        return -item

    assert side_by_side(meet, [1, 2, 3]) == [-1, -2, -3]


def test_error_of_a_call_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 // item, [1, 0])


def test_no_item_is_no_call() -> None:
    assert side_by_side(str, []) == []
