"""What a person must hear of the services: no task runs, users get errors, a deployment failed, someone is inside."""

from collections.abc import Mapping

from environments import Environment

from .alarm_topic import AlarmTopic
from .bindings import (
    CloudwatchMetricAlarm,
    CloudwatchMetricAlarmMetricQuery,
    CloudwatchMetricAlarmMetricQueryMetric,
    Construct,
)
from .cluster import Cluster
from .event_notice import EventNotice, Notice
from .load_balancer import LoadBalancer
from .services.service import Service

PERIOD_SECONDS = 300
# Fewer errors than this in a period are no alarm, whatever their share: at night one of three requests is a third.
FEW_ERRORS = 10
ERROR_PERCENT = 5


class ServiceAlarms(Construct):
    """Alarms on the services and the load balancer, and notices of failed deployments and of ECS Exec sessions.

    There are none unless the environment says who hears of them. A job has no alarm, and neither has a service whose
    desired count is 0. ECS reports a failed deployment only of a service with a circuit breaker.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        topic: AlarmTopic,
        cluster: Cluster,
        load_balancer: LoadBalancer,
        services: Mapping[str, Service],
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._topic = topic
        self._cluster = cluster.resource
        self._load_balancer = load_balancer
        if topic.arn is None:
            return
        for service in services.values():
            self._no_running_task(service)
            self._errors_of(service)
        self._errors_of_load_balancer()
        self._notices(topic.arn)

    def _no_running_task(self, service: Service) -> None:
        """Define the alarm that no task has run for five minutes; without data too: what has ended sends none.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
        """
        if service.resource is None or not service.settings.desired_count:
            return
        name = f"{service.full_name}-no-running-task"
        CloudwatchMetricAlarm(
            self,
            f"{service.name}_no_running_task",
            alarm_name=name,
            alarm_description=f"{service.name} has run no task for five minutes.",
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions={"ClusterName": self._cluster.name, "ServiceName": service.resource.name},
            statistic="Maximum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=60,
            evaluation_periods=5,
            treat_missing_data="breaching",
            alarm_actions=self._topic.actions,
            ok_actions=self._topic.actions,
            tags=service.tags("no-running-task"),
        )

    def _errors_of(self, service: Service) -> None:
        """Define the alarm that a public service answers too many requests with 5xx.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        """
        if not service.settings.is_public:
            return
        target_group = self._load_balancer.target_groups[service.name]
        dimensions = {**self._dimensions, "TargetGroup": target_group.arn_suffix}
        CloudwatchMetricAlarm(
            self,
            f"{service.name}_5xx",
            alarm_name=f"{service.full_name}-5xx",
            alarm_description=(
                f"{service.name} answered more than {ERROR_PERCENT} % of the requests, and more than {FEW_ERRORS}, "
                "with 5xx in five minutes."
            ),
            metric_query=[
                _sum("errors", "HTTPCode_Target_5XX_Count", dimensions),
                _sum("requests", "RequestCount", dimensions),
                CloudwatchMetricAlarmMetricQuery(
                    id="percent",
                    expression=f"IF(errors > {FEW_ERRORS}, 100 * errors / requests, 0)",
                    label="5xx answers in percent",
                    return_data=True,
                ),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=ERROR_PERCENT,
            evaluation_periods=1,
            # Without an error there is no metric.
            treat_missing_data="notBreaching",
            alarm_actions=self._topic.actions,
            ok_actions=self._topic.actions,
            tags=service.tags("5xx"),
        )

    def _errors_of_load_balancer(self) -> None:
        """Define the alarm that the load balancer answers itself, because no task did: these are in no target group."""
        name = f"{self._environment.prefix}-alb-5xx"
        CloudwatchMetricAlarm(
            self,
            "load_balancer_5xx",
            alarm_name=name,
            alarm_description=f"No task answered more than {FEW_ERRORS} requests in five minutes.",
            namespace="AWS/ApplicationELB",
            metric_name="HTTPCode_ELB_5XX_Count",
            dimensions=self._dimensions,
            statistic="Sum",
            comparison_operator="GreaterThanThreshold",
            threshold=FEW_ERRORS,
            period=PERIOD_SECONDS,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=self._topic.actions,
            ok_actions=self._topic.actions,
            tags={"Name": name, "Module": "compute"},
        )

    @property
    def _dimensions(self) -> dict[str, str]:
        return {"LoadBalancer": self._load_balancer.resource.arn_suffix}

    def _notices(self, topic_arn: str) -> None:
        prefix = self._environment.prefix
        EventNotice(
            self,
            "deployment_failed",
            name=f"{prefix}-deployment-failed",
            topic_arn=topic_arn,
            notice=self._deployment_failed(),
        )
        if self._environment.alarms.exec_sessions:
            EventNotice(
                self, "exec_session", name=f"{prefix}-exec-session", topic_arn=topic_arn, notice=self._exec_session()
            )

    def _deployment_failed(self) -> Notice:
        environment = self._environment
        services = environment.arns.regional("ecs", f"service/{environment.cluster_name}/")
        return Notice(
            description=f"A deployment of a service of {environment.cluster_name} failed",
            pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": [{"prefix": services}],
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            },
            paths={"service": "$.resources[0]", "reason": "$.detail.reason"},
            text="The deployment of <service> failed: <reason>",
        )

    def _exec_session(self) -> Notice:
        """Return the notice of who opens a session where; also of who was refused: then it says why."""
        cluster = self._cluster
        request = "$.detail.requestParameters"
        return Notice(
            description=f"Someone opens an ECS Exec session in {self._environment.cluster_name}",
            pattern={
                "source": ["aws.ecs"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["ecs.amazonaws.com"],
                    "eventName": ["ExecuteCommand"],
                    # Whichever the caller gave.
                    "requestParameters": {"cluster": [self._environment.cluster_name, cluster.arn]},
                },
            },
            paths={
                "who": "$.detail.userIdentity.arn",
                "from": "$.detail.sourceIPAddress",
                "container": f"{request}.container",
                "task": f"{request}.task",
                "time": "$.detail.eventTime",
                "refused": "$.detail.errorCode",
            },
            text="<time>: ECS Exec by <who> from <from>, container <container> of task <task>. <refused>",
        )


def _sum(id_: str, metric: str, dimensions: Mapping[str, str]) -> CloudwatchMetricAlarmMetricQuery:
    return CloudwatchMetricAlarmMetricQuery(
        id=id_,
        metric=CloudwatchMetricAlarmMetricQueryMetric(
            namespace="AWS/ApplicationELB",
            metric_name=metric,
            dimensions=dict(dimensions),
            stat="Sum",
            period=PERIOD_SECONDS,
        ),
    )
