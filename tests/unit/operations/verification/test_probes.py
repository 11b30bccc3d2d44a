"""Several probes share one script; whatever the image has, their answers and exit statuses come out apart."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from operations.ecs_exec.targets import Destination
from operations.verification.checks.probes import Answer, answers, script
from tests.unit.operations.verification.container import Container

MARK = "0123456789abcdef"


def run(container: Container, **probes: str) -> Mapping[str, Answer]:
    (outcome,) = container(None, Destination("dev", "backend", "backend"), script(probes, MARK))
    return answers(outcome.output, MARK)


def test_each_probe_has_its_own_text_and_status(container: Container) -> None:
    found = run(container, good="echo one; echo two", bad="echo oops >&2; (exit 3)", silent="true")
    assert found == {"good": Answer("one\ntwo", 0), "bad": Answer("oops", 3), "silent": Answer("", 0)}


def test_text_without_a_line_end_keeps_its_status(container: Container) -> None:
    assert run(container, version="printf 2.45")["version"] == Answer("2.45", 0)


def test_output_that_is_cut_off_has_no_status() -> None:
    assert answers(f"{MARK} targets\r\n{{", MARK) == {"targets": Answer("{", None)}
    assert answers(f"{MARK} targets\r\n{{\r\n{MARK} ", MARK) == {"targets": Answer("{", None)}
    assert answers("", MARK) == {}


def test_trouble_is_said_in_a_few_words() -> None:
    assert Answer("fine", 0).trouble == ""
    assert Answer("no\nhost", 6).trouble == "no host (exit status 6)"
    assert Answer("", 2).trouble == "exit status 2"
    assert Answer("{", None).trouble == "{ (the answer was cut off)"


@pytest.mark.parametrize("tool", ["curl", "wget", "node"])
def test_page_is_fetched_with_what_the_image_has(container: Container, prometheus_port: int, tool: str) -> None:
    container.install(tool)
    found = run(
        container,
        page=f"fetch http://127.0.0.1:{prometheus_port}/-/healthy",
        missing=f"fetch http://127.0.0.1:{prometheus_port}/missing",
        refused="fetch http://127.0.0.1:1/",
    )
    assert found["page"] == Answer("Prometheus Server is Healthy.", 0)
    assert found["missing"].status
    assert found["refused"].status


@pytest.mark.parametrize("tool", ["getent", "node"])
def test_name_is_resolved_with_what_the_image_has(container: Container, tool: str) -> None:
    container.install(tool)
    found = run(container, there="resolve localhost", missing="resolve no-such-name.invalid")
    assert found["there"].status == 0
    assert found["there"].text.split()[0] in ("127.0.0.1", "::1")
    assert found["missing"].status


def test_a_name_is_resolved_with_nslookup_as_a_last_resort(container: Container) -> None:
    container.write("nslookup", 'echo "Address: 10.0.11.4 of $1"')
    assert run(container, name="resolve prometheus.local")["name"] == Answer(
        "Address: 10.0.11.4 of prometheus.local", 0
    )


def test_image_without_any_tool_says_so(container: Container) -> None:
    found = run(container, page="fetch http://127.0.0.1/", name="resolve localhost")
    assert found["page"] == Answer("the image has no curl, wget or node", 127)
    assert found["name"] == Answer("the image has no getent, node or nslookup", 127)


def test_script_is_plain_posix_shell(tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(script({"page": "fetch http://127.0.0.1/"}, MARK))
    subprocess.run(["/bin/sh", "-n", file], check=True)  # noqa: S603 - a file of this test
