"""The command line: 0 when nothing failed, 1 when a check failed, 2 when it could not run; and no traceback."""

import json
from pathlib import Path

import boto3
import pytest

from operations.command_line import main
from operations.verification import command
from tests.unit.operations.verification.container import Container
from tests.unit.operations.verification.seeded import ALL_ON, Seeded

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have credentials, and ECS Exec on."""
    for name, value in (ALL_ON | {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, container: Container, prometheus_port: int, dev: Seeded) -> Container:
    """Run what is meant for ECS Exec in a container of this machine."""
    container.install("curl").lead(prometheus_port).write("getent", 'echo "127.0.0.1 $2"')
    monkeypatch.setattr(command, "run_command", container)
    assert dev
    return container


@pytest.mark.usefixtures("inside")
def test_all_checks_pass_on_a_platform_that_works(capsys: Capture) -> None:
    assert main(["verify", "dev"]) == 0
    title, *lines, _, summary = capsys.readouterr().out.splitlines()
    assert title == "dev in account 123456789012, us-east-1"
    assert {tuple(line.split()[:2]) for line in lines if not line.startswith(" ")} == {
        ("PASS", name) for name in ("service", "task", "logs", "cloud-map", "exec", "http", "dns")
    }
    assert summary.startswith("7 checks: 7 passed, 0 warned, 0 skipped, 0 failed; ")


@pytest.mark.usefixtures("inside")
def test_one_failed_check_among_good_ones_is_status_1(dev: Seeded, capsys: Capture) -> None:
    dev.log("level=error msg=oops")
    assert main(["verify", "dev", "--check", "logs", "--check", "service"]) == 1
    assert "FAIL  logs       2 lines read, 1 error\n" in capsys.readouterr().out


@pytest.mark.usefixtures("inside")
def test_chosen_checks_run_alone_and_bring_the_audit_along(capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--check", "http"]) == 0
    words = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("PASS")]
    assert sorted(words) == ["exec", "http", "service"]


@pytest.mark.usefixtures("inside")
def test_warnings_and_skips_do_not_fail(dev: Seeded, capsys: Capture) -> None:
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    assert main(["verify", "dev"]) == 0
    assert "5 passed, 2 warned, 0 skipped, 0 failed" in capsys.readouterr().out


def test_backend_without_exec_is_skipped_with_its_toggle(
    inside: Container, dev: Seeded, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inside
    monkeypatch.delenv("DEV__EXEC__BACKEND")
    dev.update("backend", enableExecuteCommand=False, forceNewDeployment=True)
    assert main(["verify", "dev"]) == 0
    out = capsys.readouterr().out
    assert "SKIP  dns        not checked\n      - ECS Exec is off for backend\n" in out
    assert "6 passed, 0 warned, 1 skipped, 0 failed" in out
    assert "DEV__EXEC__BACKEND=true" in out


@pytest.mark.usefixtures("inside")
def test_json_is_all_of_stdout(capsys: Capture) -> None:
    assert main(["verify", "dev", "--json", "--check", "service"]) == 0
    captured = capsys.readouterr()
    assert [check["check"] for check in json.loads(captured.out)["checks"]] == ["service"]
    assert "PASS  service" in captured.err


@pytest.mark.usefixtures("inside")
def test_junit_is_written_beside_the_lines(tmp_path: Path, capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--junit", str(tmp_path / "junit.xml")]) == 0
    assert (tmp_path / "junit.xml").read_text().count("<testcase ") == 1
    assert "PASS  service" in capsys.readouterr().out


@pytest.mark.usefixtures("inside")
def test_junit_file_that_cannot_be_written_is_status_2(tmp_path: Path, capsys: Capture) -> None:
    assert main(["verify", "dev", "--check", "service", "--junit", str(tmp_path / "no" / "junit.xml")]) == 2
    assert capsys.readouterr().err.endswith("junit.xml cannot be written: No such file or directory\n")


def test_unknown_environment_is_status_2(capsys: Capture) -> None:
    assert main(["verify", "devv"]) == 2
    assert capsys.readouterr().err == (
        "environments: unknown environment devv; did you mean dev? Known: dev, prod, staging\n"
    )


def test_no_credentials_are_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["verify", "dev"]) == 2
    assert capsys.readouterr().err == ("no AWS credentials: Unable to locate credentials; log in, or set AWS_PROFILE\n")


def test_unknown_profile_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    assert main(["verify", "dev"]) == 2
    assert "no-such-profile" in capsys.readouterr().err


def test_unreachable_aws_is_status_2(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["verify", "dev"]) == 2
    assert capsys.readouterr().err.startswith("AWS cannot be reached: ")


@pytest.mark.usefixtures("dev")
def test_other_account_is_status_2(capsys: Capture) -> None:
    assert main(["verify", "prod"]) == 2
    assert capsys.readouterr().err.startswith(
        "the credentials are of account 123456789012, prod belongs to 210987654321; "
    )


def test_environment_that_is_not_deployed_is_status_2(dev: Seeded, capsys: Capture) -> None:
    ecs = boto3.client("ecs", region_name=dev.environment.region)
    for service in ("backend", "frontend", "prometheus"):
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
