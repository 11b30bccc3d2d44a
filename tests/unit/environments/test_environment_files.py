"""The three environments as they are, where the platform's contract or safety hangs on it."""

import pytest

from environments import Environment, load, load_all, names


@pytest.fixture(params=names())
def environment(request: pytest.FixtureRequest) -> Environment:
    return load(request.param, variables={})


def test_environments_come_in_alphabetical_order() -> None:
    assert [environment.name for environment in load_all(variables={})] == sorted(names())


def test_exec_is_off_for_every_service(environment: Environment) -> None:
    assert environment.exec.enabled == ()


def test_dev_is_what_runs_today() -> None:
    dev = load("dev", variables={})
    assert dev.prefix == "dev-davidshaevel"
    assert (dev.network.nat_gateways, dev.network.flow_logs) == ("per_zone", True)
    assert (dev.database.instance_class, dev.database.max_connections) == ("db.t3.micro", 112)
    checks = {name: service.health_check.path for name, service in dev.public_services.items()}
    assert checks == {"backend": "/api/health", "frontend": "/"}
    assert dev.log_retention_days == 7


def test_prod_keeps_its_database_and_load_balancer() -> None:
    prod = load("prod", variables={})
    assert prod.database.deletion_protection
    assert prod.database.multi_az
    assert prod.load_balancer.deletion_protection
    assert prod.log_retention_days >= 30


def test_images_come_from_the_account_that_runs_them(environment: Environment) -> None:
    registry = f"{environment.account_id}.dkr.ecr.{environment.region}.amazonaws.com/{environment.project}"
    for name, service in environment.services.items():
        assert service.image.startswith(f"{registry}/{name}:") or not service.is_built_here


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_node_runs_in_production_mode_beside_dev(name: str) -> None:
    services = load(name, variables={}).public_services
    assert {key: each.environment["NODE_ENV"] for key, each in services.items()} == {
        "backend": "production",
        "frontend": "production",
    }


@pytest.mark.parametrize("name", ["prod", "staging"])
def test_the_frontend_is_given_an_address_it_may_reach(name: str) -> None:
    services = load(name, variables={}).public_services
    assert "backend" in services["frontend"].connects_to
    assert (
        services["frontend"].environment["BACKEND_URL"]
        == f"http://backend.{{namespace}}:{services['backend'].port}/api"
    )


def test_dev_keeps_the_variables_that_are_live() -> None:
    assert load("dev", variables={}).public_services["frontend"].environment == {
        "NODE_ENV": "{environment}",
        "APP_ENV": "{environment}",
        "BACKEND_URL": "http://{load_balancer}/api",
    }


def test_part_of_a_health_check_leaves_the_rest_as_it_was() -> None:
    changed = load("prod", variables={"PROD__SERVICES__FRONTEND__HEALTH_CHECK__INTERVAL_SECONDS": "60"})
    health_check = changed.public_services["frontend"].health_check
    assert (health_check.path, health_check.interval_seconds, health_check.timeout_seconds) == ("/health", 60, 5)


def test_enabled_services_come_in_alphabetical_order() -> None:
    variables = {"DEV__EXEC__PROMETHEUS": "true", "DEV__EXEC__BACKEND": "true", "DEV__EXEC__FRONTEND": "true"}
    assert load("dev", variables=variables).exec.enabled == ("backend", "frontend", "prometheus")
