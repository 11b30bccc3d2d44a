"""The ECS cluster that all services run in."""

from environments import Environment

from .bindings import (
    Construct,
    EcsCluster,
    EcsClusterCapacityProviders,
    EcsClusterCapacityProvidersDefaultCapacityProviderStrategy,
    EcsClusterConfiguration,
    EcsClusterConfigurationExecuteCommandConfiguration,
    EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration,
    EcsClusterSetting,
)
from .exec_sessions import ExecSessions


class Cluster(Construct):
    """A Fargate cluster with Container Insights that logs its ECS Exec sessions.

    Changing the name replaces the cluster and every service in it.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_cluster
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment, *, exec_sessions: ExecSessions) -> None:
        super().__init__(scope, id_)
        self.resource = self._cluster(environment, exec_sessions)
        self.capacity_providers = self._capacity_providers()

    def _cluster(self, environment: Environment, exec_sessions: ExecSessions) -> EcsCluster:
        return EcsCluster(
            self,
            "cluster",
            name=environment.cluster_name,
            setting=[EcsClusterSetting(name="containerInsights", value="enabled")],
            configuration=EcsClusterConfiguration(
                execute_command_configuration=self._execute_command_configuration(exec_sessions)
            ),
            tags={"Name": f"{environment.prefix}-ecs-cluster", "Module": "compute"},
        )

    def _execute_command_configuration(
        self, exec_sessions: ExecSessions
    ) -> EcsClusterConfigurationExecuteCommandConfiguration:
        return EcsClusterConfigurationExecuteCommandConfiguration(
            logging="OVERRIDE",
            kms_key_id=exec_sessions.key.arn if exec_sessions.key else None,
            log_configuration=EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration(
                cloud_watch_log_group_name=exec_sessions.log_group.name,
                cloud_watch_encryption_enabled=exec_sessions.key is not None,
            ),
        )

    def _capacity_providers(self) -> EcsClusterCapacityProviders:
        return EcsClusterCapacityProviders(
            self,
            "capacity_providers",
            cluster_name=self.resource.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[
                EcsClusterCapacityProvidersDefaultCapacityProviderStrategy(
                    capacity_provider="FARGATE", weight=1, base=1
                )
            ],
        )
