"""One environment: everything that differs between dev, staging and prod."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from environments.alarms import AlarmsSettings
from environments.application import ApplicationSettings
from environments.arns import Arns
from environments.base import (
    Boolean,
    FaultBelow,
    Settings,
    decided,
    domain_name,
    format_value,
    look_alike,
    matching,
    nearest,
    raise_all,
)
from environments.cdn import CdnSettings, Domain
from environments.database import DatabaseSettings
from environments.delivery import DeliverySettings
from environments.exec_access import RESERVED_KEYS, ExecSettings
from environments.load_balancer import LoadBalancerSettings
from environments.log_retention import RetentionDays
from environments.names import too_long, too_long_of_services
from environments.network import NetworkSettings
from environments.protection import SECTIONS, unprotected
from environments.registry import RegistrySettings
from environments.rules import RuleExceptions
from environments.services import ServiceName, ServiceSettings, crowded_rules, faults_between, public
from environments.state import StateSettings
from environments.tags import TagKey, TagValue
from environments.words import WORDS, WORDS_ADVICE

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
_MOST_TAGS = 3


class Environment(Settings):
    """Everything an environment decides; its name is its file's name, and its stack's.

    `protected` demands what keeps data, and who may get at it, from a mistake: deletion protection, Multi-AZ, a week
    of backups, access logs, ECS Exec with a reason and an end only, encrypted and by the minimal policy, and CI/CD
    without keys. It changes no resource.

    `tags` are added to every resource; `log_retention_days` holds for every log, but for that of ECS Exec's sessions if
    `exec.log_retention_days` is given; `rule_exceptions` say what may break which rule, and why. `access_logs` makes a
    bucket to which load balancer and CDN log each request; empty it before you switch that off, because AWS deletes no
    other. Changing
    `name` or `project` renames and so replaces nearly everything; changing `region` or `account_id` means another
    platform.
    """

    # Order matters: a rule sees what was validated above it.
    name: Annotated[str, matching(WORDS, "an environment's name", f"rename the file: {WORDS_ADVICE}")]
    project: Annotated[str, matching(WORDS, "a project's name", WORDS_ADVICE)] = Field(examples=["davidshaevel"])
    region: Annotated[str, matching(r"[a-z]{2}(-[a-z]+){1,3}-\d", "an AWS region", "give one such as us-east-1")] = (
        Field(examples=["us-east-1"])
    )
    account_id: Annotated[str, matching(r"[0-9]{12}", "an AWS account id", "give its 12 digits in quotes")] = Field(
        examples=["123456789012"]
    )
    domain: Domain = Field(examples=["davidshaevel.com"])
    namespace: Annotated[str, domain_name("a private domain", "davidshaevel.local")] = Field(
        examples=["davidshaevel.local"]
    )
    protected: Boolean = False
    tags: dict[TagKey, TagValue] = Field(default_factory=dict)
    log_retention_days: RetentionDays = 7
    access_logs: Boolean = False
    network: NetworkSettings
    database: DatabaseSettings
    load_balancer: LoadBalancerSettings
    services: dict[ServiceName, ServiceSettings] = Field(default_factory=dict)
    exec: ExecSettings = ExecSettings()
    alarms: AlarmsSettings = AlarmsSettings()
    registry: RegistrySettings
    cdn: CdnSettings = CdnSettings()
    delivery: DeliverySettings = DeliverySettings()
    state: StateSettings = StateSettings()
    rule_exceptions: RuleExceptions = Field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The start of nearly every resource's name."""
        return f"{self.name}-{self.project}"

    @property
    def arns(self) -> Arns:
        """The ARNs of its account and region."""
        return Arns.of(self.region, self.account_id)

    @property
    def domains(self) -> tuple[str, str]:
        """The names under which users reach it: the domain, and `www.` before it."""
        return self.domain, f"www.{self.domain}"

    @property
    def cluster_name(self) -> str:
        """The name of the ECS cluster."""
        return f"{self.prefix}-cluster"

    @property
    def exec_log_retention_days(self) -> int:
        """How many days the log of ECS Exec's sessions is kept."""
        return self.exec.log_retention_days or self.log_retention_days

    @property
    def state_key(self) -> str:
        """Where its Terraform state is, in the bucket of its state."""
        return f"{self.name}/terraform.tfstate"

    @property
    def autoscaled(self) -> frozenset[str]:
        """The services whose task count AWS decides, within the bounds of their autoscaling."""
        return frozenset(name for name, service in self.services.items() if service.autoscaling)

    @property
    def desired_counts(self) -> dict[str, int]:
        """How many tasks each service should run; its keys are all services of ECS, which jobs are not."""
        return {name: each.desired_count for name, each in self.services.items() if not each.schedule}

    @property
    def public_services(self) -> dict[str, ApplicationSettings]:
        """The services that users reach through the load balancer."""
        return public(self.services)

    @property
    def listeners(self) -> tuple[str, ...]:
        """The services that others can connect to, by their DNS names."""
        return tuple(name for name, service in self.services.items() if service.port)

    @property
    def jobs(self) -> dict[str, str]:
        """The services that run only at times, with their schedules."""
        return {name: service.schedule for name, service in self.services.items() if service.schedule}

    @property
    def metrics_paths(self) -> dict[str, str]:
        """The services that are scraped for their metrics, with the paths of those."""
        return {name: service.metrics_path for name, service in self.services.items() if service.metrics_path}

    @property
    def scrapers(self) -> tuple[str, ...]:
        """The services that scrape others for their metrics."""
        return tuple(name for name, service in self.services.items() if service.kind == "prometheus")

    def service_name(self, service: str) -> str:
        """Return the name of a service in ECS."""
        return f"{self.prefix}-{service}"

    def dns_name(self, service: str) -> str:
        """Return the name under which a service is found inside the VPC."""
        return f"{service}.{self.namespace}"

    @field_validator("name")
    @classmethod
    def _no_reserved_name(cls, name: str) -> str:
        if name.partition("-")[0] == "internal":
            raise ValueError(f"{format_value(name)} cannot start a load balancer's name, AWS keeps it; rename the file")
        return name

    @field_validator("project")
    @classmethod
    def _names_within_limits(cls, project: str, info: ValidationInfo) -> str:
        if name := info.data.get("name"):
            raise_all(*too_long(name, project))
        return project

    @field_validator("services")
    @classmethod
    def _services_that_fit_together(
        cls, services: dict[str, ServiceSettings], info: ValidationInfo
    ) -> dict[str, ServiceSettings]:
        load_balancer = info.data.get("load_balancer")
        crowded = crowded_rules(services) if load_balancer and load_balancer.cloudfront_only else ()
        raise_all(*faults_between(services), *crowded)
        if "name" in info.data and "project" in info.data:
            raise_all(*too_long_of_services(info.data["name"], info.data["project"], services))
        return services

    @field_validator("services", mode="before")
    @classmethod
    def _names_known_to_exec(cls, services: object, info: ValidationInfo) -> object:
        # Also of a service that is wrong: its toggle is not, and must not be reported as unknown.
        if isinstance(services, dict):
            decided(info)["services"] = list(services)
        return services

    @field_validator(*SECTIONS)
    @classmethod
    def _as_protected_as_it_says(cls, settings: Settings, info: ValidationInfo) -> Settings:
        section = str(info.field_name)
        faults = list(_unknown_toggles(settings, decided(info).get("services")))
        if info.data.get("protected"):
            faults += unprotected(section, settings, access_logs=bool(info.data.get("access_logs")))
        raise_all(*faults)
        return settings

    @field_validator("region", "account_id")
    @classmethod
    def _known_to_the_sections(cls, value: str, info: ValidationInfo) -> str:
        decided(info)[str(info.field_name)] = value
        return value

    @field_validator("tags")
    @classmethod
    def _no_more_than_an_object_takes(cls, tags: dict[str, str]) -> dict[str, str]:
        if len(tags) > _MOST_TAGS:
            raise ValueError(
                f"{len(tags)} given, but the configuration's S3 object takes 10, of which the platform gives it 7; "
                f"choose {_MOST_TAGS} or fewer"
            )
        return tags

    @field_validator("tags")
    @classmethod
    def _keys_apart_without_case(cls, tags: dict[str, str]) -> dict[str, str]:
        raise_all(
            *(
                f"the keys {' and '.join(twins)} differ only in their case, which IAM refuses; keep one"
                for key in dict.fromkeys(map(str.lower, tags))
                if len(twins := [tag for tag in tags if tag.lower() == key]) > 1
            )
        )
        return tags


def _unknown_toggles(settings: Settings, services: object) -> Iterator[FaultBelow]:
    if isinstance(settings, ExecSettings) and isinstance(services, list):
        known = [*map(format_value, services), *RESERVED_KEYS]
        for name in settings.toggles:
            if name not in services:
                yield FaultBelow((name,), f"unknown key{look_alike(name)}; {nearest(name, known)}")
