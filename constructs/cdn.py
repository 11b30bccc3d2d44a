"""The content delivery network: a CloudFront distribution before the load balancer, and its certificate."""

from environments import Environment

from .access_logs import AccessLogs
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
    Construct,
    DataAwsCloudfrontCachePolicy,
    DataAwsCloudfrontOriginRequestPolicy,
    DataAwsCloudfrontResponseHeadersPolicy,
    Precondition,
    TerraformResourceLifecycle,
)
from .load_balancer import LoadBalancer

ORIGIN = "alb-origin"
TLS_POLICY = "TLSv1.2_2021"
READ_METHODS = ["GET", "HEAD", "OPTIONS"]
METHODS = [*READ_METHODS, "PUT", "POST", "PATCH", "DELETE"]
ERROR_CODES = (502, 503, 504)
ERROR_SECONDS = 10


class Cdn(Construct):
    """A CloudFront distribution for the domains: it caches what the default service sends, and no path of a route.

    Users' TLS ends here. Requests go on to the load balancer over HTTPS if it has a certificate, otherwise over HTTP.
    The environment decides on security headers, a web ACL and an access log. Changing the domain replaces the
    certificate, creating the new one first, and changes the distribution in place. The domain's DNS is not managed
    here: its owner adds the records that validate the certificate, and points it to CloudFront.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        load_balancer: LoadBalancer,
        us_east_1: AwsProvider,
        access_logs: AccessLogs | None,
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._https = environment.load_balancer.certificate_arn is not None
        self.certificate = self._certificate(us_east_1)
        self._security_headers = self._response_headers_policy()
        self.distribution = self._distribution(load_balancer, access_logs)

    def _certificate(self, us_east_1: AwsProvider) -> AcmCertificate:
        domain, *others = self._environment.domains
        return AcmCertificate(
            self,
            "certificate",
            # CloudFront takes certificates of this region only, wherever the platform is.
            provider=us_east_1,
            domain_name=domain,
            subject_alternative_names=others,
            validation_method="DNS",
            tags={"Name": f"{self._environment.prefix}-cloudfront-cert"},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _distribution(self, load_balancer: LoadBalancer, access_logs: AccessLogs | None) -> CloudfrontDistribution:
        environment = self._environment
        return CloudfrontDistribution(
            self,
            "distribution",
            enabled=True,
            comment=f"{environment.name} {environment.project} CDN",
            is_ipv6_enabled=True,
            price_class="PriceClass_100",
            aliases=list(environment.domains),
            origin=[self._origin(load_balancer)],
            default_cache_behavior=self._cached(),
            ordered_cache_behavior=self._uncached() or None,
            custom_error_response=[_error_page(code) for code in ERROR_CODES],
            viewer_certificate=CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=self.certificate.arn,
                ssl_support_method="sni-only",
                minimum_protocol_version=TLS_POLICY,
            ),
            restrictions=CloudfrontDistributionRestrictions(
                geo_restriction=CloudfrontDistributionRestrictionsGeoRestriction(restriction_type="none")
            ),
            web_acl_id=environment.cdn.web_acl_arn,
            logging_config=self._access_log(access_logs),
            tags={"Name": f"{self._environment.prefix}-cloudfront"},
            depends_on=access_logs.grants if access_logs else None,
            lifecycle=TerraformResourceLifecycle(precondition=[self._validated(environment.domain)]),
        )

    def _origin(self, load_balancer: LoadBalancer) -> CloudfrontDistributionOrigin:
        return CloudfrontDistributionOrigin(
            origin_id=ORIGIN,
            domain_name=load_balancer.resource.dns_name,
            custom_origin_config=CloudfrontDistributionOriginCustomOriginConfig(
                http_port=80,
                https_port=443,
                # Over HTTP the load balancer would redirect to HTTPS, and so without end.
                origin_protocol_policy="https-only" if self._https else "http-only",
                origin_ssl_protocols=["TLSv1.2"],
                origin_read_timeout=60,
                origin_keepalive_timeout=5,
            ),
            custom_header=[self._header(load_balancer)],
        )

    def _header(self, load_balancer: LoadBalancer) -> CloudfrontDistributionOriginCustomHeader:
        if header := load_balancer.origin_header:
            return CloudfrontDistributionOriginCustomHeader(name=header.name, value=header.value)
        # As live. It proves nothing: everyone knows the project's name.
        return CloudfrontDistributionOriginCustomHeader(name="X-Custom-Header", value=self._environment.project)

    def _cached(self) -> CloudfrontDistributionDefaultCacheBehavior:
        policy = DataAwsCloudfrontCachePolicy(self, "caching_optimized", name="Managed-CachingOptimized")
        return CloudfrontDistributionDefaultCacheBehavior(
            target_origin_id=ORIGIN,
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=METHODS,
            cached_methods=READ_METHODS,
            compress=True,
            cache_policy_id=policy.id,
            origin_request_policy_id=self._host_only(),
            response_headers_policy_id=self._security_headers,
        )

    def _host_only(self) -> str | None:
        """Return the policy that hands the name on by which a user asked, if the load balancer has a certificate.

        That is for this name and not for the load balancer's own: CloudFront answers 502 unless it fits the Host that
        it sends. Cookies and query strings stay out, as they are not part of the key under which answers are cached.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
        """
        if not self._https:
            return None
        policy: str = DataAwsCloudfrontOriginRequestPolicy(self, "host_header_only", name="Managed-HostHeaderOnly").id
        return policy

    def _uncached(self) -> list[CloudfrontDistributionOrderedCacheBehavior]:
        """Return a behaviour for each path of a route: what is routed is an API, and its answers are for one user."""
        routes = [route for service in self._environment.public_services.values() for route in service.routes.values()]
        if not routes:
            return []
        policy = DataAwsCloudfrontCachePolicy(self, "caching_disabled", name="Managed-CachingDisabled")
        request_policy = DataAwsCloudfrontOriginRequestPolicy(self, "all_viewer", name="Managed-AllViewer")
        return [
            CloudfrontDistributionOrderedCacheBehavior(
                path_pattern=path,
                target_origin_id=ORIGIN,
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=METHODS,
                cached_methods=["GET", "HEAD"],
                compress=True,
                cache_policy_id=policy.id,
                origin_request_policy_id=request_policy.id,
                response_headers_policy_id=self._security_headers,
            )
            for route in sorted(routes, key=lambda each: each.priority)
            for path in route.paths
        ]

    def _response_headers_policy(self) -> str | None:
        if not self._environment.cdn.security_headers:
            return None
        name = "Managed-SecurityHeadersPolicy"
        policy: str = DataAwsCloudfrontResponseHeadersPolicy(self, "security_headers", name=name).id
        return policy

    def _access_log(self, access_logs: AccessLogs | None) -> CloudfrontDistributionLoggingConfig | None:
        bucket = self._environment.cdn.logging_bucket or (access_logs and access_logs.resource.bucket)
        if bucket is None:
            return None
        return CloudfrontDistributionLoggingConfig(
            bucket=f"{bucket}.s3.amazonaws.com", prefix="cloudfront/", include_cookies=False
        )

    def _validated(self, domain: str) -> Precondition:
        """Reject a certificate that waits for its records, and name them: CloudFront's own error gives no reason.

        An issued certificate never waits again, so this stops no later deploy.
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


def _error_page(code: int) -> CloudfrontDistributionCustomErrorResponse:
    return CloudfrontDistributionCustomErrorResponse(
        error_code=code,
        response_code=code,
        response_page_path="/error.html",
        error_caching_min_ttl=ERROR_SECONDS,
    )
