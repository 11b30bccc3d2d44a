"""What runs containers and leads requests to them."""

from collections.abc import Iterator

from operations.recovery.planned import Planned
from operations.recovery.search import Finders, Match, Search, tags_of


def _cluster(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    for cluster in search.list("ecs", "describe_clusters", "clusters", clusters=[name], include=["TAGS"]):
        # A deleted cluster can be described for a while.
        if cluster["status"] == "ACTIVE" and planned.is_described_by(tags_of(cluster["tags"])):
            yield Match(name)


def _service(search: Search, planned: Planned) -> Iterator[Match]:
    cluster, name = search.parent(planned, "cluster"), planned.arguments["name"]
    if not cluster:
        return
    # Its ARN where it is in the state, its name where it was found.
    cluster = cluster.rpartition("/")[2]
    asked = {"cluster": cluster, "services": [name], "include": ["TAGS"]}
    for service in search.list("ecs", "describe_services", "services", **asked):
        if service["status"] == "ACTIVE" and planned.is_described_by(tags_of(service.get("tags", ()))):
            yield Match(f"{cluster}/{name}")


def _schedule(search: Search, planned: Planned) -> Iterator[Match]:
    # Schedules have no tags. The name has both project and environment in it, and AWS has one of a name per group.
    name = planned.arguments["name"]
    for each in search.list("scheduler", "list_schedules", "Schedules", GroupName="default", NamePrefix=name):
        if each["Name"] == name:
            yield Match(f"default/{name}")


def _repository(search: Search, planned: Planned) -> Iterator[Match]:
    name = planned.arguments["name"]
    for repository in search.list("ecr", "describe_repositories", "repositories", repositoryNames=[name]):
        arn = repository["repositoryArn"]
        if planned.is_described_by(tags_of(search.list("ecr", "list_tags_for_resource", "tags", resourceArn=arn))):
            yield Match(name)


def _load_balancer(search: Search, planned: Planned) -> Iterator[Match]:
    names = [planned.arguments["name"]]
    for each in search.list("elbv2", "describe_load_balancers", "LoadBalancers", Names=names):
        if _is_described_by_tags_of(each["LoadBalancerArn"], search, planned):
            yield Match(each["LoadBalancerArn"], being_made=each["State"]["Code"] == "provisioning")


def _target_group(search: Search, planned: Planned) -> Iterator[Match]:
    names = [planned.arguments["name"]]
    for each in search.list("elbv2", "describe_target_groups", "TargetGroups", Names=names):
        if _is_described_by_tags_of(each["TargetGroupArn"], search, planned):
            yield Match(each["TargetGroupArn"])


def _listener(search: Search, planned: Planned) -> Iterator[Match]:
    if load_balancer := search.parent(planned, "load_balancer_arn"):
        for each in search.list("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=load_balancer):
            if each["Port"] == planned.arguments["port"]:
                yield Match(each["ListenerArn"])


def _rule(search: Search, planned: Planned) -> Iterator[Match]:
    if listener := search.parent(planned, "listener_arn"):
        for each in search.list("elbv2", "describe_rules", "Rules", ListenerArn=listener):
            if each["Priority"] == str(planned.arguments["priority"]):
                yield Match(each["RuleArn"])


def _is_described_by_tags_of(arn: str, search: Search, planned: Planned) -> bool:
    (described,) = search.list("elbv2", "describe_tags", "TagDescriptions", ResourceArns=[arn])
    return planned.is_described_by(tags_of(described["Tags"]))


FINDERS: Finders = {
    "aws_ecr_repository": _repository,
    "aws_ecs_cluster": _cluster,
    "aws_ecs_service": _service,
    "aws_lb": _load_balancer,
    "aws_lb_listener": _listener,
    "aws_lb_listener_rule": _rule,
    "aws_lb_target_group": _target_group,
    "aws_scheduler_schedule": _schedule,
}
