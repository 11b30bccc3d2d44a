"""Adds as many services as asked for to dev, and prints how many seconds they took, synthesis included."""

import sys
import time

from environments import load
from stacks.boot import boot

boot()

from constructs.bindings import App  # noqa: E402 - boot() comes before cdktf
from constructs.compute.fargate import Placement  # noqa: E402
from constructs.compute.roles import application_task_role  # noqa: E402
from constructs.compute.service import Application, Service  # noqa: E402
from constructs.exec_access import ExecAccess  # noqa: E402
from constructs.service_discovery import ServiceDiscovery  # noqa: E402

from stacks.platform import PlatformStack  # noqa: E402


def add_services(stack: PlatformStack, names: list[str]) -> None:
    """Give the stack a service per name, each with its role, its log group, its task definition and its DNS name."""
    environment = stack.environment
    discovery = ServiceDiscovery(
        stack,
        "more_services",
        namespace="more.local",
        services=names,
        prefix=environment.prefix,
        environment=environment.name,
        vpc=stack.network.vpc,
    )
    roles = {name: application_task_role(stack, name, prefix=environment.prefix) for name in names}
    exec_access = ExecAccess(
        stack,
        "more_exec",
        settings=environment.exec,
        prefix=environment.prefix,
        task_roles=roles,
        sessions=stack.exec_sessions,
    )
    network, security_groups = stack.network, stack.security_groups
    placement = Placement(stack.cluster, network.private_app_subnets, security_groups.backend, network.nat_routes)
    for name in names:
        Service(
            stack,
            name,
            settings=environment.services.backend,
            application=Application(health_path="/health", environment={"APP_ENV": environment.name}),
            prefix=environment.prefix,
            region=environment.region,
            log_retention_days=environment.log_retention_days,
            placement=placement,
            execution_role=stack.execution_role,
            task_role=roles[name],
            target_group=stack.load_balancer.backend,
            load_balancer=stack.load_balancer,
            discovery=discovery,
            exec_access=exec_access,
        )


def seconds(count: int) -> float:
    """Return how long a synthesis takes with so many services more."""
    app = App()
    started = time.perf_counter()
    add_services(PlatformStack(app, load("dev", variables={})), [f"more_{number}" for number in range(count)])
    app.synth()
    return time.perf_counter() - started


if __name__ == "__main__":
    seconds(0)  # loads the modules of Node that the first synthesis needs
    sys.stdout.write(f"{seconds(int(sys.argv[1])) - seconds(0)}\n")
