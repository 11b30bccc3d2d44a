"""Errors are counted once each, in the formats of Go, Node and Python."""

import pytest

from operations.verification.checks.log_errors import error_starts

NODE = """\
TypeError: Cannot read properties of undefined (reading 'id')
    at handler (/app/server.js:10:5)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  [cause]: Error: connect ECONNREFUSED 10.0.21.5:5432
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
}"""
UNCAUGHT = """\
/app/server.js:1
throw new Error("boom")
^

Error: boom
    at Object.<anonymous> (/app/server.js:1:7)

Node.js v20.11.0"""
PYTHON = """\
Traceback (most recent call last):
  File "/app/main.py", line 1, in <module>
    main()
ValueError: boom"""
CHAINED = f"""\
{PYTHON}

During handling of the above exception, another exception occurred:

{PYTHON}"""
GO = """\
panic: runtime error: index out of range [5] with length 3 [recovered]
\tpanic: again

goroutine 1 [running]:
main.main()
\t/app/main.go:5 +0x1d
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3285 +0x4b4

goroutine 18 [chan receive]:
main.worker(0xc000012345)
\t/app/worker.go:9 +0x25
exit status 2"""
SERVED = """\
2026/01/01 00:00:00 http: panic serving 10.0.11.4:5: boom
goroutine 18 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1947 +0xbe
panic({0x1, 0x2})
\t/usr/local/go/src/runtime/panic.go:785 +0x132"""


def starts(text: str) -> list[str]:
    return [line for _, line in error_starts((None, line) for line in text.split("\n"))]


@pytest.mark.parametrize(
    "line",
    [
        "ts=2026-01-01T00:00:00Z level=error msg=oops",
        'level="ERROR" msg=oops',
        "time=x severity=fatal msg=oops",
        '{"level":"error","msg":"oops"}',
        '{"severity":"CRITICAL","message":"oops"}',
        '{"level":50,"msg":"oops"}',
        '  {"level":60,"msg":"oops"}',
    ],
)
def test_line_with_a_level_of_error_or_worse_counts(line: str) -> None:
    assert starts(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        'level=warn msg="no level is error here"',
        "sublevel=error",
        "level=errors_total",
        '{"level":"info","msg":"level=error was fixed","error":"none"}',
        '{"level":40,"msg":"oops"}',
        '{"level":true}',
        '{"level":null}',
        '{"level":"error"',
        "[1, 2]",
        "Error: 0 rows changed",
    ],
)
def test_line_of_another_level_does_not_count(line: str) -> None:
    assert starts(line) == []


@pytest.mark.parametrize(
    ("trace", "first"),
    [
        (NODE, "TypeError: Cannot read properties of undefined (reading 'id')"),
        (UNCAUGHT, "Error: boom"),
        (PYTHON, "Traceback (most recent call last):"),
        (CHAINED, "Traceback (most recent call last):"),
        (GO, "panic: runtime error: index out of range [5] with length 3 [recovered]"),
        (SERVED, "2026/01/01 00:00:00 http: panic serving 10.0.11.4:5: boom"),
    ],
    ids=["node", "node uncaught", "python", "python chained", "go", "go served"],
)
def test_stack_trace_counts_once(trace: str, first: str) -> None:
    assert starts(f"listening\n{trace}\nlistening again") == [first]


@pytest.mark.parametrize("trace", [NODE, UNCAUGHT, PYTHON, CHAINED, GO, SERVED])
def test_same_trace_twice_counts_twice(trace: str) -> None:
    assert len(starts(f"{trace}\nlistening\n{trace}")) == 2


@pytest.mark.parametrize("trace", [PYTHON, GO, "    at handler (/app/server.js:10:5)"])
def test_trace_after_an_errors_line_belongs_to_it(trace: str) -> None:
    assert starts(f"level=error msg=oops\n{trace}") == ["level=error msg=oops"]


def test_two_errors_after_each_other_count_twice() -> None:
    assert len(starts("level=error msg=a\nlevel=error msg=b")) == 2


def test_frame_at_the_start_of_what_is_read_counts() -> None:
    assert starts("    at handler (/app/server.js:10:5)") == ["    at handler (/app/server.js:10:5)"]


def test_whatever_came_with_a_line_comes_back_with_it() -> None:
    assert list(error_starts([(1, "fine"), (2, "level=error")])) == [(2, "level=error")]
