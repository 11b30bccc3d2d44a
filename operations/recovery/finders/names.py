"""What gives the platform its names: Cloud Map inside the VPC, certificate and CDN outside."""

from collections.abc import Iterator

from operations.recovery.planned import Planned
from operations.recovery.search import Finders, Match, Search, tags_of


def _namespace(search: Search, planned: Planned) -> Iterator[Match]:
    vpc = search.parent(planned, "vpc")
    if not vpc:
        return
    for each in search.list("servicediscovery", "list_namespaces", "Namespaces"):
        if each["Name"] == planned.arguments["name"] and _is_described(each["Arn"], search, planned):
            yield Match(f"{each['Id']}:{vpc}")


def _service(search: Search, planned: Planned) -> Iterator[Match]:
    (dns,) = planned.arguments["dns_config"]
    namespace = dns.get("namespace_id") or search.parent(planned, "namespace_id")
    if not namespace:
        return
    # Where it was found, the VPC stands behind the colon.
    namespace = namespace.partition(":")[0]
    filters = [{"Name": "NAMESPACE_ID", "Values": [namespace], "Condition": "EQ"}]
    for each in search.list("servicediscovery", "list_services", "Services", Filters=filters):
        if each["Name"] == planned.arguments["name"] and _is_described(each["Arn"], search, planned):
            yield Match(each["Id"])


def _is_described(arn: str, search: Search, planned: Planned) -> bool:
    tags = search.list("servicediscovery", "list_tags_for_resource", "Tags", ResourceARN=arn)
    return planned.is_described_by(tags_of(tags))


def _certificate(search: Search, planned: Planned) -> Iterator[Match]:
    acm = search.us_east_1.acm
    for each in search.ask(acm, "list_certificates", "CertificateSummaryList"):
        arn = each["CertificateArn"]
        if each["DomainName"] == planned.arguments["domain_name"] and planned.is_described_by(
            tags_of(acm.list_tags_for_certificate(CertificateArn=arn)["Tags"])
        ):
            yield Match(arn)


def _distribution(search: Search, planned: Planned) -> Iterator[Match]:
    # An empty list is left out of the answer.
    for each in filter(None, search.list("cloudfront", "list_distributions", "DistributionList.Items")):
        if each["Comment"] == planned.arguments["comment"]:
            tags = search.clients.cloudfront.list_tags_for_resource(Resource=each["ARN"])["Tags"]["Items"]
            if planned.is_described_by(tags_of(tags)):
                yield Match(each["Id"])


FINDERS: Finders = {
    "aws_acm_certificate": _certificate,
    "aws_cloudfront_distribution": _distribution,
    "aws_service_discovery_private_dns_namespace": _namespace,
    "aws_service_discovery_service": _service,
}
