"""The platform of one environment: the only place where constructs are introduced to each other."""

from collections.abc import Mapping

from constructs.access_logs import AccessLogs
from constructs.alarm_topic import AlarmTopic
from constructs.bindings import Construct
from constructs.cdn import Cdn
from constructs.cluster import Cluster
from constructs.database import Database
from constructs.deployer import Deployer
from constructs.ecr_repositories import EcrRepositories
from constructs.exec_access import ExecAccess
from constructs.exec_operator import ExecOperatorPolicy
from constructs.exec_sessions import ExecSessions
from constructs.load_balancer import LoadBalancer
from constructs.network import Network
from constructs.security_groups import DATABASE, LOAD_BALANCER, SecurityGroups
from constructs.service_alarms import ServiceAlarms
from constructs.service_discovery import ServiceDiscovery
from constructs.services.application import application
from constructs.services.foundation import Foundation
from constructs.services.prometheus import prometheus
from constructs.services.roles import TaskExecutionRole, task_roles
from constructs.services.service import Kind, Service

from environments import Environment
from stacks.addresses import ReadableAddresses
from stacks.backend import configure_backend
from stacks.moves import add_moved_blocks
from stacks.outputs import publish_outputs
from stacks.providers import aws_provider, require_versions

KINDS: Mapping[str, Kind] = {"application": application, "prometheus": prometheus}


class PlatformStack(ReadableAddresses):
    """Everything that stands in one environment; the stack has the environment's name.

    https://developer.hashicorp.com/terraform/cdktf/concepts/stacks
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment.name)
        self.environment = environment
        configure_backend(self, environment)
        require_versions(self)
        aws_provider(self, "aws", environment, region=environment.region)
        us_east_1 = aws_provider(self, "us_east_1", environment, region="us-east-1", alias="us_east_1")

        network = Network(self, "network", environment)
        groups = SecurityGroups(self, "security_groups", environment, vpc=network.vpc)
        alarm_topic = AlarmTopic(self, "alarm_topic", environment)
        database = Database(
            self,
            "database",
            environment,
            network=network,
            security_group=groups.by_name[DATABASE],
            alarm_topic=alarm_topic,
        )
        repositories = EcrRepositories(self, "registry", environment)
        discovery = ServiceDiscovery(self, "service_discovery", environment, vpc=network.vpc)

        exec_sessions = ExecSessions(self, "exec_sessions", environment)
        cluster = Cluster(self, "cluster", environment, exec_sessions=exec_sessions)
        access_logs = AccessLogs(self, "access_logs", environment) if environment.access_logs else None
        load_balancer = LoadBalancer(
            self,
            "load_balancer",
            environment,
            network=network,
            security_group=groups.by_name[LOAD_BALANCER],
            access_logs=access_logs,
        )
        execution_role = TaskExecutionRole(self, "task_execution", environment, database=database)
        roles = task_roles(self, environment)
        exec_access = ExecAccess(self, "ecs_exec", environment, task_roles=roles, sessions=exec_sessions)

        foundation = Foundation(
            environment=environment,
            network=network,
            security_groups=groups,
            database=database,
            discovery=discovery,
            cluster=cluster,
            load_balancer=load_balancer,
            execution_role=execution_role,
            task_roles=roles,
            exec_access=exec_access,
        )
        services = {
            name: Service(self, name, foundation, KINDS[settings.kind])
            for name, settings in environment.services.items()
        }
        ServiceAlarms(
            self,
            "service_alarms",
            environment,
            topic=alarm_topic,
            cluster=cluster,
            load_balancer=load_balancer,
            services=services,
        )
        cdn = Cdn(self, "cdn", environment, load_balancer=load_balancer, us_east_1=us_east_1, access_logs=access_logs)
        deployer = Deployer(self, "delivery", environment, cluster=cluster, services=services)

        exec_operator = ExecOperatorPolicy(self, "exec_operator", environment)

        publish_outputs(
            self,
            foundation,
            services=services,
            repositories=repositories,
            cdn=cdn,
            deployer=deployer,
            exec_operator=exec_operator,
        )
        add_moved_blocks(self, environment)
