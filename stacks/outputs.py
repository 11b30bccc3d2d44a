"""What a deploy prints, and what other tools read from the state. No output shows a secret."""

from collections.abc import Mapping

from constructs.bindings import TerraformOutput, TerraformStack
from constructs.cdn import Cdn
from constructs.deployer import Deployer
from constructs.ecr_repositories import EcrRepositories
from constructs.exec_operator import ExecOperatorPolicy
from constructs.services.foundation import Foundation
from constructs.services.service import Service


def publish_outputs(
    stack: TerraformStack,
    foundation: Foundation,
    *,
    services: Mapping[str, Service],
    repositories: EcrRepositories,
    cdn: Cdn,
    deployer: Deployer,
    exec_operator: ExecOperatorPolicy,
) -> None:
    """Publish the stack's outputs under the names that tools outside read.

    https://developer.hashicorp.com/terraform/language/values/outputs
    """
    outputs = {
        **_shared(foundation),
        **_services(services, repositories),
        **_cdn(cdn),
        "cicd_principal_arn": deployer.principal_arn,
        **exec_operator.outputs,
    }
    for name, value in outputs.items():
        TerraformOutput(stack, name, value=value)


def _shared(foundation: Foundation) -> dict[str, object]:
    instance, load_balancer = foundation.database.instance, foundation.load_balancer.resource
    return {
        "environment": foundation.environment.name,
        "region": foundation.environment.region,
        "vpc_id": foundation.network.vpc.id,
        "database_endpoint": instance.endpoint,
        "database_port": instance.port,
        "database_name": instance.db_name,
        "database_secret_arn": foundation.database.secret_arn,
        "cluster_name": foundation.cluster.resource.name,
        "cluster_arn": foundation.cluster.resource.arn,
        "alb_dns_name": load_balancer.dns_name,
        "alb_arn": load_balancer.arn,
        "namespace_id": foundation.discovery.namespace.id,
    }


def _services(services: Mapping[str, Service], repositories: EcrRepositories) -> dict[str, object]:
    own = {f"{name}_{key}": value for name, each in services.items() for key, value in each.outputs.items()}
    return own | {f"{name}_ecr_url": each.repository_url for name, each in repositories.by_service.items()}


def _cdn(cdn: Cdn) -> dict[str, object]:
    certificate, distribution = cdn.certificate, cdn.distribution
    return {
        "cloudfront_distribution_id": distribution.id,
        "cloudfront_domain_name": distribution.domain_name,
        "cloudfront_status": distribution.status,
        "cache_invalidation_command": (
            f"aws cloudfront create-invalidation --distribution-id {distribution.id} --paths '/*'"
        ),
        "certificate_arn": certificate.arn,
        "certificate_validation_records": certificate.domain_validation_options,
        # The name under which the HCL's users know it.
        "acm_certificate_status": certificate.status,
        "cloudflare_cname_records": _records_at_cloudflare(distribution.domain_name),
    }


def _records_at_cloudflare(domain_name: str) -> dict[str, object]:
    """Return the records to add where the domain is hosted, in the shape of the HCL's output."""
    note = "Use DNS only mode (gray cloud) in Cloudflare"
    records = [{"type": "CNAME", "name": name, "value": domain_name, "note": note} for name in ("@", "www")]
    return {"cloudfront_domain": domain_name, "records": records}
