"""Calls side by side, none of which the process waits for at its end."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def side_by_side(function: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Call a function with every item, each in a thread; return the answers in order, or raise the first error.

    Python joins the threads of a ThreadPoolExecutor when it ends: a call that hangs would hold up a command whose time
    is over.
    """
    futures: list[Future[Answer]] = []
    for item in items:
        futures.append(Future())
        Thread(target=_call, args=[futures[-1], function, item], daemon=True).start()
    return [future.result() for future in futures]


def within(seconds: float, function: Callable[[], Answer]) -> Answer:
    """Return what a function returns; raises TimeoutError if it takes longer, and leaves it to itself."""
    future: Future[Answer] = Future()
    Thread(target=_call, args=[future, lambda _: function(), None], daemon=True).start()
    return future.result(max(seconds, 0))


def _call(future: "Future[Answer]", function: Callable[[Item], Answer], item: Item) -> None:
    try:
        future.set_result(function(item))
    except Exception as error:  # noqa: BLE001 - whoever waits for the answer gets it
        future.set_exception(error)
