"""What a service is built on: the settings, and the parts of the platform that all services share."""

from collections.abc import Mapping
from dataclasses import dataclass

from environments import Environment

from ..bindings import IamRole
from ..cluster import Cluster
from ..database import Database
from ..exec_access import ExecAccess
from ..load_balancer import LoadBalancer
from ..network import Network
from ..security_groups import SecurityGroups
from ..service_discovery import ServiceDiscovery
from .roles import TaskExecutionRole


@dataclass(frozen=True)
class Foundation:
    """Constructs that stand before the first service; none of them changes when a service is added after it."""

    environment: Environment
    network: Network
    security_groups: SecurityGroups
    database: Database
    discovery: ServiceDiscovery
    cluster: Cluster
    load_balancer: LoadBalancer
    execution_role: TaskExecutionRole
    task_roles: Mapping[str, IamRole]
    exec_access: ExecAccess
