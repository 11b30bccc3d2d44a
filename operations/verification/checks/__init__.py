"""The six checks of a deployed environment, in the order in which they are reported."""

from collections.abc import Callable
from typing import NamedTuple

from operations.verification.audit import audit_exec
from operations.verification.checks.cloud_map import check_cloud_map
from operations.verification.checks.dns import check_dns
from operations.verification.checks.http import check_http
from operations.verification.checks.logs import check_logs
from operations.verification.checks.service import check_service
from operations.verification.checks.task import check_task
from operations.verification.findings import Seen
from operations.verification.platform import Platform


class Check(NamedTuple):
    """A check by its name; ``through_exec`` where it is made inside a container: ECS Exec is audited before it."""

    name: str
    question: str
    run: Callable[[Platform], Seen]
    through_exec: bool = False


CHECKS = (
    Check("service", "every service is active, runs what it should and has completed its rollout", check_service),
    Check("task", "every container of every task is in the state that it should be in", check_task),
    Check("logs", "Prometheus has started, and logs no error", check_logs),
    Check("cloud-map", "every task is registered under its service's name", check_cloud_map),
    Check("http", "Prometheus is healthy, ready and scrapes its targets", check_http, through_exec=True),
    Check("dns", "the backend reaches Prometheus by its name", check_dns, through_exec=True),
)
AUDIT = Check("exec", "ECS Exec has all that it needs, for each service that has it on", audit_exec)
