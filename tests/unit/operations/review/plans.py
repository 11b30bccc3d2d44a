"""Small plans in Terraform's documented format, and the configurations beside them."""

from typing import Any

from operations.review.changes import Change
from operations.review.plan import Reader, Reading
from rules.configuration import Configuration

Document = dict[str, Any]


def configuration(**resources: Document) -> Configuration:
    """Return a configuration: ``configuration(aws_vpc={"main": {...}})``."""
    return Configuration({"terraform": {}, "resource": resources})


def planned(*actions: str, before: Document | None = None, after: Document | None = None, **more: Any) -> Document:  # noqa: ANN401 - any JSON
    """Return the plan of one bucket; ``more`` goes into the resource, what belongs to its change into the change."""
    of_change = ("after_unknown", "before_sensitive", "after_sensitive", "replace_paths", "importing")
    change = {"actions": list(actions), "before": before, "after": after, "after_unknown": {}}
    change |= {key: more.pop(key) for key in of_change if key in more}
    address = more.pop("address", "aws_s3_bucket.logs")
    kind, name = address.split(".")
    resource = {"address": address, "mode": "managed", "type": kind, "name": name, "change": change, **more}
    return {"format_version": "1.2", "resource_changes": [resource]}


def read(plan: Document, base: Configuration | None = None, head: Configuration | None = None) -> Reading:
    empty = configuration()
    return Reader(base or empty, head or base or empty).read(plan)


def only(plan: Document, base: Configuration | None = None, head: Configuration | None = None) -> Change:
    (change,) = read(plan, base, head).changes
    return change
