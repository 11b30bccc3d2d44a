"""Check 7: the load balancer is up, forwards to every public service, and finds its tasks healthy."""

from collections.abc import Iterator, Sequence

from botocore.exceptions import ClientError

from operations.aws.clients import Document
from operations.aws.ecs import address
from operations.text import many
from operations.verification.checks.certificate import certificate_findings
from operations.verification.deployed import Deployed, is_new
from operations.verification.findings import CannotCheckError, Finding, Seen, Status
from operations.verification.platform import Platform
from operations.verification.services import Part, guarded, look_at_each


def check_load_balancer(platform: Platform) -> Seen:
    """Follow the way of a request: load balancer, listeners, rules, target groups, targets.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
    """
    found = load_balancer(platform)
    listeners, rules = _listeners(found, platform)
    forwards = {arn for rule in rules for arn in _groups_of(rule)}
    public = [platform.deployed[name] for name in platform.public_services]
    seen = look_at_each(public, lambda deployed: _of_service(deployed, forwards, platform))
    healthy, targets = seen.counts.get("healthy", 0), seen.counts.get("targets", 0)
    return Seen(
        f"{healthy} of {many(targets, 'target')} healthy behind {found['LoadBalancerName']}",
        {"listeners": len(listeners), "targets": targets, "healthy_targets": healthy},
        (
            *_state(found),
            *guarded(lambda: _https(listeners, platform)),
            *_past_the_cdn(rules, platform),
            *seen.findings,
        ),
    )


def load_balancer(platform: Platform) -> Document:
    """Return the environment's load balancer; raises CannotCheckError, as a failure, if there is none."""
    name = f"{platform.environment.prefix}-alb"
    try:
        found: Document = platform.clients.elbv2.describe_load_balancers(Names=[name])["LoadBalancers"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("LoadBalancerNotFound", "LoadBalancerNotFoundException"):
            raise
        remedy = f"cdktf deploy {platform.environment.name}"
        raise CannotCheckError(
            Finding(Status.FAIL, "load-balancer.missing", f"there is no load balancer {name}", remedy)
        ) from None
    return found


def _state(found: Document) -> Iterator[Finding]:
    state = found.get("State", {})
    if state.get("Code") != "active":
        reason = f"{found['LoadBalancerName']} is {state.get('Code', 'in an unknown state')}, not active"
        why = f": {state['Reason']}" if state.get("Reason") else ""
        yield Finding(Status.FAIL, "load-balancer.state", f"{reason}{why}", "wait, if it was made just now")


def _listeners(found: Document, platform: Platform) -> tuple[list[Document], list[Document]]:
    """Return the listeners, and their rules; the default action is a rule too."""
    elb = platform.clients.elbv2
    pages = elb.get_paginator("describe_listeners").paginate(LoadBalancerArn=found["LoadBalancerArn"])
    listeners = [listener for page in pages for listener in page["Listeners"]]
    rules = elb.get_paginator("describe_rules")
    pages = (page for each in listeners for page in rules.paginate(ListenerArn=each["ListenerArn"]))
    return listeners, [rule for page in pages for rule in page["Rules"]]


def _groups_of(rule: Document) -> Iterator[str]:
    """Return the target groups to which a rule forwards."""
    for action in rule["Actions"]:
        yield from _groups(action)


def _groups(action: Document) -> Iterator[str]:
    """Return the target groups of an action; one of weight 0 gets no request.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
    """
    if action["Type"] != "forward":
        return
    weighted = action.get("ForwardConfig", {}).get("TargetGroups", ())
    yield from (each["TargetGroupArn"] for each in weighted if each.get("Weight", 1))
    if not weighted and "TargetGroupArn" in action:
        yield action["TargetGroupArn"]


def _https(listeners: Sequence[Document], platform: Platform) -> Iterator[Finding]:
    https = [listener for listener in listeners if listener.get("Protocol") == "HTTPS"]
    if platform.environment.load_balancer.certificate_arn and not https:
        reason = f"{platform.file} has a certificate for the load balancer, but no listener serves HTTPS"
        remedy = f"cdktf deploy {platform.environment.name}"
        yield Finding(Status.FAIL, "load-balancer.https", reason, remedy)
    arns = {each["CertificateArn"] for listener in https for each in listener.get("Certificates", ())}
    for arn in sorted(arns):
        yield from certificate_findings(arn, platform, "load-balancer.certificate")


def _past_the_cdn(rules: Sequence[Document], platform: Platform) -> Iterator[Finding]:
    """Report rules that forward requests without the CDN's header, where the settings want no other."""
    if not platform.environment.load_balancer.cloudfront_only:
        return
    for rule in rules:
        demanded = any(condition["Field"] == "http-header" for condition in rule["Conditions"])
        if not demanded and any(_groups_of(rule)):
            reason = f"the rule of priority {rule['Priority']} forwards requests that did not come through the CDN"
            remedy = f"cdktf deploy {platform.environment.name}"
            yield Finding(Status.FAIL, "load-balancer.past-cdn", reason, remedy)


def _of_service(deployed: Deployed, forwards: set[str], platform: Platform) -> Part:
    platform.require_tasks(deployed.name)
    name = deployed.name
    groups = [each["targetGroupArn"] for each in deployed.service.get("loadBalancers", ()) if "targetGroupArn" in each]
    reached = [arn for arn in groups if arn in forwards]
    if not reached:
        reason = f"{name}: no rule of a listener forwards to it" if groups else f"{name}: it has no target group"
        remedy = f"cdktf deploy {platform.environment.name}"
        return Part({}, [Finding(Status.FAIL, f"{name}.not-public", reason, remedy)])
    answers = [platform.clients.elbv2.describe_target_health(TargetGroupArn=arn) for arn in reached]
    targets = [target for answer in answers for target in answer["TargetHealthDescriptions"]]
    # Those on their way out get no new requests.
    serving = [target for target in targets if target["TargetHealth"]["State"] != "draining"]
    healthy = {target["Target"]["Id"] for target in serving if target["TargetHealth"]["State"] == "healthy"}
    return Part({"targets": len(serving), "healthy": len(healthy)}, list(_unhealthy(deployed, serving, healthy)))


def _unhealthy(deployed: Deployed, serving: Sequence[Document], healthy: set[str]) -> Iterator[Finding]:
    """Report running tasks that get no requests; one that has just started is still being looked at."""
    tasks = {address(task): task for task in deployed.tasks}
    without = tasks.keys() - healthy
    if not without:
        return
    states = {target["Target"]["Id"]: _health(target) for target in serving}
    whys = "; ".join(f"{each} is {states.get(each, 'not registered')}" for each in sorted(without))
    new = all(is_new(tasks[each]) for each in without) and bool(healthy)
    remedy = "wait a minute, then run this again" if new else "its log says why; the target group names the path asked"
    reason = f"{deployed.name}: {len(tasks) - len(without)} of {many(len(tasks), 'task')} healthy as targets; {whys}"
    yield Finding(Status.WARN if new else Status.FAIL, f"{deployed.name}.targets", reason, remedy)


def _health(target: Document) -> str:
    health = target["TargetHealth"]
    why = ": ".join(health[key] for key in ("Reason", "Description") if health.get(key))
    return f"{health['State']} ({why})" if why else str(health["State"])
