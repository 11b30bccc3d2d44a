"""The schedule that runs a job's task, and the role with which it does."""

from typing import TYPE_CHECKING

from ..bindings import (
    Construct,
    IamRole,
    IamRolePolicy,
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetEcsParameters,
    SchedulerScheduleTargetEcsParametersCapacityProviderStrategy,
    SchedulerScheduleTargetEcsParametersNetworkConfiguration,
)
from ..iam import ECS_TASKS, policy, service_role
from .ecs_service import needed_by_tasks
from .workload import Workload

if TYPE_CHECKING:
    from .service import Service

SCHEDULER = "scheduler.amazonaws.com"
SPOT = SchedulerScheduleTargetEcsParametersCapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1)


class Schedule(Construct):
    """An EventBridge schedule, in UTC, that runs one task of a job each time; its role may do this and nothing else.

    If CI deploys the job, the latest revision runs; otherwise Terraform's. Changing the name replaces the schedule.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
    """

    def __init__(self, scope: Construct, id_: str, *, service: "Service", workload: Workload) -> None:
        super().__init__(scope, id_)
        self._service = service
        self._cluster = service.foundation.cluster.resource
        task = service.task_definition
        self._revision = task.arn_without_revision if workload.deployment.by_ci else task.arn

        role = self._role()
        may_run = self._allow_running(role, workload)
        SchedulerSchedule(
            service,
            "schedule",
            name=service.full_name,
            schedule_expression=service.settings.schedule or "",
            flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=SchedulerScheduleTarget(
                arn=self._cluster.arn, role_arn=role.arn, ecs_parameters=self._parameters(spot=workload.spot)
            ),
            depends_on=[may_run, *needed_by_tasks(service, workload)],
        )

    def _parameters(self, *, spot: bool) -> SchedulerScheduleTargetEcsParameters:
        foundation = self._service.foundation
        return SchedulerScheduleTargetEcsParameters(
            task_definition_arn=self._revision,
            task_count=1,
            # AWS rejects both together.
            launch_type=None if spot else "FARGATE",
            capacity_provider_strategy=[SPOT] if spot else None,
            enable_execute_command=self._service.execute_command,
            network_configuration=SchedulerScheduleTargetEcsParametersNetworkConfiguration(
                subnets=[subnet.id for subnet in foundation.network.private_app_subnets],
                security_groups=[foundation.security_groups.by_name[self._service.name].id],
                assign_public_ip=False,
            ),
        )

    def _role(self) -> IamRole:
        return service_role(
            self,
            "role",
            service=SCHEDULER,
            name=f"{self._service.full_name}-scheduler-role",
            tags=self._service.tags("scheduler-role"),
            for_account=self._service.foundation.environment.account_id,
        )

    def _allow_running(self, role: IamRole, workload: Workload) -> IamRolePolicy:
        # Scheduler resolves an ARN without a revision, and IAM checks the one that it resolved to.
        revisions = f"{self._revision}:*" if workload.deployment.by_ci else self._revision
        return IamRolePolicy(
            self,
            "policy",
            name=f"{self._service.full_name}-scheduler",
            role=role.id,
            policy=policy(
                {
                    "actions": ["ecs:RunTask"],
                    "resources": [revisions],
                    "conditions": {"ArnEquals": {"ecs:cluster": self._cluster.arn}},
                },
                {
                    "actions": ["iam:PassRole"],
                    "resources": [workload.execution_role.arn, self._service.task_role.arn],
                    "conditions": {"StringEquals": {"iam:PassedToService": ECS_TASKS}},
                },
            ),
        )
