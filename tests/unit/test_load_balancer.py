"""The public entry, with and without a certificate."""

import pytest

from tests.unit.kinds import Kinds
from tests.unit.stack_json import Stack, Synth

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
HTTP, HTTPS = "aws_lb_listener.load_balancer_http", "aws_lb_listener.load_balancer_https"
RULE = "aws_lb_listener_rule.load_balancer_backend_api"
DRAWN = "${terraform_data.load_balancer_origin_header.triggers_replace.value}"
TO_FRONTEND = {"type": "forward", "target_group_arn": "${aws_lb_target_group.load_balancer_frontend.arn}"}
TO_BACKEND = {"type": "forward", "target_group_arn": "${aws_lb_target_group.load_balancer_backend.arn}"}


@pytest.fixture
def secured(synth: Synth) -> Stack:
    """Dev with a certificate."""
    return synth(DEV__LOAD_BALANCER__CERTIFICATE_ARN=CERTIFICATE)


@pytest.fixture
def shielded(synth: Synth) -> Stack:
    """Dev that CloudFront alone reaches."""
    return synth(DEV__LOAD_BALANCER__CLOUDFRONT_ONLY="true")


def test_it_is_an_internet_facing_application_load_balancer(dev: Stack) -> None:
    load_balancer = dev["aws_lb.load_balancer"]
    assert (load_balancer["load_balancer_type"], load_balancer["internal"]) == ("application", False)
    assert load_balancer["idle_timeout"] == 60
    assert load_balancer["enable_deletion_protection"] is False


@pytest.mark.parametrize(("name", "port", "path"), [("frontend", 3000, "/"), ("backend", 3001, "/api/health")])
def test_a_target_group_asks_its_service_for_its_health(dev: Stack, name: str, port: int, path: str) -> None:
    group = dev[f"aws_lb_target_group.load_balancer_{name}"]
    assert (group["port"], group["protocol"], group["target_type"]) == (port, "HTTP", "ip")
    assert group["deregistration_delay"] == "30"
    assert group["vpc_id"] == "${aws_vpc.network.id}"
    assert group["health_check"] == {
        "enabled": True,
        "protocol": "HTTP",
        "path": path,
        "matcher": "200-299",
        "interval": 30,
        "timeout": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
    }


def test_the_default_health_path_is_health(synth: Synth) -> None:
    group = synth("staging")["aws_lb_target_group.load_balancer_frontend"]
    assert group["health_check"]["path"] == "/health"


def test_without_a_certificate_http_goes_to_the_frontend(dev: Stack) -> None:
    assert set(dev.of_type("aws_lb_listener")) == {"load_balancer_http"}
    assert (dev[HTTP]["port"], dev[HTTP]["protocol"]) == (80, "HTTP")
    assert dev[HTTP]["default_action"] == [TO_FRONTEND]


def test_with_a_certificate_http_redirects_to_https(secured: Stack) -> None:
    (action,) = secured[HTTP]["default_action"]
    assert action == {
        "type": "redirect",
        "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
    }


def test_with_a_certificate_https_goes_to_the_frontend(secured: Stack) -> None:
    https = secured[HTTPS]
    assert (https["port"], https["protocol"], https["certificate_arn"]) == (443, "HTTPS", CERTIFICATE)
    assert https["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert https["default_action"] == [TO_FRONTEND]
    assert https["load_balancer_arn"] == "${aws_lb.load_balancer.arn}"


def test_the_api_goes_to_the_backend(dev: Stack) -> None:
    assert dev[RULE]["priority"] == 100
    assert dev[RULE]["condition"] == [{"path_pattern": {"values": ["/api/*"]}}]
    assert dev[RULE]["action"] == [TO_BACKEND]


def test_the_rule_is_on_the_listener_that_serves(dev: Stack, secured: Stack) -> None:
    assert dev[RULE]["listener_arn"] == f"${{{HTTP}.arn}}"
    assert secured[RULE]["listener_arn"] == f"${{{HTTPS}.arn}}"


def test_access_logs_go_to_the_environments_bucket(synth: Synth) -> None:
    logged = synth(DEV__LOAD_BALANCER__ACCESS_LOGS_BUCKET="acme-logs")["aws_lb.load_balancer"]
    assert logged["access_logs"] == {"enabled": True, "bucket": "acme-logs"}


def test_without_a_bucket_access_logs_are_off(dev: Stack) -> None:
    assert dev["aws_lb.load_balancer"]["access_logs"] == {"enabled": False, "bucket": ""}


@pytest.mark.parametrize("service", ["backend", "frontend"])
def test_another_port_does_not_replace_a_target_group_in_use(dev: Stack, service: str) -> None:
    assert dev[f"aws_lb_target_group.load_balancer_{service}"]["lifecycle"] == {"ignore_changes": ["port"]}


def test_a_route_leads_to_its_service(kinds: Kinds) -> None:
    routes = {"a": {"paths": ["/a", "/b/*"], "priority": 5}, "c": {"paths": ["/c"], "priority": 6}}
    stack = kinds(orders={"routes": routes})
    rule = stack["aws_lb_listener_rule.load_balancer_orders_a"]
    assert rule["condition"] == [{"path_pattern": {"values": ["/a", "/b/*"]}}]
    assert rule["action"][0]["target_group_arn"] == "${aws_lb_target_group.load_balancer_orders.arn}"
    assert stack["aws_lb_listener_rule.load_balancer_orders_c"]["priority"] == 6


def test_the_cdn_caches_no_path_of_a_route(kinds: Kinds) -> None:
    first = {"paths": ["/ledger/*", "/l"], "priority": 5}
    stack = kinds(ledger={"routes": {"a": first}})
    behaviours = stack["aws_cloudfront_distribution.cdn"]["ordered_cache_behavior"]
    assert [each["path_pattern"] for each in behaviours] == ["/ledger/*", "/l", "/orders/*"]


def test_with_cloudfront_only_each_rule_demands_the_header(shielded: Stack) -> None:
    rules = shielded.of_type("aws_lb_listener_rule")
    assert set(rules) == {"load_balancer_backend_api", "load_balancer_frontend_default_route"}
    for rule in rules.values():
        assert {"http_header": {"http_header_name": "X-Origin-Verify", "values": [DRAWN]}} in rule["condition"]


def test_with_cloudfront_only_the_rest_is_forbidden(shielded: Stack) -> None:
    assert shielded[HTTP]["default_action"] == [
        {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "403"}}
    ]


def test_the_default_route_is_then_the_last_rule(shielded: Stack) -> None:
    rule = shielded["aws_lb_listener_rule.load_balancer_frontend_default_route"]
    assert (rule["priority"], rule["action"]) == (50000, [TO_FRONTEND])
    assert not [each for each in rule["condition"] if "path_pattern" in each]
    # ECS rejects a target group that no rule forwards to, and the listener itself forwards to none.
    waits_for = shielded["aws_ecs_service.frontend"]["depends_on"]
    assert "aws_lb_listener_rule.load_balancer_frontend_default_route" in waits_for


def test_the_header_is_drawn_once_and_secret(dev: Stack, shielded: Stack) -> None:
    drawn = shielded["terraform_data.load_balancer_origin_header"]
    assert drawn["triggers_replace"] == {"value": "${sensitive(uuid())}"}
    assert drawn["lifecycle"] == {"ignore_changes": ["triggers_replace"]}
    # Terraform shows an input again as an output.
    assert "input" not in drawn
    assert not dev.of_type("terraform_data")


def test_the_cdn_sends_the_header_that_is_demanded(shielded: Stack) -> None:
    (origin,) = shielded["aws_cloudfront_distribution.cdn"]["origin"]
    assert origin["custom_header"] == [{"name": "X-Origin-Verify", "value": DRAWN}]


def test_with_cloudfront_only_users_come_by_the_domain(shielded: Stack) -> None:
    assert shielded.outputs["frontend_url"] == "https://davidshaevel.com/"
    assert shielded.outputs["backend_url"] == "https://davidshaevel.com/api"


def test_headers_with_odd_names_are_dropped_by_choice(dev: Stack, synth: Synth) -> None:
    chosen = synth(DEV__LOAD_BALANCER__DROP_INVALID_HEADER_FIELDS="true")
    assert chosen["aws_lb.load_balancer"]["drop_invalid_header_fields"] is True
    assert "drop_invalid_header_fields" not in dev["aws_lb.load_balancer"]
