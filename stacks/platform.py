"""The platform of one environment: the only place where constructs are introduced to each other."""

from constructs import Construct
from constructs.bindings import (
    AwsProvider,
    AwsProviderDefaultTags,
    IamRole,
    LbTargetGroup,
    SecurityGroup,
)
from constructs.cdn import Cdn
from constructs.compute.applications import backend_application, frontend_application
from constructs.compute.cluster import Cluster
from constructs.compute.fargate import Placement
from constructs.compute.load_balancer import LoadBalancer
from constructs.compute.registry import Registry, repository_name
from constructs.compute.roles import TaskExecutionRole, application_task_role, prometheus_task_role
from constructs.compute.service import Application, Service
from constructs.database import Database
from constructs.delivery import Delivery
from constructs.exec_access import ExecAccess
from constructs.exec_sessions import ExecSessions
from constructs.network import Network
from constructs.observability.prometheus import Prometheus
from constructs.observability.scrape_config import scrape_config
from constructs.security_groups import SecurityGroups
from constructs.service_discovery import ServiceDiscovery

from environments import Environment
from environments.service import ServiceSettings
from stacks.addresses import ReadableAddresses
from stacks.moves import follow_moves
from stacks.outputs import publish_outputs
from stacks.state import keep_state

APPLICATIONS = ("backend", "frontend")

# Nothing is emitted that 5.100 does not know; which release is used, Terraform's lock file decides.
AWS_PROVIDER = {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}
TERRAFORM_VERSION = ">= 1.11"


class PlatformStack(ReadableAddresses):
    """Everything that stands in one environment; the stack has the environment's name.

    https://developer.hashicorp.com/terraform/cdktf/concepts/stacks
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, environment.name)
        self.environment = environment
        keep_state(self, environment)
        self._releases()
        self._provider("aws", region=environment.region)

        self.network = self._network()
        self.security_groups = self._security_groups()
        self.database = self._database()
        self.registry = self._registry()
        self.service_discovery = self._service_discovery()

        self.exec_sessions = self._exec_sessions()
        self.cluster = Cluster(self, "cluster", prefix=environment.prefix, exec_sessions=self.exec_sessions)
        self.load_balancer = self._load_balancer()
        self.execution_role = self._execution_role()
        self.task_roles = self._task_roles()
        self.exec_access = self._exec_access()

        self.backend = self._application(
            "backend",
            environment.services.backend,
            backend_application(environment=environment.name, database=self.database),
            self.security_groups.backend,
            self.load_balancer.backend,
        )
        self.frontend = self._application(
            "frontend",
            environment.services.frontend,
            frontend_application(environment=environment.name, load_balancer=self.load_balancer),
            self.security_groups.frontend,
            self.load_balancer.frontend,
        )
        self.prometheus = self._prometheus()
        self.cdn = self._cdn()
        self.delivery = self._delivery()
        publish_outputs(self)
        follow_moves(self, adopt_hcl=environment.state.adopt_hcl, zones=len(environment.network.zones))

    def _provider(self, id_: str, *, region: str, alias: str | None = None) -> AwsProvider:
        tags = {
            "Project": self.environment.project,
            "Environment": self.environment.name,
            "ManagedBy": "Terraform",
            "Repository": f"{self.environment.project}-platform",
            **self.environment.tags,
        }
        return AwsProvider(
            self,
            id_,
            alias=alias,
            region=region,
            # Credentials of another account are refused before anything is read or changed.
            allowed_account_ids=[self.environment.account_id],
            default_tags=[AwsProviderDefaultTags(tags=tags)],
        )

    def _releases(self) -> None:
        # The bindings name the ambiguous source "aws" and the one release that they were made from.
        self.add_override("terraform.required_providers.aws", AWS_PROVIDER)
        self.add_override("terraform.required_version", TERRAFORM_VERSION)

    def _network(self) -> Network:
        return Network(
            self,
            "network",
            settings=self.environment.network,
            prefix=self.environment.prefix,
            log_retention_days=self.environment.log_retention_days,
        )

    def _security_groups(self) -> SecurityGroups:
        return SecurityGroups(
            self,
            "security_groups",
            vpc=self.network.vpc,
            prefix=self.environment.prefix,
            backend_port=self.environment.services.backend.port,
            frontend_port=self.environment.services.frontend.port,
        )

    def _database(self) -> Database:
        return Database(
            self,
            "database",
            settings=self.environment.database,
            project=self.environment.project,
            environment=self.environment.name,
            subnets=self.network.private_db_subnets,
            security_group=self.security_groups.database,
        )

    def _registry(self) -> Registry | None:
        if not self.environment.registry.create_repositories:
            return None
        return Registry(self, "registry", project=self.environment.project, services=APPLICATIONS)

    def _service_discovery(self) -> ServiceDiscovery:
        return ServiceDiscovery(
            self,
            "service_discovery",
            namespace=self.environment.namespace,
            services=[*APPLICATIONS, "prometheus"],
            prefix=self.environment.prefix,
            environment=self.environment.name,
            vpc=self.network.vpc,
        )

    def _exec_sessions(self) -> ExecSessions:
        return ExecSessions(
            self,
            "exec_sessions",
            encrypted=self.environment.exec.encrypted,
            prefix=self.environment.prefix,
            region=self.environment.region,
            account_id=self.environment.account_id,
            log_retention_days=self.environment.log_retention_days,
        )

    def _load_balancer(self) -> LoadBalancer:
        return LoadBalancer(
            self,
            "load_balancer",
            settings=self.environment.load_balancer,
            services=self.environment.services,
            prefix=self.environment.prefix,
            vpc=self.network.vpc,
            subnets=self.network.public_subnets,
            security_group=self.security_groups.alb,
        )

    def _execution_role(self) -> TaskExecutionRole:
        return TaskExecutionRole(
            self, "task_execution", prefix=self.environment.prefix, secret_arn=self.database.secret_arn
        )

    def _task_roles(self) -> dict[str, IamRole]:
        prefix = self.environment.prefix
        roles = {name: application_task_role(self, name, prefix=prefix) for name in APPLICATIONS}
        return {**roles, "prometheus": prometheus_task_role(self, prefix=prefix)}

    def _exec_access(self) -> ExecAccess:
        return ExecAccess(
            self,
            "ecs_exec",
            settings=self.environment.exec,
            prefix=self.environment.prefix,
            task_roles=self.task_roles,
            sessions=self.exec_sessions,
        )

    def _application(
        self,
        name: str,
        settings: ServiceSettings,
        application: Application,
        security_group: SecurityGroup,
        target_group: LbTargetGroup,
    ) -> Service:
        return Service(
            self,
            name,
            settings=settings,
            application=application,
            prefix=self.environment.prefix,
            region=self.environment.region,
            log_retention_days=self.environment.log_retention_days,
            placement=self._placement(security_group),
            execution_role=self.execution_role,
            task_role=self.task_roles[name],
            target_group=target_group,
            load_balancer=self.load_balancer,
            discovery=self.service_discovery,
            exec_access=self.exec_access,
        )

    def _prometheus(self) -> Prometheus:
        return Prometheus(
            self,
            "prometheus",
            settings=self.environment.prometheus,
            config=scrape_config(
                environment=self.environment.name,
                platform=self.environment.project,
                backend_dns_name=self.service_discovery.dns_name("backend"),
                frontend_dns_name=self.service_discovery.dns_name("frontend"),
            ),
            prefix=self.environment.prefix,
            region=self.environment.region,
            log_retention_days=self.environment.log_retention_days,
            placement=self._placement(self.security_groups.prometheus),
            efs_security_group=self.security_groups.efs,
            task_role=self.task_roles["prometheus"],
            discovery=self.service_discovery,
            exec_access=self.exec_access,
        )

    def _cdn(self) -> Cdn:
        return Cdn(
            self,
            "cdn",
            settings=self.environment.cdn,
            domains=self.environment.domains,
            project=self.environment.project,
            environment=self.environment.name,
            load_balancer=self.load_balancer.resource,
            us_east_1=self._provider("us_east_1", region="us-east-1", alias="us_east_1"),
        )

    def _delivery(self) -> Delivery:
        services = (self.backend, self.frontend)
        return Delivery(
            self,
            "delivery",
            settings=self.environment.delivery,
            prefix=self.environment.prefix,
            region=self.environment.region,
            account_id=self.environment.account_id,
            repositories=[repository_name(self.environment.project, name) for name in APPLICATIONS],
            cluster=self.cluster.resource,
            services=[service.resource for service in services],
            task_definitions=[service.task_definition for service in services],
            passed_roles=[self.execution_role.resource, *(self.task_roles[name] for name in APPLICATIONS)],
        )

    def _placement(self, security_group: SecurityGroup) -> Placement:
        return Placement(self.cluster, self.network.private_app_subnets, security_group, self.network.nat_routes)
