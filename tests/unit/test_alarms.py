"""Who hears of what: alarms of the database and of services, failed deployments, ECS Exec sessions."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tests.unit.kinds import PUBLIC, RUNNING, Kinds
from tests.unit.stack_json import Stack, Synth

EMAIL = {"DEV__ALARMS__EMAIL": "ops@acme.org"}
OWN_TOPIC = ["${aws_sns_topic.alarm_topic.arn}"]
TOPIC = "arn:aws:sns:us-east-1:123456789012:ops"
RULES = ("deployment_failed", "exec_session")
CLUSTER_ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/dev-acme-cluster"

# As AWS documents it: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
FAILED: dict[str, Any] = {
    "detail-type": "ECS Deployment State Change",
    "source": "aws.ecs",
    "resources": ["arn:aws:ecs:us-east-1:123456789012:service/dev-acme-cluster/dev-acme-site"],
    "detail": {
        "eventType": "ERROR",
        "eventName": "SERVICE_DEPLOYMENT_FAILED",
        "deploymentId": "ecs-svc/123",
        "reason": "ECS deployment circuit breaker: task failed to start.",
    },
}
ENTERED: dict[str, Any] = {
    "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.ecs",
    "detail": {
        "eventSource": "ecs.amazonaws.com",
        "eventName": "ExecuteCommand",
        "requestParameters": {"cluster": "dev-acme-cluster", "container": "site", "task": "0123", "interactive": True},
    },
}


@pytest.fixture
def told(kinds: Kinds) -> Stack:
    """The platform with a service of each kind, and someone who hears of everything."""
    return kinds(EMAIL | {"DEV__ALARMS__EXEC_SESSIONS": "true"})


def alarms(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of_type("aws_cloudwatch_metric_alarm")


def matches(stack: Stack, rule: str, event: dict[str, Any]) -> bool:
    """Whether a rule matches an event, as moto understands patterns."""
    text = stack[f"aws_cloudwatch_event_rule.service_alarms_{rule}"]["event_pattern"]
    pattern = EventPattern.load(text.replace("${aws_ecs_cluster.cluster.arn}", CLUSTER_ARN))
    message: Any = event
    return bool(pattern.matches_event(message))


def test_without_a_choice_no_one_is_notified(dev: Stack) -> None:
    assert not any("alarm_actions" in each or "ok_actions" in each for each in alarms(dev).values())
    assert set(alarms(dev)) == {name for name in alarms(dev) if name.startswith("database_")}


def test_every_alarm_tells_when_it_goes_on_and_off(told: Stack) -> None:
    for alarm in alarms(told).values():
        assert (alarm["alarm_actions"], alarm["ok_actions"]) == (OWN_TOPIC, OWN_TOPIC)


def test_a_topic_of_yours_gets_everything(synth: Synth) -> None:
    stack = synth(DEV__ALARMS__TOPIC_ARN=TOPIC)
    assert {address for address in stack.addresses if "sns" in address} == set()
    assert {action for each in alarms(stack).values() for action in each["alarm_actions"]} == {TOPIC}
    assert stack["aws_cloudwatch_event_target.service_alarms_deployment_failed"]["arn"] == TOPIC


def test_a_choice_changes_the_databases_alarms_alone(dev: Stack, synth: Synth) -> None:
    chosen = synth(**EMAIL)
    changed = {address for address in dev.addresses if chosen[address] != dev[address]}
    assert changed == {f"aws_cloudwatch_metric_alarm.{name}" for name in alarms(dev)}


def test_the_address_subscribes_to_the_topic(told: Stack) -> None:
    subscription = told["aws_sns_topic_subscription.alarm_topic"]
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "ops@acme.org")
    assert [subscription["topic_arn"]] == OWN_TOPIC


def test_alarms_of_the_account_and_eventbridge_publish(told: Stack) -> None:
    statements = json.loads(told["aws_sns_topic_policy.alarm_topic"]["policy"])["Statement"]
    publishers = {each["Principal"]["Service"]: each.get("Condition") for each in statements}
    assert publishers == {
        "cloudwatch.amazonaws.com": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"}},
        # EventBridge delivers nothing to a topic whose policy has a condition.
        "events.amazonaws.com": None,
    }
    assert [each["Resource"] for each in statements] == [OWN_TOPIC[0]] * 2


def test_every_service_but_a_job_has_an_alarm_of_no_task(told: Stack) -> None:
    found = {name for name in alarms(told) if name.endswith("_no_running_task")}
    assert found == {f"service_alarms_{name}_no_running_task" for name in RUNNING}


def test_no_task_is_an_alarm_and_so_is_no_data(told: Stack) -> None:
    alarm = alarms(told)["service_alarms_worker_no_running_task"]
    assert (alarm["namespace"], alarm["metric_name"]) == ("ECS/ContainerInsights", "RunningTaskCount")
    assert (alarm["statistic"], alarm["comparison_operator"], alarm["threshold"]) == (
        "Maximum",
        "LessThanThreshold",
        1,
    )
    assert (alarm["period"], alarm["evaluation_periods"], alarm["treat_missing_data"]) == (60, 5, "breaching")
    assert alarm["dimensions"] == {
        "ClusterName": "${aws_ecs_cluster.cluster.name}",
        "ServiceName": "${aws_ecs_service.worker.name}",
    }


def test_a_service_that_shall_run_no_task_has_no_such_alarm(kinds: Kinds) -> None:
    stack = kinds(EMAIL, worker={"desired_count": 0})
    assert "service_alarms_worker_no_running_task" not in alarms(stack)


def test_every_public_service_has_an_alarm_of_its_errors(told: Stack) -> None:
    found = {name for name in alarms(told) if name.endswith("_5xx")}
    assert found == {f"service_alarms_{name}_5xx" for name in (*PUBLIC, "load_balancer")}


def test_errors_are_a_share_of_the_requests_of_a_target_group(told: Stack) -> None:
    alarm = alarms(told)["service_alarms_orders_5xx"]
    errors, requests, percent = alarm["metric_query"]
    assert [each["metric"]["metric_name"] for each in (errors, requests)] == [
        "HTTPCode_Target_5XX_Count",
        "RequestCount",
    ]
    assert errors["metric"]["dimensions"] == {
        "LoadBalancer": "${aws_lb.load_balancer.arn_suffix}",
        "TargetGroup": "${aws_lb_target_group.load_balancer_orders.arn_suffix}",
    }
    assert percent["expression"] == "IF(errors > 10, 100 * errors / requests, 0)"
    assert [each.get("return_data") for each in (errors, requests, percent)] == [None, None, True]
    assert (alarm["threshold"], alarm["treat_missing_data"]) == (5, "notBreaching")


@pytest.mark.parametrize("cluster", ["dev-acme-cluster", CLUSTER_ARN])
def test_a_session_is_told_whatever_the_cluster_is_called(told: Stack, cluster: str) -> None:
    assert matches(told, "exec_session", in_cluster(cluster))


def test_a_failed_deployment_is_told(told: Stack) -> None:
    assert matches(told, "deployment_failed", FAILED)


@pytest.mark.parametrize(
    "change",
    [
        {"detail": {"eventName": "SERVICE_DEPLOYMENT_COMPLETED"}},
        {"resources": ["arn:aws:ecs:us-east-1:123456789012:service/prod-acme-cluster/prod-acme-site"]},
    ],
)
def test_no_other_end_of_a_deployment_is_told(told: Stack, change: dict[str, Any]) -> None:
    assert not matches(told, "deployment_failed", FAILED | change)


def test_a_session_in_another_cluster_is_not_told(told: Stack) -> None:
    assert not matches(told, "exec_session", in_cluster("prod-acme-cluster"))


def test_sessions_are_told_by_choice_alone(kinds: Kinds) -> None:
    rules = kinds(EMAIL).of_type("aws_cloudwatch_event_rule")
    assert set(rules) == {"service_alarms_deployment_failed"}


@pytest.mark.parametrize("rule", RULES)
def test_a_notice_has_a_value_for_each_of_its_words(told: Stack, rule: str) -> None:
    target = told[f"aws_cloudwatch_event_target.service_alarms_{rule}"]
    transformer = target["input_transformer"]
    text = json.loads(transformer["input_template"])
    assert all(f"<{name}>" in text for name in transformer["input_paths"])
    assert text.count("<") == len(transformer["input_paths"])


def in_cluster(name: str) -> dict[str, Any]:
    """Return the event of a session, with the cluster as its caller named it."""
    request = ENTERED["detail"]["requestParameters"] | {"cluster": name}
    return ENTERED | {"detail": ENTERED["detail"] | {"requestParameters": request}}
