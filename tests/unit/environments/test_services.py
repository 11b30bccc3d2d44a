"""What a service may be, and what services must not do to each other."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from environments import Environment

Loader = Callable[..., Environment]
Reporter = Callable[..., list[str]]

WORKER = {"services.worker.image": "worker:1"}
JOB = {"services.nightly.image": "worker:1", "services.nightly.schedule": "rate(1 day)"}


def worker(**settings: object) -> dict[str, object]:
    return {**WORKER, **{f"services.worker.{key}": value for key, value in settings.items()}}


def test_a_worker_is_an_image_and_nothing_else(loaded: Loader) -> None:
    environment = loaded(WORKER)
    assert environment.desired_counts["worker"] == 2
    assert "worker" not in {*environment.listeners, *environment.public_services, *environment.scrapers}


def test_a_job_has_no_count_for_it_is_no_service_of_ecs(loaded: Loader) -> None:
    environment = loaded(JOB)
    assert "nightly" in environment.services
    assert "nightly" not in environment.desired_counts


def test_an_environment_may_have_no_service_at_all(loaded: Loader) -> None:
    gone = [f"services.backend.{key}" for key in ("image", "port", "routes.api.paths", "routes.api.priority")]
    gone += ["services.prometheus.kind", *(f"services.frontend.{key}" for key in ("image", "port", "default_route"))]
    assert loaded(dict.fromkeys(gone)).services == {}


@pytest.mark.parametrize("name", ["database", "alb", "internet", "cluster", "http", "task"])
def test_a_name_that_the_platform_uses_is_rejected(faults: Reporter, name: str) -> None:
    assert faults({f"services.{name}.image": "a:1"}) == [
        f"services.{name}: this name is the platform's own; choose another"
    ]


@pytest.mark.parametrize("name", ["Worker", "a_b", "1st", "a--b", "a-"])
def test_a_name_must_fit_dns_and_addresses(faults: Reporter, name: str) -> None:
    (line,) = faults({f"services.{name}.image": "a:1"})
    assert line.startswith(f"services.{name}: {name} is not a name; start with a lower-case letter")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"connects_to": ["databse"]}, "connects_to[0]: databse is no service; did you mean database?"),
        ({"connects_to": ["bakend"]}, "connects_to[0]: bakend is no service; did you mean backend?"),
        ({"connects_to": ["worker"]}, "connects_to[0]: worker is this service itself; remove it"),
        ({"connects_to": ["database"] * 2}, "connects_to: database is there twice; name it once"),
        ({"kind": "promethues"}, "kind: promethues is not a choice here; choose application or prometheus"),
        ({"memory": 512}, "memory: unknown key; did you mean memory_mib?"),
        ({"metrics_path": "/m"}, "metrics_path: a service without a port has none; add a line such as port = 3000"),
        ({"default_route": True}, "default_route: a service without a port has none; add a line such as port = 3000"),
        ({"port": 80, "health_check": {}}, "health_check: no route leads the load balancer to it; add routes, or"),
        ({"command": ["a\0"]}, 'command[0]: "a\\u0000" is not an argument; remove its control characters'),
        ({"environment": {"A-B": ""}}, "environment.A-B: A-B is not a variable's name; start with a letter or _"),
        ({"container_health_check": ["curl"]}, "container_health_check: curl does not start a health check; write"),
        ({"schedule": "daily"}, "schedule: daily is not a schedule; give one such as cron(0 3 * * ? *), in UTC"),
        ({"schedule": "cron(0 3 * * * *)"}, 'schedule: "cron(0 3 * * * *)" has not one ? for its day; write it'),
        ({"schedule": "rate(1 day)", "port": 80}, "port: a job has none, and schedule makes this one; remove either"),
        ({"schedule": "rate(1 day)", "desired_count": 1}, "desired_count: a job has none, and schedule makes this"),
        ({"secrets": {"A": "s3cr3t"}}, "secrets.A: s3cr3t is not the ARN of a secret; give that of a Secrets Manager"),
        ({"architecture": "arm"}, "architecture: arm is not a choice here; choose x86_64 or arm64"),
        ({"deployed_by": "me"}, "deployed_by: me is not a choice here; choose ci or terraform"),
        ({"port": 80, "routes": {"a": {"paths": [], "priority": 1}}}, "routes.a.paths: 0 given; give 1 to 5, and"),
        ({"port": 80, "routes": {"a": {"paths": ["/ä"], "priority": 1}}}, 'routes.a.paths[0]: "/ä" is not a pattern'),
        ({"port": 80, "routes": {"a": {"paths": ["/"], "priority": 0}}}, "routes.a.priority: 0 is not a priority of"),
        ({"port": 80, "routes": {"a": {"paths": ["/"], "priority": 50000}}}, "routes.a.priority: 50000 is not a"),
        ({"port": 80, "routes": {"a": {"paths": ["/"], "priority": 100}}}, "routes.a.priority: 100 is that of"),
        ({"port": 80, "default_route": True}, "default_route: true in frontend too; choose one of the two"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_work_gets_one_line(faults: Reporter, settings: dict[str, object], line: str) -> None:
    (found,) = faults(worker(**settings))
    assert found.startswith(f"services.worker.{line}")


def test_a_rule_with_the_header_of_the_cdn_takes_four_paths(faults: Reporter, loaded: Loader) -> None:
    five = worker(port=80, routes={"a": {"paths": [f"/{number}" for number in range(5)], "priority": 1}})
    assert loaded(five)
    (line,) = faults({**five, "load_balancer.cloudfront_only": True})
    assert line.startswith("services.worker.routes.a.paths: 5 given; with load_balancer.cloudfront_only give 1 to 4,")


def test_public_services_need_a_default_route(faults: Reporter) -> None:
    assert faults({"services.frontend.default_route": None}) == [
        "services: no default_route, for what fits no route; add default_route = true to backend"
    ]


def test_a_worker_cannot_be_connected_to(faults: Reporter) -> None:
    (line,) = faults({**WORKER, "services.backend.connects_to": ["worker"]})
    assert line == "services.backend.connects_to[0]: worker has no port to connect to; give it one, or remove it here"


def test_requests_cannot_scale_what_gets_none(faults: Reporter) -> None:
    (line,) = faults(worker(port=80, autoscaling={"min_count": 1, "max_count": 2, "requests_per_target": 9}))
    assert line.startswith("services.worker.autoscaling.requests_per_target: no route leads the load balancer to it;")


def test_cpu_scales_a_worker_too(loaded: Loader) -> None:
    environment = loaded(worker(autoscaling={"min_count": 1, "max_count": 2, "cpu_percent": 9}))
    assert environment.autoscaled == {"worker"}


@pytest.mark.parametrize("table", ["environment", "secrets"])
def test_variables_of_the_database_are_not_overwritten(faults: Reporter, table: str) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x"
    assert faults(worker(connects_to=["database"], **{table: {"DB_HOST": arn}})) == [
        f"services.worker.{table}.DB_HOST: connects_to the database gives this variable; choose another name"
    ]


def test_a_variable_has_one_value(faults: Reporter) -> None:
    arn = "arn:aws:ssm:us-east-1:123456789012:parameter/x"
    assert faults(worker(environment={"A": ""}, secrets={"A": arn})) == [
        "services.worker.secrets.A: environment has this variable too; keep one of the two"
    ]


@pytest.mark.parametrize(
    ("value", "advice"),
    [("{enviroment}", "did you mean {environment}?"), ("{x}", "choose {environment}, {namespace} or {load_balancer}")],
)
def test_an_unknown_placeholder_is_an_error(faults: Reporter, value: str, advice: str) -> None:
    (line,) = faults(worker(environment={"A": f"http://{value}/"}))
    assert line == f'services.worker.environment.A: "{value}" is not a placeholder that has a value here; {advice}'


@pytest.mark.parametrize("value", ["{}", '{"a": {"b": 1}}', "${HOME}", "${home}", "%{if}", "{A}"])
def test_other_braces_are_left_alone(loaded: Loader, value: str) -> None:
    assert loaded(worker(environment={"A": value}))


def test_a_placeholder_of_the_port_needs_one(faults: Reporter) -> None:
    assert faults(worker(container_health_check=["CMD-SHELL", "nc -z localhost {port}"])) == [
        "services.worker.container_health_check: {port} has no value without a port; add a line such as port = 3000"
    ]


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:app/key-AbCdEf",
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCdEf:password::",
        "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/app/key",
    ],
)
def test_both_stores_of_secrets_are_accepted(loaded: Loader, arn: str) -> None:
    assert loaded(worker(secrets={"KEY": arn}))


@pytest.mark.parametrize("schedule", ["cron(0 3 * * ? *)", "rate(5 minutes)", "at(2030-01-31T03:00:00)"])
def test_each_form_of_a_schedule_is_accepted(loaded: Loader, schedule: str) -> None:
    assert loaded(worker(schedule=schedule)).services["worker"].schedule == schedule


@pytest.mark.parametrize(
    ("settings", "room", "line"),
    [
        (
            {"port": 80, "routes": {"a": {"paths": ["/a"], "priority": 1}}},
            12,
            "the target group name dev-davidshaevel-",
        ),
        ({}, 37, "the IAM role name dev-"),
        ({"schedule": "rate(1 day)"}, 32, "the IAM role name dev-"),
        ({"kind": "prometheus"}, 15, "the IAM role name_prefix dev-"),
    ],
)
def test_all_names_made_of_a_service_must_fit(
    loaded: Loader, faults: Reporter, settings: dict[str, object], room: int, line: str
) -> None:
    def named(name: str) -> dict[str, object]:
        return {f"services.{name}.{key}": value for key, value in {"image": "a:1", **settings}.items()}

    assert loaded(named("w" * room))
    (found,) = faults(named("w" * (room + 1)))
    assert found.startswith(f"services.{'w' * (room + 1)}: {line}")
    assert found.endswith(f"; choose a name of at most {room} characters or a project of at most 11 characters")


def test_a_toggle_of_no_service_is_an_error(faults: Reporter) -> None:
    assert faults({**WORKER, "exec.wroker": True}) == ["exec.wroker: unknown key; did you mean worker?"]


def test_the_toggle_of_a_wrong_service_is_no_fault(faults: Reporter) -> None:
    assert faults({**worker(cpu=1), "exec.worker": True}) == [
        "services.worker.cpu: 1 is not a Fargate CPU size; choose 256, 512, 1024, 2048, 4096, 8192 or 16384"
    ]


def test_the_tables_of_docs_database_are_valid(loaded: Loader) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-hCHyWt"
    text = (Path(__file__).parents[3] / "docs/database.md").read_text(encoding="utf-8").replace("ARN:", f"{arn}:")
    choice, worker_for_sql = (tomllib.loads(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL))
    assert loaded({f"database.{key}": value for key, value in choice["database"].items()}).database.iam_authentication
    environment = loaded({"services.sql": worker_for_sql["services"]["sql"], "exec.sql": True})
    assert environment.exec.enabled == ("sql",)
