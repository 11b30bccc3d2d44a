"""The Prometheus server: its configuration, its volume, its roles, its task and its service."""

from collections.abc import Sequence

from constructs import Construct

from environments.prometheus import PrometheusSettings

from ..bindings import (
    CloudwatchLogGroup,
    EcsService,
    EcsServiceServiceRegistries,
    EcsTaskDefinition,
    EcsTaskDefinitionVolume,
    EcsTaskDefinitionVolumeEfsVolumeConfiguration,
    IamPolicy,
    IamRole,
    IamRolePolicyAttachment,
    ITerraformDependable,
    SecurityGroup,
)
from ..compute.container import Container, LogDriver
from ..compute.fargate import Deployment, Placement, fargate_service, task_definition
from ..compute.roles import EXECUTION_POLICY_ARN
from ..exec_access import ExecAccess
from ..iam import ECS_TASKS, policy, service_role
from ..service_discovery import ServiceDiscovery
from .containers import PORT, SERVER, VOLUME, config_sync, server
from .storage import ConfigBucket, DataVolume

# The old task must let go of the TSDB's lock before the new one can start. So Spot is no choice here: no second task
# goes on meanwhile, and an interruption would be a gap in the samples until the next one has the lock and its log read.
ONE_WRITER = Deployment(minimum_healthy_percent=0, maximum_percent=200, rollback=True)


class Prometheus(Construct):
    """A Prometheus server on Fargate that keeps its samples on EFS and reads its configuration from S3.

    The environment decides image, size, retention (in days) and whether it runs: one task or none, because two would
    corrupt the TSDB. Another name replaces the service; the samples stay.

    https://prometheus.io/docs/prometheus/latest/storage/
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: PrometheusSettings,
        config: str,
        prefix: str,
        region: str,
        log_retention_days: int,
        placement: Placement,
        efs_security_group: SecurityGroup,
        task_role: IamRole,
        discovery: ServiceDiscovery,
        exec_access: ExecAccess,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._prefix = prefix
        self._execute_command = exec_access.enabled(SERVER)

        self.config = ConfigBucket(self, "config", prefix=prefix, content=config)
        self.volume = DataVolume(
            self,
            "data",
            transition_to_ia_days=settings.transition_to_ia_days,
            prefix=prefix,
            subnets=placement.subnets,
            security_group=efs_security_group,
        )
        self.log_group = self._log_group(log_retention_days)
        execution_role = self._execution_role()
        self.task_definition = self._task_definition(self._containers(region), execution_role, task_role)
        grants = [self._may_start_tasks(execution_role), self._may_read_config(task_role), *exec_access.grants]
        self.resource = self._service(placement, discovery, grants)

    def _log_group(self, retention_days: int) -> CloudwatchLogGroup:
        return CloudwatchLogGroup(
            self,
            "log_group",
            name=f"/ecs/{self._prefix}/{SERVER}",
            retention_in_days=retention_days,
            tags={**self._tags("logs"), "Application": SERVER},
        )

    def _may_read_config(self, task_role: IamRole) -> IamRolePolicyAttachment:
        bucket = self.config.resource
        may_read = IamPolicy(
            self,
            "read_config",
            name_prefix=f"{self._prefix}-prometheus-s3-config-",
            description="Allow Prometheus ECS tasks to read configuration from S3",
            policy=policy(
                {"actions": ["s3:ListBucket"], "resources": [bucket.arn]},
                {"actions": ["s3:GetObject"], "resources": [f"{bucket.arn}/*"]},
            ),
            tags=self._tags("s3-config-policy"),
        )
        return IamRolePolicyAttachment(self, "read_config_attachment", role=task_role.name, policy_arn=may_read.arn)

    def _execution_role(self) -> IamRole:
        return service_role(
            self,
            "execution",
            service=ECS_TASKS,
            name_prefix=f"{self._prefix}-prometheus-exec-",
            tags=self._tags("execution-role"),
        )

    def _may_start_tasks(self, role: IamRole) -> IamRolePolicyAttachment:
        return IamRolePolicyAttachment(self, "execution_attachment", role=role.name, policy_arn=EXECUTION_POLICY_ARN)

    def _containers(self, region: str) -> list[Container]:
        return [
            config_sync(self._settings, config=self.config, log_driver=LogDriver(self.log_group, "init", region)),
            server(
                self._settings,
                log_driver=LogDriver(self.log_group, SERVER, region),
                init_process_enabled=self._execute_command,
            ),
        ]

    def _task_definition(
        self, containers: Sequence[Container], execution_role: IamRole, task_role: IamRole
    ) -> EcsTaskDefinition:
        volume = EcsTaskDefinitionVolume(
            name=VOLUME,
            efs_volume_configuration=EcsTaskDefinitionVolumeEfsVolumeConfiguration(
                file_system_id=self.volume.resource.id, transit_encryption="ENABLED"
            ),
        )
        return task_definition(
            self,
            "task_definition",
            settings=self._settings,
            family=f"{self._prefix}-{SERVER}",
            containers=containers,
            volumes=[volume],
            execution_role=execution_role,
            task_role=task_role,
            tags=self._tags("task"),
        )

    def _service(
        self, placement: Placement, discovery: ServiceDiscovery, grants: Sequence[ITerraformDependable]
    ) -> EcsService:
        return fargate_service(
            self,
            "service",
            name=f"{self._prefix}-{SERVER}",
            desired_count=self._settings.desired_count,
            task=self.task_definition,
            placement=placement,
            registry=EcsServiceServiceRegistries(
                registry_arn=discovery.service_arn(SERVER), container_name=SERVER, container_port=PORT
            ),
            deployment=ONE_WRITER,
            execute_command=self._execute_command,
            tags=self._tags("service"),
            # Else a task would start before it can mount its volume, or before its configuration is there to read.
            depends_on=[*self.volume.mount_targets, self.config.object, *grants],
        )

    def _tags(self, kind: str) -> dict[str, str]:
        return {"Name": f"{self._prefix}-{SERVER}-{kind}", "Module": "observability"}
