"""A command runs in a job's task while one runs; otherwise one line says that none does."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from operations.aws.clients import Clients
from operations.ecs_exec.run_command import ExecUnavailableError
from operations.ecs_exec.targets import Destination, find_targets
from tests.unit.local_cloud.ecs_platform import client, create_service

# Whatever starts its tasks, they are found by their family.
JOB = Destination("dev", "dev-backend", is_job=True)


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """Clients of a cluster in which nothing runs."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client("ecs").create_cluster(clusterName="dev")
        yield Clients(boto3.Session(region_name="us-east-1"))


def test_a_running_task_of_a_job_is_found_by_its_family(clients: Clients) -> None:
    create_service(serviceName="runner", enableExecuteCommand=True)
    assert {target.container for target in find_targets(clients, JOB)} == {"backend"}


def test_a_job_that_does_not_run_now_says_so_in_one_line(clients: Clients) -> None:
    with pytest.raises(ExecUnavailableError, match="dev-backend is a job, and no task of it runs now; try again"):
        find_targets(clients, JOB)


def test_a_job_that_started_with_exec_off_says_so(clients: Clients) -> None:
    create_service(serviceName="runner")
    with pytest.raises(ExecUnavailableError, match="switch it on for the service and deploy, for its next run"):
        find_targets(clients, JOB)


def test_a_job_of_no_cluster_says_so(clients: Clients) -> None:
    with pytest.raises(ExecUnavailableError, match="there is no cluster prod"):
        find_targets(clients, replace(JOB, cluster="prod"))
