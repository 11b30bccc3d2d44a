"""The checks of a deployed environment, in the order in which they are reported."""

from collections.abc import Callable
from typing import NamedTuple

from operations.verification.audit import audit_exec
from operations.verification.checks.cdn import check_cdn
from operations.verification.checks.cloud_map import check_cloud_map
from operations.verification.checks.database import check_database
from operations.verification.checks.dns import check_dns
from operations.verification.checks.http import check_http
from operations.verification.checks.load_balancer import check_load_balancer
from operations.verification.checks.logs import check_logs
from operations.verification.checks.public import check_public
from operations.verification.checks.service import check_service
from operations.verification.checks.task import check_task
from operations.verification.findings import Seen
from operations.verification.platform import Platform


class Check(NamedTuple):
    """A check by its name; one ``through_exec`` is made inside a container, after the audit of ECS Exec.

    The question is what ``--help`` shows beside the name, on one line of 80 columns.
    """

    name: str
    question: str
    run: Callable[[Platform], Seen]
    through_exec: bool = False


CHECKS = (
    Check("service", "services run what they should; no rollback", check_service),
    Check("task", "every container is in the state it should be in", check_task),
    Check("logs", "Prometheus has started; no service logs errors", check_logs),
    Check("cloud-map", "every task is registered, with its address", check_cloud_map),
    Check("http", "Prometheus is healthy and scrapes every task", check_http, through_exec=True),
    Check("dns", "Prometheus is reached by its name", check_dns, through_exec=True),
    Check("load-balancer", "it forwards to every service; targets are healthy", check_load_balancer),
    Check("database", "it is available", check_database),
    Check("cdn", "it is deployed; its certificate is valid", check_cdn),
    Check("public", "the domain answers requests from this machine", check_public),
)
AUDIT = Check("exec", "ECS Exec has what it needs, and exposes no more", audit_exec)
