"""What every check is given: the environment's settings, what runs of it, and the ways to ask more."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

from environments import Environment
from environments.overrides import variable_of
from operations.aws.clients import Clients
from operations.ecs_exec.run_command import Outcome
from operations.verification.deployed import Deployed
from operations.verification.findings import CannotCheckError, Finding, Status

SECONDS_TO_END = 2
"""What a session inside a container is given to end in, at the deadline and at Ctrl-C."""

ExecuteCommand = Callable[..., list[Outcome]]
"""The shape of ``operations.ecs_exec.run_command.run_command``."""


@dataclass(frozen=True)
class Platform:
    """One deployed environment, until a deadline (of ``time.monotonic``, in seconds)."""

    environment: Environment
    clients: Clients
    deployed: Mapping[str, Deployed]
    execute: ExecuteCommand
    deadline: float
    stop: Event = field(default_factory=Event)
    """Set once no answer is awaited any more: commands inside containers must end."""
    since: datetime | None = None
    """From when on logs are read; None for the start of each service's running deployment."""

    @property
    def scrapers(self) -> tuple[str, ...]:
        """The services that scrape others; the main container of each has its name."""
        return self.environment.scrapers

    @property
    def scrapers_by_client(self) -> Mapping[str, tuple[str, ...]]:
        """For each service that connects to scrapers, those that it must find by their names."""
        connections = {
            name: tuple(scraper for scraper in self.scrapers if scraper in self.environment.services[name].connects_to)
            for name in self.deployed
        }
        return {name: scrapers for name, scrapers in connections.items() if scrapers}

    def scraped_by(self, scraper: str) -> tuple[str, ...]:
        """Return the services that a scraper has a job for, itself among them."""
        return (*self.environment.metrics_paths, scraper)

    @property
    def public_services(self) -> tuple[str, ...]:
        """The services behind the load balancer."""
        return tuple(self.environment.public_services)

    @property
    def public_paths(self) -> tuple[str, ...]:
        """A path of each public service that answers when the service works."""
        return tuple(each.health_check.path for each in self.environment.public_services.values())

    @property
    def remaining_seconds(self) -> float:
        """How long is left for whatever starts now."""
        return self.deadline - time.monotonic()

    @property
    def file(self) -> str:
        """Where the environment's settings are, as a person finds it."""
        return f"environments/{self.environment.name}.toml"

    def exec_is_wanted(self, service: str) -> bool:
        """Whether the settings have ECS Exec on for the service."""
        return service in self.environment.exec.enabled

    def exec_runs(self, service: str) -> bool:
        """Whether a running task was started with ECS Exec on; what the service or a file says now is no proof."""
        return any(task.get("enableExecuteCommand") for task in self.deployed[service].tasks)

    def no_scraper(self) -> Finding:
        """Return the finding of an environment without a scraper."""
        return Finding(
            Status.SKIP,
            "scrapers.none",
            f"no service of {self.environment.name} is a Prometheus, which this asks",
            f'add a service with kind = "prometheus" to {self.file}, then cdktf deploy {self.environment.name}',
        )

    def require_tasks(self, service: str) -> None:
        """Raise CannotCheckError if no task of the deployed revision runs."""
        deployed = self.deployed[service]
        if deployed.tasks:
            return
        if deployed.service and not deployed.service["desiredCount"]:
            raise CannotCheckError(
                Finding(
                    Status.SKIP,
                    f"{service}.not-wanted",
                    f"{service}: desired_count is 0",
                    f"raise services.{service}.desired_count in {self.file}, then cdktf deploy {self.environment.name}",
                )
            )
        raise CannotCheckError(
            Finding(Status.FAIL, f"{service}.no-task", f"{service}: no task of the deployed revision runs")
        )

    def exec_is_off(self, service: str) -> Finding:
        """Return the finding of a service whose running tasks have ECS Exec off, with the toggle that switches it on.

        If the settings have it on and the tasks do not, something was not deployed: a warning, not a skip.
        """
        name = self.environment.name
        if self.exec_is_wanted(service):
            return Finding(
                Status.WARN,
                f"{service}.exec-off",
                f"{service}: exec.{service} is on in the settings, but the running task started without ECS Exec",
                f"cdktf deploy {name}, which replaces its tasks",
            )
        return Finding(
            Status.SKIP,
            f"{service}.exec-off",
            f"ECS Exec is off for {service}",
            f"switch on exec.{service} in {self.file}, or for one deploy: {self._for_one_deploy(service)}",
        )

    def _for_one_deploy(self, service: str) -> str:
        name = self.environment.name
        if self.environment.protected:
            return f"python -m operations break-glass {name} {service}"
        return f"{variable_of(name, 'exec', service)}=true cdktf deploy {name}"
