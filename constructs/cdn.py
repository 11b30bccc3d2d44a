"""The content delivery network: a CloudFront distribution before the load balancer, and its certificate."""

from collections.abc import Sequence

from constructs import Construct

from environments.cdn import CdnSettings

from .bindings import (
    AcmCertificate,
    AwsProvider,
    CloudfrontDistribution,
    CloudfrontDistributionCustomErrorResponse,
    CloudfrontDistributionDefaultCacheBehavior,
    CloudfrontDistributionLoggingConfig,
    CloudfrontDistributionOrderedCacheBehavior,
    CloudfrontDistributionOrigin,
    CloudfrontDistributionOriginCustomHeader,
    CloudfrontDistributionOriginCustomOriginConfig,
    CloudfrontDistributionRestrictions,
    CloudfrontDistributionRestrictionsGeoRestriction,
    CloudfrontDistributionViewerCertificate,
    DataAwsCloudfrontCachePolicy,
    DataAwsCloudfrontOriginRequestPolicy,
    Lb,
    Precondition,
    TerraformResourceLifecycle,
)

API_PATH = "/api/*"
ORIGIN = "alb-origin"
TLS_POLICY = "TLSv1.2_2021"
READ_METHODS = ["GET", "HEAD", "OPTIONS"]
METHODS = [*READ_METHODS, "PUT", "POST", "PATCH", "DELETE"]
ERROR_CODES = (502, 503, 504)
ERROR_SECONDS = 10


class Cdn(Construct):
    """A CloudFront distribution for the domains: it caches what the frontend serves, and nothing of the API.

    TLS ends here; the load balancer is asked over HTTP. The environment decides on an access log. Another domain
    replaces the certificate, the new one before the old one goes, and the distribution changes in place. The domain's
    DNS is not managed here: its owner adds the records that validate the certificate, and points it to CloudFront.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: CdnSettings,
        domains: Sequence[str],
        project: str,
        environment: str,
        load_balancer: Lb,
        us_east_1: AwsProvider,
    ) -> None:
        super().__init__(scope, id_)
        self._settings = settings
        self._prefix = f"{environment}-{project}"

        self.certificate = self._certificate(domains, us_east_1)
        self.distribution = self._distribution(
            comment=f"{environment} {project} CDN", domains=domains, origin=_origin(load_balancer, project)
        )

    def _certificate(self, domains: Sequence[str], us_east_1: AwsProvider) -> AcmCertificate:
        domain, *others = domains
        return AcmCertificate(
            self,
            "certificate",
            # CloudFront takes certificates of this region only, wherever the platform is.
            provider=us_east_1,
            domain_name=domain,
            subject_alternative_names=others,
            validation_method="DNS",
            tags={"Name": f"{self._prefix}-cloudfront-cert"},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _distribution(
        self, *, comment: str, domains: Sequence[str], origin: CloudfrontDistributionOrigin
    ) -> CloudfrontDistribution:
        return CloudfrontDistribution(
            self,
            "distribution",
            enabled=True,
            comment=comment,
            is_ipv6_enabled=True,
            price_class="PriceClass_100",
            aliases=list(domains),
            origin=[origin],
            default_cache_behavior=self._cached(),
            ordered_cache_behavior=[self._uncached(API_PATH)],
            custom_error_response=[_error_page(code) for code in ERROR_CODES],
            viewer_certificate=CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=self.certificate.arn,
                ssl_support_method="sni-only",
                minimum_protocol_version=TLS_POLICY,
            ),
            restrictions=CloudfrontDistributionRestrictions(
                geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
            ),
            logging_config=self._access_log(),
            tags={"Name": f"{self._prefix}-cloudfront"},
            lifecycle=TerraformResourceLifecycle(precondition=[self._validated(domains[0])]),
        )

    def _cached(self) -> CloudfrontDistributionDefaultCacheBehavior:
        policy = DataAwsCloudfrontCachePolicy(self, "caching_optimized", name="Managed-CachingOptimized")
        return CloudfrontDistributionDefaultCacheBehavior(
            target_origin_id=ORIGIN,
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=METHODS,
            cached_methods=READ_METHODS,
            compress=True,
            cache_policy_id=policy.id,
        )

    def _uncached(self, path: str) -> CloudfrontDistributionOrderedCacheBehavior:
        policy = DataAwsCloudfrontCachePolicy(self, "caching_disabled", name="Managed-CachingDisabled")
        request_policy = DataAwsCloudfrontOriginRequestPolicy(self, "all_viewer", name="Managed-AllViewer")
        return CloudfrontDistributionOrderedCacheBehavior(
            path_pattern=path,
            target_origin_id=ORIGIN,
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=METHODS,
            cached_methods=["GET", "HEAD"],
            compress=True,
            cache_policy_id=policy.id,
            origin_request_policy_id=request_policy.id,
        )

    def _access_log(self) -> CloudfrontDistributionLoggingConfig | None:
        bucket = self._settings.logging_bucket
        if bucket is None:
            return None
        return CloudfrontDistributionLoggingConfig(
            bucket=f"{bucket}.s3.amazonaws.com", prefix="cloudfront/", include_cookies=False
        )

    def _validated(self, domain: str) -> Precondition:
        """Refuse a certificate that waits for its records, in words that say which: CloudFront's own give no reason.

        A certificate that was issued once never waits again, so this stands in the way of no later deploy.
        https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
        """
        certificate = self.certificate.fqn
        # Terraform breaks lines where it likes, but not those that start with a space.
        record = r"\n  ${each.resource_record_name} ${each.resource_record_type} ${each.resource_record_value}"
        records = f'join("", sort([for each in {certificate}.domain_validation_options : "{record}"]))'
        return Precondition(
            condition=f'${{{certificate}.status != "PENDING_VALIDATION"}}',
            error_message=(
                f"The certificate of {domain} is not validated yet: add these records to the domain's DNS, "
                f"give it some minutes, then deploy again: ${{{records}}}"
            ),
        )


def _origin(load_balancer: Lb, project: str) -> CloudfrontDistributionOrigin:
    return CloudfrontDistributionOrigin(
        origin_id=ORIGIN,
        domain_name=load_balancer.dns_name,
        custom_origin_config=CloudfrontDistributionOriginCustomOriginConfig(
            http_port=80,
            https_port=443,
            origin_protocol_policy="http-only",
            origin_ssl_protocols=["TLSv1.2"],
            origin_read_timeout=60,
            origin_keepalive_timeout=5,
        ),
        custom_header=[CloudfrontDistributionOriginCustomHeader(name="X-Custom-Header", value=project)],
    )


def _error_page(code: int) -> CloudfrontDistributionCustomErrorResponse:
    return CloudfrontDistributionCustomErrorResponse(
        error_code=code,
        response_code=code,
        response_page_path="/error.html",
        error_caching_min_ttl=ERROR_SECONDS,
    )
