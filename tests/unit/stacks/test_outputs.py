"""What a deploy prints."""

import re

import pytest

from environments import names
from tests.unit.kinds import SERVICES
from tests.unit.stack_json import Stack, Synth, strings

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
OUTPUTS = {
    "environment": "dev",
    "region": "us-east-1",
    "vpc_id": "${aws_vpc.network.id}",
    "database_endpoint": "${aws_db_instance.database.endpoint}",
    "database_port": "${aws_db_instance.database.port}",
    "database_name": "${aws_db_instance.database.db_name}",
    "database_secret_arn": "${aws_db_instance.database.master_user_secret[0].secret_arn}",
    "cluster_name": "${aws_ecs_cluster.cluster.name}",
    "cluster_arn": "${aws_ecs_cluster.cluster.arn}",
    "alb_dns_name": "${aws_lb.load_balancer.dns_name}",
    "alb_arn": "${aws_lb.load_balancer.arn}",
    "backend_service_name": "${aws_ecs_service.backend.name}",
    "frontend_service_name": "${aws_ecs_service.frontend.name}",
    "prometheus_service_name": "${aws_ecs_service.prometheus.name}",
    "frontend_url": "http://${aws_lb.load_balancer.dns_name}/",
    "backend_url": "http://${aws_lb.load_balancer.dns_name}/api",
    "backend_ecr_url": "${aws_ecr_repository.registry_backend.repository_url}",
    "frontend_ecr_url": "${aws_ecr_repository.registry_frontend.repository_url}",
    "namespace_id": "${aws_service_discovery_private_dns_namespace.service_discovery.id}",
    "backend_dns_name": "backend.davidshaevel.local",
    "frontend_dns_name": "frontend.davidshaevel.local",
    "prometheus_dns_name": "prometheus.davidshaevel.local",
    "cloudfront_distribution_id": "${aws_cloudfront_distribution.cdn.id}",
    "cloudfront_domain_name": "${aws_cloudfront_distribution.cdn.domain_name}",
    "cloudfront_status": "${aws_cloudfront_distribution.cdn.status}",
    "cache_invalidation_command": (
        "aws cloudfront create-invalidation --distribution-id ${aws_cloudfront_distribution.cdn.id} --paths '/*'"
    ),
    "acm_certificate_status": "${aws_acm_certificate.cdn.status}",
    "cloudflare_cname_records": {
        "cloudfront_domain": "${aws_cloudfront_distribution.cdn.domain_name}",
        "records": [
            {
                "type": "CNAME",
                "name": name,
                "value": "${aws_cloudfront_distribution.cdn.domain_name}",
                "note": "Use DNS only mode (gray cloud) in Cloudflare",
            }
            for name in ("@", "www")
        ],
    },
    "certificate_arn": "${aws_acm_certificate.cdn.arn}",
    "certificate_validation_records": "${tolist(aws_acm_certificate.cdn.domain_validation_options)}",
    "cicd_principal_arn": "${aws_iam_user.delivery.arn}",
    "prometheus_config_bucket": "${aws_s3_bucket.prometheus_config.bucket}",
    "prometheus_log_group": "${aws_cloudwatch_log_group.prometheus.name}",
}


def test_dev_publishes_these_outputs(dev: Stack) -> None:
    assert dev.outputs == OUTPUTS


def test_with_a_certificate_users_go_to_the_domain(synth: Synth) -> None:
    outputs = synth(DEV__LOAD_BALANCER__CERTIFICATE_ARN=CERTIFICATE).outputs
    assert outputs["frontend_url"] == "https://davidshaevel.com/"
    assert outputs["backend_url"] == "https://davidshaevel.com/api"


@pytest.mark.parametrize("environment", names())
def test_no_output_shows_a_secret(synth: Synth, environment: str) -> None:
    # The ARN of a secret is no secret; its value, a password or a user is.
    texts = strings(list(synth(environment).outputs.values()))
    attributes = [text.split(".")[-1] for text in texts if text.startswith("${")]
    assert [each for each in attributes if re.search(r"password|username|secret(?!_arn})", each)] == []


def test_each_kind_of_service_has_its_outputs(platform: Stack) -> None:
    ends = ("_service_name", "_url", "_dns_name", "_config_bucket", "_log_group")
    published = {name for name in platform.outputs if name.split("_")[0] in SERVICES and name.endswith(ends)}
    assert published == {
        *(f"{name}_{end}" for name in ("site", "orders") for end in ("service_name", "url", "dns_name", "ecr_url")),
        *(f"ledger_{end}" for end in ("service_name", "dns_name", "ecr_url")),
        *(f"worker_{end}" for end in ("service_name", "ecr_url")),
        "nightly_ecr_url",
        *(f"metrics_{end}" for end in ("service_name", "dns_name", "config_bucket", "log_group")),
    }


def test_the_url_of_a_route_ends_where_it_varies(platform: Stack) -> None:
    assert platform.outputs["orders_url"] == "http://${aws_lb.load_balancer.dns_name}/orders"
    assert platform.outputs["site_url"] == "http://${aws_lb.load_balancer.dns_name}/"
