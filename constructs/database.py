"""The PostgreSQL database, its monitoring role and its alarms."""

from environments import Environment

from .alarm_topic import AlarmTopic
from .bindings import (
    CloudwatchMetricAlarm,
    Construct,
    DbInstance,
    DbParameterGroup,
    DbParameterGroupParameter,
    DbSubnetGroup,
    IamRole,
    IamRolePolicyAttachment,
    SecurityGroup,
    TerraformResourceLifecycle,
)
from .iam import Trusted, service_role
from .network import Network

GIB = 1024**3
MIB = 1024**2

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
MONITORING = Trusted("monitoring.rds.amazonaws.com", ("rds", "db:*"))


class Database(Construct):
    """An encrypted, private PostgreSQL instance with its password in Secrets Manager, and four alarms on it.

    The environment decides the size, the protection and who hears of the alarms. Changing the identifier, engine,
    database or user name replaces the instance and loses its data; with deletion protection, Terraform rejects such a
    plan.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/db_instance
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        network: Network,
        security_group: SecurityGroup,
        alarm_topic: AlarmTopic,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = environment.database
        self._alarm_topic = alarm_topic
        # The live database has the project first, unlike everything else.
        self._prefix = f"{environment.project}-{environment.name}"
        self._arns = environment.arns
        self._database_name = environment.project.replace("-", "_")

        role, attachment = self._monitoring_role(environment)
        self.instance = self._instance(self._subnet_group(network), security_group, role, attachment)
        self.secret_arn = self.instance.master_user_secret.get(0).secret_arn
        self._alarms()

    def user_arn(self, user: str) -> str:
        """Return the ARN by which a policy lets someone log in as a user of the database.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
        """
        return self._arns.regional("rds-db", f"dbuser:{self.instance.resource_id}/{user}")

    def _subnet_group(self, network: Network) -> DbSubnetGroup:
        name = f"{self._prefix}-db-subnet-group"
        subnet_ids = [subnet.id for subnet in network.private_db_subnets]
        return DbSubnetGroup(self, "subnet_group", name=name, subnet_ids=subnet_ids, tags={"Name": name})

    def _monitoring_role(self, environment: Environment) -> tuple[IamRole, IamRolePolicyAttachment]:
        name = f"{self._prefix}-rds-monitoring-role"
        role = service_role(self, "monitoring_role", environment, trusted=MONITORING, name=name, tags={"Name": name})
        attachment = IamRolePolicyAttachment(
            self,
            "monitoring",
            role=role.name,
            policy_arn=environment.arns.aws_managed_policy("service-role/AmazonRDSEnhancedMonitoringRole"),
        )
        return role, attachment

    def _parameter_group(self) -> DbParameterGroup | None:
        """Define the group that demands TLS. Another major version has another group, there before the old one goes.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
        """
        if not self._settings.require_tls:
            return None
        family = f"postgres{self._settings.engine_version.partition('.')[0]}"
        name = f"{self._prefix}-db-{family}"
        # AWS says so of every parameter whose value is the default; another word would be a change in every plan.
        tls = DbParameterGroupParameter(name="rds.force_ssl", value="1", apply_method="pending-reboot")
        return DbParameterGroup(
            self,
            "parameter_group",
            name=name,
            family=family,
            parameter=[tls],
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _instance(
        self,
        subnet_group: DbSubnetGroup,
        security_group: SecurityGroup,
        role: IamRole,
        attachment: IamRolePolicyAttachment,
    ) -> DbInstance:
        settings = self._settings
        name = f"{self._prefix}-db"
        parameter_group = self._parameter_group()
        return DbInstance(
            self,
            "instance",
            identifier=name,
            engine="postgres",
            engine_version=settings.engine_version,
            instance_class=settings.instance_class,
            allocated_storage=settings.allocated_storage_gib,
            max_allocated_storage=settings.max_allocated_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            db_name=self._database_name,
            username="dbadmin",
            manage_master_user_password=True,
            iam_database_authentication_enabled=settings.iam_authentication or None,
            parameter_group_name=parameter_group.name if parameter_group else None,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[security_group.id],
            publicly_accessible=False,
            multi_az=settings.multi_az,
            backup_retention_period=settings.backup_retention_days,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:00-sun:05:00",
            auto_minor_version_upgrade=True,
            enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
            performance_insights_enabled=True,
            performance_insights_retention_period=7,
            monitoring_interval=60,
            monitoring_role_arn=role.arn,
            deletion_protection=settings.deletion_protection,
            skip_final_snapshot=not settings.deletion_protection,
            final_snapshot_identifier=f"{name}-final" if settings.deletion_protection else None,
            copy_tags_to_snapshot=True,
            tags={"Name": name},
            # RDS rejects a monitoring role that may not write its metrics.
            depends_on=[attachment],
            # AWS's deletion protection stops an apply half way; this stops the plan before anything is touched.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if settings.deletion_protection else None,
        )

    def _alarms(self) -> None:
        """Define the alarms: thresholds in percent, connections and bytes, over periods of 300 seconds."""
        settings = self._settings
        self._alarm("high_cpu", "CPUUtilization", "GreaterThanThreshold", 80, periods=2)
        self._alarm(
            "high_connections",
            "DatabaseConnections",
            "GreaterThanThreshold",
            settings.max_connections * 80 // 100,
            periods=2,
        )
        self._alarm(
            "low_free_storage",
            "FreeStorageSpace",
            "LessThanThreshold",
            settings.allocated_storage_gib * GIB // 10,
            periods=1,
        )
        self._alarm("low_freeable_memory", "FreeableMemory", "LessThanThreshold", 512 * MIB, periods=2)

    def _alarm(self, id_: str, metric: str, comparison: str, threshold: int, *, periods: int) -> None:
        name = f"{self._prefix}-db-{id_.replace('_', '-')}"
        CloudwatchMetricAlarm(
            self,
            id_,
            alarm_name=name,
            namespace="AWS/RDS",
            metric_name=metric,
            dimensions={"DBInstanceIdentifier": self.instance.identifier},
            statistic="Average",
            comparison_operator=comparison,
            threshold=threshold,
            period=300,
            evaluation_periods=periods,
            treat_missing_data="notBreaching",
            alarm_actions=self._alarm_topic.actions,
            ok_actions=self._alarm_topic.actions,
            tags={"Name": name},
            # A live alarm keeps the description that it has.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["alarm_description"]),
        )
