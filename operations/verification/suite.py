"""Runs the checks: side by side, those through ECS Exec after its audit, all within one deadline."""

import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from operations.verification.checks import AUDIT, Check
from operations.verification.faults import could_not_check
from operations.verification.findings import Finding, Result, Seen, Status
from operations.verification.platform import SECONDS_TO_END, Platform


def run_checks(platform: Platform, chosen: Sequence[Check], report: Callable[[Result], None]) -> list[Result]:
    """Run the chosen checks, reporting each as it ends; return the results in the order of the checks.

    A check that has no answer at the deadline ends as an error. If interrupted, sessions inside containers get a moment
    to end.
    """
    through_exec = [check for check in chosen if check.through_exec]
    at_once = [check for check in chosen if check not in (AUDIT, *through_exec)]
    if through_exec or AUDIT in chosen:
        at_once.append(AUDIT)
    results = {}
    for result in _results(platform, at_once, through_exec):
        results[result.check] = result
        report(result)
    brought_along = [AUDIT] if AUDIT in at_once and AUDIT not in chosen else []
    return [results[check.name] for check in (*brought_along, *chosen)]


def _results(platform: Platform, at_once: Sequence[Check], through_exec: Sequence[Check]) -> Iterator[Result]:
    done: SimpleQueue[Result] = SimpleQueue()
    waiting = [check.name for check in (*at_once, *through_exec)]
    sessions: list[Thread] = []
    started = time.monotonic()
    _start(at_once, platform, done)
    try:
        while waiting:
            try:
                result = done.get(timeout=max(platform.remaining_seconds, 0))
            except Empty:
                yield from (_too_late(name, time.monotonic() - started) for name in waiting)
                return
            waiting.remove(result.check)
            yield result
            if result.check == AUDIT.name:
                sessions = _start(through_exec, platform, done)
    finally:
        platform.stop.set()
        for session in sessions:
            session.join(SECONDS_TO_END)


def _start(checks: Sequence[Check], platform: Platform, done: "SimpleQueue[Result]") -> list[Thread]:
    # Daemons: the process does not wait for a call that nobody answers.
    threads = [Thread(target=lambda check=check: done.put(run_check(check, platform)), daemon=True) for check in checks]
    for thread in threads:
        thread.start()
    return threads


def run_check(check: Check, platform: Platform) -> Result:
    """Run one check to its result; nothing that it meets is raised."""
    started = time.monotonic()
    seen = _seen(check, platform)
    return Result(check.name, seen, time.monotonic() - started)


def _seen(check: Check, platform: Platform) -> Seen:
    try:
        return check.run(platform)
    except Exception as error:  # noqa: BLE001 - whatever stops a check is its finding, and no traceback to a user
        return Seen("not checked", {}, (could_not_check(error),))


def _too_late(check: str, seconds: float) -> Result:
    reason = "no answer within the deadline"
    finding = Finding(Status.ERROR, "deadline", reason, "give it more time with --timeout")
    return Result(check, Seen("not checked", {}, (finding,)), seconds)
