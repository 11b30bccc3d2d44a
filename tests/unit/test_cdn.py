"""The distribution before the load balancer, and its certificate."""

import pytest

from tests.unit.stack_json import Stack, Synth

CERTIFICATE, DISTRIBUTION = "aws_acm_certificate.cdn", "aws_cloudfront_distribution.cdn"
ARN = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
EVERY_METHOD = {"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"}
CACHE_POLICIES, REQUEST_POLICIES = "aws_cloudfront_cache_policy", "aws_cloudfront_origin_request_policy"


@pytest.fixture
def secured(synth: Synth) -> Stack:
    """Dev whose load balancer has a certificate."""
    return synth(DEV__LOAD_BALANCER__CERTIFICATE_ARN=ARN)


def test_the_certificate_is_for_the_domain_and_its_www(dev: Stack) -> None:
    certificate = dev[CERTIFICATE]
    assert certificate["domain_name"] == "davidshaevel.com"
    assert certificate["subject_alternative_names"] == ["www.davidshaevel.com"]
    assert certificate["validation_method"] == "DNS"


def test_a_new_certificate_is_there_before_the_old_one_goes(dev: Stack) -> None:
    assert dev[CERTIFICATE]["lifecycle"] == {"create_before_destroy": True}


def test_the_certificate_is_where_cloudfront_looks(synth: Synth) -> None:
    stack = synth(
        DEV__REGION="eu-west-1",
        DEV__NETWORK__ZONES='["eu-west-1a", "eu-west-1b"]',
        DEV__TAGS__CostCenter="42",
    )
    here, there = stack.document["provider"]["aws"]
    assert stack[CERTIFICATE]["provider"] == "aws.us_east_1"
    assert there == {**here, "alias": "us_east_1", "region": "us-east-1"}
    assert [each for each in stack.addresses if "provider" in stack[each]] == [CERTIFICATE]


def test_users_reach_it_by_the_names_of_its_certificate(dev: Stack) -> None:
    assert dev[DISTRIBUTION]["aliases"] == ["davidshaevel.com", "www.davidshaevel.com"]
    assert dev[DISTRIBUTION]["viewer_certificate"] == {
        "acm_certificate_arn": "${aws_acm_certificate.cdn.arn}",
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }


def test_the_distribution_is_live_devs(dev: Stack) -> None:
    distribution = dev[DISTRIBUTION]
    assert (distribution["comment"], distribution["enabled"]) == ("dev davidshaevel CDN", True)
    assert (distribution["is_ipv6_enabled"], distribution["price_class"]) == (True, "PriceClass_100")
    assert distribution["restrictions"] == {"geo_restriction": {"restriction_type": "none"}}


def test_its_origin_is_the_load_balancer_over_http(dev: Stack) -> None:
    (origin,) = dev[DISTRIBUTION]["origin"]
    assert (origin["origin_id"], origin["domain_name"]) == ("alb-origin", "${aws_lb.load_balancer.dns_name}")
    assert origin["custom_header"] == [{"name": "X-Custom-Header", "value": "davidshaevel"}]
    assert origin["custom_origin_config"] == {
        "http_port": 80,
        "https_port": 443,
        "origin_protocol_policy": "http-only",
        "origin_ssl_protocols": ["TLSv1.2"],
        "origin_read_timeout": 60,
        "origin_keepalive_timeout": 5,
    }


def test_with_a_certificate_its_origin_is_reached_over_https(secured: Stack) -> None:
    # Over HTTP it would be redirected to HTTPS, without end.
    (origin,) = secured[DISTRIBUTION]["origin"]
    assert origin["custom_origin_config"]["origin_protocol_policy"] == "https-only"


def test_with_a_certificate_both_behaviours_hand_the_host_on(secured: Stack) -> None:
    # The certificate is for the domain, not for the load balancer's own name.
    default, (api,) = (secured[DISTRIBUTION][f"{kind}_cache_behavior"] for kind in ("default", "ordered"))
    assert default["origin_request_policy_id"] == f"${{data.{REQUEST_POLICIES}.cdn_host_header_only.id}}"
    assert secured.document["data"][REQUEST_POLICIES]["cdn_host_header_only"]["name"] == "Managed-HostHeaderOnly"
    assert api["origin_request_policy_id"] == f"${{data.{REQUEST_POLICIES}.cdn_all_viewer.id}}"


def test_what_the_frontend_serves_is_cached(dev: Stack) -> None:
    behaviour = dev[DISTRIBUTION]["default_cache_behavior"]
    assert behaviour["cache_policy_id"] == f"${{data.{CACHE_POLICIES}.cdn_caching_optimized.id}}"
    assert behaviour["cached_methods"] == ["GET", "HEAD", "OPTIONS"]
    assert "origin_request_policy_id" not in behaviour


def test_a_route_is_not_cached_and_gets_the_whole_request(dev: Stack) -> None:
    (behaviour,) = dev[DISTRIBUTION]["ordered_cache_behavior"]
    assert (behaviour["path_pattern"], behaviour["cached_methods"]) == ("/api/*", ["GET", "HEAD"])
    assert behaviour["cache_policy_id"] == f"${{data.{CACHE_POLICIES}.cdn_caching_disabled.id}}"
    assert behaviour["origin_request_policy_id"] == f"${{data.{REQUEST_POLICIES}.cdn_all_viewer.id}}"


def test_behaviours_redirect_compress_and_take_all_methods(dev: Stack) -> None:
    distribution = dev[DISTRIBUTION]
    for behaviour in (distribution["default_cache_behavior"], *distribution["ordered_cache_behavior"]):
        assert behaviour["target_origin_id"] == "alb-origin"
        assert (behaviour["viewer_protocol_policy"], behaviour["compress"]) == ("redirect-to-https", True)
        assert set(behaviour["allowed_methods"]) == EVERY_METHOD


def test_awss_own_policies_are_looked_up_by_name(dev: Stack) -> None:
    data = dev.document["data"]
    found = {name: each["name"] for kind in (CACHE_POLICIES, REQUEST_POLICIES) for name, each in data[kind].items()}
    assert found == {
        "cdn_caching_optimized": "Managed-CachingOptimized",
        "cdn_caching_disabled": "Managed-CachingDisabled",
        "cdn_all_viewer": "Managed-AllViewer",
    }


@pytest.mark.parametrize(("index", "code"), [(0, 502), (1, 503), (2, 504)])
def test_an_error_shows_a_page_for_ten_seconds(dev: Stack, index: int, code: int) -> None:
    responses = dev[DISTRIBUTION]["custom_error_response"]
    assert len(responses) == 3
    assert responses[index] == {
        "error_code": code,
        "response_code": code,
        "response_page_path": "/error.html",
        "error_caching_min_ttl": 10,
    }


def test_an_access_log_goes_to_the_environments_bucket(dev: Stack, synth: Synth) -> None:
    assert "logging_config" not in dev[DISTRIBUTION]
    assert synth(DEV__CDN__LOGGING_BUCKET="acme-logs")[DISTRIBUTION]["logging_config"] == {
        "bucket": "acme-logs.s3.amazonaws.com",
        "prefix": "cloudfront/",
        "include_cookies": False,
    }


def test_no_deploy_waits_for_unannounced_records(dev: Stack) -> None:
    (precondition,) = dev[DISTRIBUTION]["lifecycle"]["precondition"]
    assert precondition["condition"] == '${aws_acm_certificate.cdn.status != "PENDING_VALIDATION"}'
    assert "aws_acm_certificate.cdn.domain_validation_options" in precondition["error_message"]
    assert not dev.of_type("aws_acm_certificate_validation")


def test_awss_security_headers_are_in_every_answer_by_choice(dev: Stack, synth: Synth) -> None:
    stack = synth(DEV__CDN__SECURITY_HEADERS="true")
    (policy,) = stack.document["data"]["aws_cloudfront_response_headers_policy"].values()
    assert policy["name"] == "Managed-SecurityHeadersPolicy"
    distribution = stack[DISTRIBUTION]
    for behaviour in (distribution["default_cache_behavior"], *distribution["ordered_cache_behavior"]):
        reference = "${data.aws_cloudfront_response_headers_policy.cdn_security_headers.id}"
        assert behaviour["response_headers_policy_id"] == reference
    assert "response_headers_policy_id" not in dev[DISTRIBUTION]["default_cache_behavior"]


def test_a_web_acl_looks_at_requests_by_choice(dev: Stack, synth: Synth) -> None:
    acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/app/12345678-1234-1234-1234-123456789012"
    assert synth(DEV__CDN__WEB_ACL_ARN=acl)[DISTRIBUTION]["web_acl_id"] == acl
    assert "web_acl_id" not in dev[DISTRIBUTION]
