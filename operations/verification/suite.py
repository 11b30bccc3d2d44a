"""Runs the checks: side by side, those through ECS Exec after its audit, all within one deadline."""

import time
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from botocore.exceptions import BotoCoreError, ClientError

from operations.ecs_exec.run_command import ExecUnavailableError
from operations.verification.checks import AUDIT, Check
from operations.verification.findings import CannotCheckError, Finding, Result, Seen, Status
from operations.verification.platform import SECONDS_TO_END, Platform


def run_checks(platform: Platform, chosen: Sequence[Check], report: Callable[[Result], None]) -> list[Result]:
    """Run the chosen checks, reporting each as it ends; return the results in the order of the checks.

    A check that has no answer at the deadline fails. Interrupted, sessions inside containers get a moment to end.
    """
    through_exec = [check for check in chosen if check.through_exec]
    at_once = [check for check in chosen if check not in (AUDIT, *through_exec)]
    if through_exec or AUDIT in chosen:
        at_once.append(AUDIT)
    results = {}
    for result in _results(platform, at_once, through_exec):
        results[result.check] = result
        report(result)
    return [results[check.name] for check in (*at_once, *through_exec)]


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
    except CannotCheckError as error:
        return Seen("not checked", {}, (error.finding,))
    except ExecUnavailableError as error:
        return _failed("exec", str(error))
    except ClientError as error:
        answer = error.response["Error"]
        reason = f"AWS refused {error.operation_name}: {answer['Code']}: {answer.get('Message', '')}"
        return _failed("aws", reason)
    except BotoCoreError as error:
        return _failed("aws", f"AWS could not be asked: {error}")
    except Exception as error:  # noqa: BLE001 - a fault of ours fails this check alone, and is no traceback to a user
        return _failed("fault", f"the check itself broke ({type(error).__name__}: {error}); please report it")


def _failed(id_: str, reason: str) -> Seen:
    return Seen("not checked", {}, (Finding(Status.FAIL, id_, reason),))


def _too_late(check: str, seconds: float) -> Result:
    return Result(check, _failed("deadline", "no answer within the deadline; give more with --timeout"), seconds)
