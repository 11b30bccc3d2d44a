"""Who may talk to whom, for services of every kind: exactly what their tables say."""

import re

from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack

ANYWHERE = "0.0.0.0/0"


def connections(stack: Stack, direction: str) -> set[tuple[str, str, int]]:
    """Return who reaches whom on which port, as the rules of one direction say."""
    found = set()
    for rule in stack.of_type(f"aws_vpc_security_group_{direction}_rule").values():
        ends = group(rule["security_group_id"]), group(rule.get("referenced_security_group_id", ANYWHERE))
        found.add((*(ends if direction == "egress" else ends[::-1]), rule["from_port"]))
    return found


def group(reference: str) -> str:
    match = re.fullmatch(r"\$\{aws_security_group\.security_groups_([\w-]+)\.id\}", reference)
    return match[1] if match else reference


INSIDE = {
    ("alb", "site", 3000),
    ("alb", "orders", 8080),
    ("site", "orders", 8080),
    ("orders", "database", 5432),
    ("orders", "ledger", 9000),
    ("ledger", "database", 5432),
    ("worker", "database", 5432),
    ("worker", "ledger", 9000),
    ("metrics", "orders", 8080),
    ("metrics", "efs", 2049),
}
"""The connections of `tests.unit.kinds`."""
OUT = {(name, ANYWHERE, 443) for name in ("site", "orders", "ledger", "worker", "nightly", "metrics")}


def test_a_connection_is_let_out_of_one_group_into_the_other(platform: Stack) -> None:
    assert connections(platform, "egress") == INSIDE | OUT
    assert connections(platform, "ingress") == INSIDE | {(ANYWHERE, "alb", 80), (ANYWHERE, "alb", 443)}


def test_connections_follow_the_port_of_the_target(kinds: Kinds) -> None:
    stack = kinds(ledger={"port": 9001})
    assert {each for each in connections(stack, "egress") if each[1] == "ledger"} == {
        ("orders", "ledger", 9001),
        ("worker", "ledger", 9001),
    }


def test_each_scraper_reaches_what_has_metrics(kinds: Kinds) -> None:
    stack = kinds(ledger={"metrics_path": "/m"}, second={"kind": "prometheus"})
    scraped = {each[:2] for each in connections(stack, "ingress") if each[0] in {"metrics", "second"}}
    assert scraped == {(scraper, target) for scraper in ("metrics", "second") for target in ("orders", "ledger", "efs")}


def test_without_a_scraper_there_is_no_file_system(kinds: Kinds) -> None:
    assert "aws_security_group.security_groups_efs" not in kinds(metrics=None).addresses


def test_a_new_group_is_called_by_its_service(platform: Stack) -> None:
    worker = platform["aws_security_group.security_groups_worker"]
    assert worker["name_prefix"] == "dev-acme-worker-sg-"
    assert worker["tags"] == {"Name": "dev-acme-worker-sg", "Tier": "private-app"}
