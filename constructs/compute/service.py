"""An application behind the load balancer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs import Construct

from environments.service import ServiceSettings

from ..bindings import (
    CloudwatchLogGroup,
    EcsService,
    EcsServiceLoadBalancer,
    EcsServiceServiceRegistries,
    EcsTaskDefinition,
    IamRole,
    ITerraformDependable,
    LbTargetGroup,
)
from ..exec_access import ExecAccess
from ..service_discovery import ServiceDiscovery
from .autoscaling import Autoscaling
from .container import Container, HealthCheck, LogDriver
from .fargate import Deployment, Placement, fargate_service, task_definition
from .load_balancer import LoadBalancer
from .roles import TaskExecutionRole


@dataclass(frozen=True)
class Application:
    """What the service's own code decides: where it tells its health, and which variables it reads.

    ``secrets`` name environment variables and the ARNs their values come from.
    """

    health_path: str
    environment: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)


class Service(Construct):
    """A service on Fargate that is reached through the load balancer and, inside the VPC, by its DNS name.

    The environment decides image, size, count, autoscaling, Spot and the circuit breaker. Revisions that CI/CD deploys
    are kept: Terraform registers task definitions, but does not move the running service to them. Another name or a
    change of Spot replaces the service.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: ServiceSettings,
        application: Application,
        prefix: str,
        region: str,
        log_retention_days: int,
        placement: Placement,
        execution_role: TaskExecutionRole,
        task_role: IamRole,
        target_group: LbTargetGroup,
        load_balancer: LoadBalancer,
        discovery: ServiceDiscovery,
        exec_access: ExecAccess,
    ) -> None:
        super().__init__(scope, id_)
        self._name = id_
        self._settings = settings
        self._prefix = prefix
        self._execute_command = exec_access.enabled(id_)

        self.log_group = self._log_group(log_retention_days)
        log_driver = LogDriver(self.log_group, stream_prefix=id_, region=region)
        self.task_definition = self._task_definition(application, log_driver, execution_role.resource, task_role)
        self.resource = self._service(
            placement, target_group, discovery, [*load_balancer.routes, *execution_role.grants, *exec_access.grants]
        )
        if settings.autoscaling:
            Autoscaling(
                self,
                "autoscaling",
                settings=settings.autoscaling,
                prefix=prefix,
                application=id_,
                service=self.resource,
                cluster=placement.cluster,
                load_balancer=load_balancer,
                target_group=target_group,
            )

    def _log_group(self, retention_days: int) -> CloudwatchLogGroup:
        return CloudwatchLogGroup(
            self,
            "log_group",
            name=f"/ecs/{self._prefix}/{self._name}",
            retention_in_days=retention_days,
            tags=self._tags("logs"),
        )

    def _task_definition(
        self, application: Application, log_driver: LogDriver, execution_role: IamRole, task_role: IamRole
    ) -> EcsTaskDefinition:
        container = Container(
            name=self._name,
            image=self._settings.image,
            log_driver=log_driver,
            port=self._settings.port,
            environment=application.environment,
            secrets=application.secrets,
            health_check=HealthCheck(_ask_with_node(self._settings.port, application.health_path)),
            init_process_enabled=self._execute_command,
        )
        return task_definition(
            self,
            "task_definition",
            settings=self._settings,
            family=f"{self._prefix}-{self._name}",
            containers=[container],
            execution_role=execution_role,
            task_role=task_role,
            tags=self._tags("task"),
        )

    def _service(
        self,
        placement: Placement,
        target_group: LbTargetGroup,
        discovery: ServiceDiscovery,
        depends_on: Sequence[ITerraformDependable],
    ) -> EcsService:
        return fargate_service(
            self,
            "service",
            name=f"{self._prefix}-{self._name}",
            desired_count=self._settings.desired_count,
            task=self.task_definition,
            placement=placement,
            registry=EcsServiceServiceRegistries(
                registry_arn=discovery.service_arn(self._name),
                container_name=self._name,
                container_port=self._settings.port,
            ),
            target=EcsServiceLoadBalancer(
                target_group_arn=target_group.arn, container_name=self._name, container_port=self._settings.port
            ),
            health_check_grace_period_seconds=60,
            execute_command=self._execute_command,
            deployment=Deployment(rollback=self._settings.circuit_breaker, by_ci=True),
            spot=self._settings.capacity_provider == "FARGATE_SPOT",
            autoscaled=self._settings.autoscaling is not None,
            tags=self._tags("service"),
            depends_on=depends_on,
        )

    def _tags(self, kind: str) -> dict[str, str]:
        return {"Name": f"{self._prefix}-{self._name}-{kind}", "Application": self._name, "Module": "compute"}


def _ask_with_node(port: int, path: str) -> list[str]:
    # The images have no curl.
    script = (
        f"require('http').get('http://localhost:{port}{path}', "
        "(response) => process.exit(response.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"
    )
    return ["CMD", "node", "-e", script]
