"""Check 7 follows a request from the load balancer to the tasks."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from environments import load
from operations.verification.checks.load_balancer import check_load_balancer
from operations.verification.findings import CannotCheckError, Status
from operations.verification.platform import Platform
from tests.unit.operations.verification.public import import_certificate
from tests.unit.operations.verification.seeded import ALL_ON, Seeded

Look = Callable[[], Platform]
ID = "12345678-1234-1234-1234-123456789012"
CLOUDFRONT_ONLY = {"DEV__LOAD_BALANCER__CLOUDFRONT_ONLY": "true"}
CERTIFICATE = f"arn:aws:acm:us-east-1:123456789012:certificate/{ID}"


@pytest.fixture
def only(look: Look) -> Callable[[], tuple[Status, str, str]]:
    """Check, and return the one finding there is."""

    def checked() -> tuple[Status, str, str]:
        (finding,) = check_load_balancer(look()).findings
        return finding.status, finding.id, finding.reason

    return checked


Only = Callable[[], tuple[Status, str, str]]


def listener(dev: Seeded) -> str:
    elb = dev.clients.elbv2
    balancer = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    arn: str = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    return arn


def take_out(dev: Seeded, service: str, count: int) -> None:
    """Deregister targets, as if ECS had not registered them."""
    group = dev.target_groups[service]
    targets = dev.clients.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    taken = [{"Id": each["Target"]["Id"]} for each in targets[:count]]
    dev.clients.elbv2.deregister_targets(TargetGroupArn=group, Targets=taken)


def report(dev: Seeded, monkeypatch: pytest.MonkeyPatch, **health: str) -> None:
    """Let every target have this health, which moto's have not."""
    describe = dev.clients.elbv2.describe_target_health

    def answer(**request: str) -> dict[str, object]:
        targets = describe(**request)["TargetHealthDescriptions"]
        return {"TargetHealthDescriptions": [each | {"TargetHealth": health} for each in targets]}

    monkeypatch.setattr(dev.clients.elbv2, "describe_target_health", answer)


def test_healthy_targets_pass_and_are_counted(look: Look) -> None:
    seen = check_load_balancer(look())
    assert (seen.findings, seen.counts) == ((), {"listeners": 1, "targets": 4, "healthy_targets": 4})


def test_no_load_balancer_fails(dev: Seeded, look: Look) -> None:
    arn = dev.clients.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    dev.clients.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    with pytest.raises(CannotCheckError) as caught:
        check_load_balancer(look())
    assert (caught.value.finding.status, caught.value.finding.id) == (Status.FAIL, "load-balancer.missing")


def test_service_that_no_rule_forwards_to_fails(dev: Seeded, only: Only) -> None:
    rules = dev.clients.elbv2.describe_rules(ListenerArn=listener(dev))["Rules"]
    (rule,) = (each["RuleArn"] for each in rules if each["Priority"] == "100")
    dev.clients.elbv2.delete_rule(RuleArn=rule)
    assert only() == (Status.FAIL, "backend.not-public", "backend: no rule of a listener forwards to it")


def test_rule_of_weight_0_forwards_nothing(dev: Seeded, only: Only) -> None:
    groups = [
        {"TargetGroupArn": dev.target_groups["backend"], "Weight": 1},
        {"TargetGroupArn": dev.target_groups["frontend"], "Weight": 0},
    ]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    dev.clients.elbv2.modify_listener(ListenerArn=listener(dev), DefaultActions=[action])
    assert only()[1] == "frontend.not-public"


def test_service_without_a_target_group_fails(dev: Seeded, only: Only) -> None:
    dev.update("backend", loadBalancers=[])
    assert only() == (Status.FAIL, "backend.not-public", "backend: it has no target group")


def test_unhealthy_targets_fail_with_their_reason(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    report(dev, monkeypatch, State="unhealthy", Reason="Target.Timeout", Description="Request timed out")
    backend, frontend = check_load_balancer(look()).findings
    assert (backend.status, frontend.status) == (Status.FAIL, Status.FAIL)
    assert backend.reason.startswith("backend: 0 of 2 tasks healthy as targets; 10.0.11.")
    assert backend.reason.endswith(" is unhealthy (Target.Timeout: Request timed out)")


def test_target_on_its_way_out_is_not_counted(dev: Seeded, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    report(dev, monkeypatch, State="draining")
    assert check_load_balancer(look()).counts["targets"] == 0


def test_old_task_that_is_no_target_fails(dev: Seeded, only: Only) -> None:
    dev.grow_old()
    take_out(dev, "backend", 1)
    status, id_, reason = only()
    assert (status, id_) == (Status.FAIL, "backend.targets")
    assert reason.endswith(" is not registered")


def test_new_task_beside_a_healthy_one_is_a_warning(dev: Seeded, only: Only) -> None:
    take_out(dev, "backend", 1)
    assert only()[:2] == (Status.WARN, "backend.targets")


def test_service_without_any_healthy_target_fails_at_once(dev: Seeded, only: Only) -> None:
    take_out(dev, "backend", 2)
    assert only()[:2] == (Status.FAIL, "backend.targets")


def test_service_that_is_to_run_nothing_is_a_skip(dev: Seeded, only: Only) -> None:
    dev.update("backend", desiredCount=0)
    assert only()[:2] == (Status.SKIP, "backend.not-wanted")


def test_certificate_without_a_listener_of_https_fails(look: Look) -> None:
    wanted = load("dev", variables=ALL_ON | {"DEV__LOAD_BALANCER__CERTIFICATE_ARN": CERTIFICATE})
    (finding,) = check_load_balancer(replace(look(), environment=wanted)).findings
    assert (finding.status, finding.id) == (Status.FAIL, "load-balancer.https")


def test_certificate_of_the_listener_is_looked_at(dev: Seeded, only: Only) -> None:
    elb, arn = dev.clients.elbv2, import_certificate(dev.environment, dev.clients, days=5)
    elb.create_listener(
        LoadBalancerArn=elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"],
        Port=443,
        Protocol="HTTPS",
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": dev.target_groups["frontend"]}],
    )
    assert only()[:2] == (Status.WARN, "load-balancer.certificate")


def test_rules_that_let_requests_past_the_cdn_fail(look: Look) -> None:
    platform = replace(look(), environment=load("dev", variables=ALL_ON | CLOUDFRONT_ONLY))
    findings = check_load_balancer(platform).findings
    assert {(each.status, each.id) for each in findings} == {(Status.FAIL, "load-balancer.past-cdn")}
    assert [each.reason.split()[4] for each in findings] == ["100", "default"]


def test_rules_that_demand_the_header_pass(dev: Seeded, look: Look) -> None:
    elb, arn = dev.clients.elbv2, listener(dev)
    forbidden = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
    elb.modify_listener(ListenerArn=arn, DefaultActions=[forbidden])
    (api,) = (each for each in elb.describe_rules(ListenerArn=arn)["Rules"] if each["Priority"] == "100")
    header = {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Origin-Verify", "Values": ["v"]}}
    elb.modify_rule(RuleArn=api["RuleArn"], Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}, header])
    default = [{"Type": "forward", "TargetGroupArn": dev.target_groups["frontend"]}]
    elb.create_rule(ListenerArn=arn, Priority=50000, Conditions=[header], Actions=default)
    platform = replace(look(), environment=load("dev", variables=ALL_ON | CLOUDFRONT_ONLY))
    assert check_load_balancer(platform).findings == ()
