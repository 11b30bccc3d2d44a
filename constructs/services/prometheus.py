"""The kind of service that scrapes the others: a Prometheus server, its configuration and its volume."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from environments.prometheus import PrometheusSettings

from ..bindings import (
    EcsTaskDefinitionVolume,
    EcsTaskDefinitionVolumeEfsVolumeConfiguration,
    IamPolicy,
    IamRole,
    IamRolePolicyAttachment,
)
from ..iam import ECS_TASKS, policy, service_role
from .container import Container
from .prometheus_containers import VOLUME, config_sync, server
from .roles import EXECUTION_POLICY
from .storage import ConfigBucket, DataVolume
from .workload import Deployment, Workload

if TYPE_CHECKING:
    from .service import Service

# The old task must release the TSDB's lock before the new one can start. So Spot is no choice here: no second task goes
# on meanwhile, and an interruption would be a gap in the samples until the next one has the lock and its log read.
ONE_WRITER = Deployment(
    minimum_healthy_percent=0,
    maximum_percent=100,
    rollback=True,
    health_check_grace_period_seconds=60,
    zone_rebalancing=False,
)


def prometheus(service: "Service", settings: PrometheusSettings) -> Workload:
    """Return the workload of a server that keeps its samples on EFS and reads its configuration from S3.

    The environment decides image, size, retention (in days) and whether it runs: one task or none, because two would
    corrupt the TSDB. Renaming the service replaces its bucket and its file system, and loses the samples.

    https://prometheus.io/docs/prometheus/latest/storage/
    """
    config = ConfigBucket(service, "config", service=service)
    volume = DataVolume(service, "data", settings, service=service)
    execution_role = _execution_role(service)
    return Workload(
        containers=list(_containers(service, settings, config)),
        execution_role=execution_role,
        waits_for=[
            # A task can start only once it can mount its volume and read its configuration.
            *volume.mount_targets,
            config.object,
            _may_start_tasks(service, execution_role),
            _may_read_config(service, config),
        ],
        deployment=ONE_WRITER,
        volumes=[_volume(volume)],
        outputs={"config_bucket": config.resource.bucket, "log_group": service.log_group.name},
    )


def _containers(service: "Service", settings: PrometheusSettings, config: ConfigBucket) -> Iterator[Container]:
    yield config_sync(settings, config=config, log_driver=service.log_driver("init"))
    yield server(
        service.name,
        settings,
        log_driver=service.log_driver(service.name),
        init_process_enabled=service.execute_command,
    )


def _volume(volume: DataVolume) -> EcsTaskDefinitionVolume:
    on_efs = EcsTaskDefinitionVolumeEfsVolumeConfiguration(
        file_system_id=volume.resource.id, transit_encryption="ENABLED"
    )
    return EcsTaskDefinitionVolume(name=VOLUME, efs_volume_configuration=on_efs)


def _execution_role(service: "Service") -> IamRole:
    return service_role(
        service,
        "execution",
        service.foundation.environment,
        trusted=ECS_TASKS,
        name_prefix=f"{service.full_name}-exec-",
        tags=service.tags("execution-role"),
    )


def _may_start_tasks(service: "Service", role: IamRole) -> IamRolePolicyAttachment:
    policy_arn = service.foundation.environment.arns.aws_managed_policy(EXECUTION_POLICY)
    return IamRolePolicyAttachment(service, "execution_attachment", role=role.name, policy_arn=policy_arn)


def _may_read_config(service: "Service", config: ConfigBucket) -> IamRolePolicyAttachment:
    bucket = config.resource
    may_read = IamPolicy(
        service,
        "read_config",
        name_prefix=f"{service.full_name}-s3-config-",
        # AWS cannot change a description in place.
        description="Allow Prometheus ECS tasks to read configuration from S3",
        policy=policy(
            {
                "sid": "AllowPrometheusConfigRead",
                "actions": ["s3:GetObject", "s3:GetObjectVersion"],
                "resources": [f"{bucket.arn}/*"],
            },
            {"sid": "AllowBucketList", "actions": ["s3:ListBucket"], "resources": [bucket.arn]},
        ),
        tags=service.tags("s3-config-policy"),
    )
    return IamRolePolicyAttachment(
        service, "read_config_attachment", role=service.task_role.name, policy_arn=may_read.arn
    )
