"""What a deploy prints, and what other tools read from the state. No output shows a secret."""

from typing import TYPE_CHECKING

from constructs.bindings import TerraformOutput

if TYPE_CHECKING:
    from stacks.platform import PlatformStack


def publish_outputs(stack: "PlatformStack") -> None:
    """Publish the stack's outputs under the names that tools outside read.

    https://developer.hashicorp.com/terraform/language/values/outputs
    """
    for name, value in _values(stack).items():
        TerraformOutput(stack, name, value=value)


def _values(stack: "PlatformStack") -> dict[str, object]:
    return {
        "environment": stack.environment.name,
        "region": stack.environment.region,
        "vpc_id": stack.network.vpc.id,
        **_database(stack),
        **_compute(stack),
        **_discovery(stack),
        **_cdn(stack),
        "cicd_principal_arn": stack.delivery.principal_arn,
        "prometheus_config_bucket": stack.prometheus.config.resource.bucket,
        "prometheus_log_group": stack.prometheus.log_group.name,
    }


def _database(stack: "PlatformStack") -> dict[str, object]:
    instance = stack.database.instance
    return {
        "database_endpoint": instance.endpoint,
        "database_port": instance.port,
        "database_name": instance.db_name,
        "database_secret_arn": stack.database.secret_arn,
    }


def _compute(stack: "PlatformStack") -> dict[str, object]:
    load_balancer = stack.load_balancer
    url = load_balancer.url(stack.environment.domain)
    outputs: dict[str, object] = {
        "cluster_name": stack.cluster.resource.name,
        "cluster_arn": stack.cluster.resource.arn,
        "alb_dns_name": load_balancer.resource.dns_name,
        "alb_arn": load_balancer.resource.arn,
        "backend_service_name": stack.backend.resource.name,
        "frontend_service_name": stack.frontend.resource.name,
        "prometheus_service_name": stack.prometheus.resource.name,
        "frontend_url": f"{url}/",
        "backend_url": f"{url}/api",
    }
    repositories = stack.registry.repositories if stack.registry else {}
    return outputs | {f"{name}_ecr_url": each.repository_url for name, each in repositories.items()}


def _discovery(stack: "PlatformStack") -> dict[str, object]:
    names = stack.service_discovery.names
    return {
        "namespace_id": stack.service_discovery.namespace.id,
        **{f"{name}_dns_name": stack.service_discovery.dns_name(name) for name in names},
    }


def _cdn(stack: "PlatformStack") -> dict[str, object]:
    certificate, distribution = stack.cdn.certificate, stack.cdn.distribution
    return {
        "cloudfront_distribution_id": distribution.id,
        "cloudfront_domain_name": distribution.domain_name,
        "cloudfront_status": distribution.status,
        "certificate_arn": certificate.arn,
        "certificate_validation_records": certificate.domain_validation_options,
    }
