"""What --fail-on refuses; docs/reviewing.md has the reason of each rule."""

from collections.abc import Callable, Iterator, Mapping

from operations.review.changes import Verdict
from operations.review.verdict import Cell, EnvironmentReview, Finding, Review
from rules.iam import Attachment, Permission

_PRODUCTION = ("prod", "production")
# AWS takes no resource for these: https://docs.aws.amazon.com/service-authorization/latest/reference/
_WITHOUT_RESOURCE = (
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "ecs:ListTaskDefinitions",
    "ecs:ListTasks",
    "ecs:RegisterTaskDefinition",
    "elasticloadbalancing:Describe",
    "ec2:Describe",
    "logs:DescribeLogGroups",
    "ssmmessages:",
)
Cells = Mapping[str, Cell]


def replace_stateful(review: EnvironmentReview, _: Cells) -> Iterator[str]:
    """Refuse the replacement of what holds data."""
    return (f"{each.address} ({each.data})" for each in review.dangers if each.verdict == Verdict.REPLACE)


def destroy_stateful(review: EnvironmentReview, _: Cells) -> Iterator[str]:
    """Refuse the destruction of what holds data."""
    return (f"{each.address} ({each.data})" for each in review.dangers if each.verdict == Verdict.DESTROY)


def exec_in_prod(review: EnvironmentReview, cells: Cells) -> Iterator[str]:
    """Refuse that ECS Exec is switched on in production."""
    if not {review.name.lower(), str(review.environment_tag).lower()} & set(_PRODUCTION):
        return iter(())
    return (f"{service}: {cell.after}" for service, cell in cells.items() if cell.opens())


def public_ingress(review: EnvironmentReview, _: Cells) -> Iterator[str]:
    """Refuse an opening to everyone; a public address of a database is one."""
    return (str(each) for each in review.opened if each.is_public)


def iam_wildcard(review: EnvironmentReview, _: Cells) -> Iterator[str]:
    """Refuse permissions that are wider than a list of actions on a list of resources."""
    return (str(each) for each in review.won if _is_wildcard(each))


RULES: Mapping[str, Callable[[EnvironmentReview, Cells], Iterator[str]]] = {
    "replace-stateful": replace_stateful,
    "destroy-stateful": destroy_stateful,
    "exec-in-prod": exec_in_prod,
    "public-ingress": public_ingress,
    "iam-wildcard": iam_wildcard,
}


def fired(review: Review, rules: list[str]) -> Iterator[Finding]:
    """Return what the chosen rules refuse."""
    for environment in review.environments:
        cells = {service: row[environment.name] for service, row in review.matrix.items() if environment.name in row}
        for rule in rules:
            for subject in RULES[rule](environment, cells):
                yield Finding(rule, environment.name, subject)


def _is_wildcard(won: Permission | Attachment) -> bool:
    if isinstance(won, Attachment):
        return won.is_too_wide
    if won.effect != "Allow":
        return False
    if not won.identity:
        # A key's own policy names its account, which AWS asks for; everyone is another matter.
        return won.principal == "*" and not won.condition
    anywhere = won.resource.startswith("*") and not won.action.startswith(_WITHOUT_RESOURCE)
    return "*" in won.action or anywhere
