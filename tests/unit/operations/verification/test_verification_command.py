"""The command line: 0 if nothing failed, 1 if a check failed, 2 if one could not be made; and no traceback."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from environments import Environment, load, names
from operations.command_line import main
from operations.verification import command
from operations.verification.checks import AUDIT, CHECKS
from operations.verification.command import exit_status
from operations.verification.findings import Status
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import ALL_ON, Seeded

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have credentials, and ECS Exec on."""
    for name, value in (ALL_ON | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def environment() -> Environment:
    """All of dev, which the command loads."""
    return load("dev", variables=ALL_ON)


@pytest.fixture
def inside(
    monkeypatch: pytest.MonkeyPatch, container: Container, prometheus_port: int, dev: Seeded, internet: None
) -> Container:
    """Run what is meant for ECS Exec in a container of this machine."""
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    monkeypatch.setattr(command, "run_command", container)
    assert dev
    assert internet is None
    return container


@pytest.mark.usefixtures("inside")
def test_all_checks_pass_on_a_platform_that_works(capsys: Capture) -> None:
    assert main(["verify", "dev"]) == 0
    title, *lines, _, summary = capsys.readouterr().out.splitlines()
    assert title == "dev in account 123456789012, us-east-1"
    assert {tuple(line.split()[:2]) for line in lines if not line.startswith(" ")} == {
        ("PASS", check.name) for check in (*CHECKS, AUDIT)
    }
    assert summary.startswith("11 checks: 11 passed, 0 warned, 0 skipped, 0 failed; ")


@pytest.mark.usefixtures("inside")
def test_one_failed_check_among_good_ones_is_status_1(dev: Seeded, capsys: Capture) -> None:
    dev.log("level=error msg=oops")
    assert main(["verify", "dev", "--check", "logs", "--check", "service"]) == 1
    services = len(dev.environment.services)
    assert f"FAIL   logs           2 lines of {services} services read, 1 error\n" in capsys.readouterr().out


@pytest.mark.usefixtures("inside")
def test_chosen_checks_run_alone_and_bring_the_audit_along(capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--check", "http"]) == 0
    words = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("PASS")]
    assert sorted(words) == ["exec", "http", "service"]


@pytest.mark.usefixtures("inside")
def test_warnings_and_skips_do_not_fail(dev: Seeded, capsys: Capture) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    assert main(["verify", "dev"]) == 0
    assert "9 passed, 2 warned, 0 skipped, 0 failed" in capsys.readouterr().out


def test_backend_without_exec_is_skipped_with_its_toggle(
    inside: Container, dev: Seeded, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inside
    monkeypatch.delenv("DEV__EXEC__BACKEND")
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    assert main(["verify", "dev"]) == 0
    out = capsys.readouterr().out
    assert "SKIP   dns            not checked\n      - ECS Exec is off for backend\n" in out
    assert "10 passed, 0 warned, 1 skipped, 0 failed" in out
    assert "DEV__EXEC__BACKEND=true" in out


@pytest.mark.usefixtures("inside")
def test_strict_fails_what_warned(dev: Seeded) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    assert main(["verify", "dev", "--strict"]) == 1


@pytest.mark.usefixtures("inside")
def test_strict_passes_a_platform_that_works() -> None:
    assert main(["verify", "dev", "--strict"]) == 0


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("code", ["ThrottlingException", "ExpiredTokenException", "AccessDeniedException"])
def test_call_refused_midway_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture, code: str) -> None:
    call = BaseClient._make_api_call  # noqa: SLF001 - where AWS's answers arrive

    def refuse(client: BaseClient, name: str, request: dict[str, object]) -> object:
        if name == "DescribeDBInstances":
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, name)
        return call(client, name, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)
    assert main(["verify", "dev", "--check", "database", "--check", "service"]) == 2
    assert f"AWS refused DescribeDBInstances: {code}: no" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("statuses", "strict", "expected"),
    [
        ([Status.PASS, Status.WARN, Status.SKIP], False, 0),
        ([Status.PASS], True, 0),
        ([Status.PASS, Status.WARN], True, 1),
        ([Status.PASS, Status.SKIP], True, 1),
        ([Status.FAIL, Status.PASS], False, 1),
        ([Status.PASS, Status.ERROR], False, 2),
        ([Status.FAIL, Status.ERROR], False, 2),
    ],
)
def test_exit_status_follows_from_the_checks(statuses: list[Status], strict: bool, expected: int) -> None:
    assert exit_status(statuses, strict=strict) == expected


@pytest.mark.usefixtures("inside")
def test_since_leaves_an_older_error_out(dev: Seeded) -> None:
    dev.grow_old(timedelta(days=2))
    dev.log("level=error msg=transient", service="backend", ago=timedelta(days=1))
    assert main(["verify", "dev", "--check", "logs"]) == 1
    assert main(["verify", "dev", "--check", "logs", "--since", "2h"]) == 0


@pytest.mark.parametrize("time", ["soon", "-1h", "30", "2026-13-01", "2999-01-01"])
def test_since_that_is_no_time_before_now_is_status_2(time: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["verify", "dev", f"--since={time}"])
    assert caught.value.code == 2
    assert f"argument --since: {time} is " in capsys.readouterr().err


@pytest.mark.usefixtures("inside")
def test_json_is_all_of_stdout(capsys: Capture) -> None:
    assert main(["verify", "dev", "--json", "--check", "service"]) == 0
    captured = capsys.readouterr()
    assert [check["check"] for check in json.loads(captured.out)["checks"]] == ["service"]
    assert "PASS   service" in captured.err


@pytest.mark.usefixtures("inside")
def test_json_has_every_check(capsys: Capture) -> None:
    assert main(["verify", "dev", "--json"]) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {check["check"] for check in checks} == {check.name for check in (*CHECKS, AUDIT)}


@pytest.mark.usefixtures("inside")
def test_junit_is_written_beside_the_lines(tmp_path: Path, capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--junit", str(tmp_path / "junit.xml")]) == 0
    assert (tmp_path / "junit.xml").read_text().count("<testcase ") == 1
    assert "PASS   service" in capsys.readouterr().out


@pytest.mark.usefixtures("inside")
def test_junit_file_that_cannot_be_written_is_status_2(tmp_path: Path, capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--junit", str(tmp_path / "no" / "junit.xml")]) == 2
    assert capsys.readouterr().err.endswith("junit.xml cannot be written: No such file or directory\n")


def last_line(capsys: Capture) -> str:
    """Return the complaint, which comes after the overrides in force."""
    return capsys.readouterr().err.splitlines()[-1]


def test_unknown_environment_is_status_2(capsys: Capture) -> None:
    assert main(["verify", "devv"]) == 2
    assert last_line(capsys) == f"environments: unknown environment devv; did you mean dev? Known: {', '.join(names())}"


def test_no_credentials_are_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["verify", "dev"]) == 2
    assert last_line(capsys) == "no AWS credentials: Unable to locate credentials; log in, or set AWS_PROFILE"


def test_unknown_profile_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert main(["verify", "dev"]) == 2
    assert "no-such-profile" in capsys.readouterr().err


def test_unreachable_aws_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["verify", "dev"]) == 2
    assert last_line(capsys).startswith("AWS cannot be reached: ")


def test_aws_that_never_answers_is_status_2_at_the_deadline(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert main(["verify", "dev", "--timeout", "0.5"]) == 2
    assert last_line(capsys) == "AWS did not answer within 0.5 s; give it more with --timeout"


@pytest.mark.usefixtures("dev")
def test_other_account_is_status_2(capsys: Capture) -> None:
    assert main(["verify", "prod"]) == 2
    assert capsys.readouterr().err.startswith(
        "the credentials are of account 123456789012, prod belongs to 210987654321; "
    )


def test_environment_that_is_not_deployed_is_status_2(dev: Seeded, capsys: Capture) -> None:
    ecs = boto3.client("ecs", region_name=dev.environment.region)
    for service in dev.environment.desired_counts:
        name = dev.environment.service_name(service)
        ecs.delete_service(cluster=dev.environment.cluster_name, service=name, force=True)
    assert main(["verify", "staging"]) == 2
    assert "staging" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon", "1e9"])
def test_timeout_that_is_none_is_status_2(seconds: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["verify", "dev", f"--timeout={seconds}"])
    assert caught.value.code == 2
    assert f"{seconds} is not a number of seconds; choose up to 3600" in capsys.readouterr().err
