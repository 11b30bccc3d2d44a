"""What an environment decides about its load balancer."""

import re

from pydantic import Field, ValidationInfo, field_validator

from environments.base import Boolean, BucketName, Settings, decided, format_value, raise_all

_CERTIFICATE_ARN = re.compile(
    r"arn:aws[a-z-]*:acm:(?P<region>[a-z0-9-]+):(?P<account_id>\d{12}):certificate/[\w-]+", re.ASCII
)


class LoadBalancerSettings(Settings):
    """The load balancer; deletion protection has no default, the environment decides it.

    Without a certificate it serves HTTP. With one, HTTP redirects to HTTPS, and CloudFront comes over HTTPS alone; it
    must be for the environment's domain and its `www.`, which are the names that CloudFront asks for.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html

    With `cloudfront_only` it answers nothing but the environment's CDN: only CloudFront's addresses reach it, and only
    requests with a header that this CDN alone sends have a service; the rest gets 403. A switch answers with 403 until
    CloudFront has the header everywhere, some minutes.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html

    `drop_invalid_header_fields` removes headers whose names are not letters, digits and hyphens.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html

    `access_logs_bucket` takes the access logs in place of the bucket of `access_logs`. It is yours: it must be of the
    same region, and its policy must let Elastic Load Balancing write to it.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    deletion_protection: Boolean = Field(examples=[False])
    certificate_arn: str | None = None
    cloudfront_only: Boolean = False
    drop_invalid_header_fields: Boolean = False
    access_logs_bucket: BucketName | None = None

    @field_validator("certificate_arn")
    @classmethod
    def _certificate_of_this_place(cls, arn: str | None, info: ValidationInfo) -> str | None:
        if arn is None:
            return None
        parts = _CERTIFICATE_ARN.fullmatch(arn)
        if parts is None:
            raise ValueError(
                f"{format_value(arn)} is not the ARN of an ACM certificate; "
                "give one such as arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
            )
        raise_all(
            *(
                f"{format_value(arn)} is of {key} {parts[key]}, the environment of {ours}; "
                f"choose a certificate of {ours}"
                for key in ("region", "account_id")
                if (ours := decided(info).get(key)) and parts[key] != ours
            )
        )
        return arn
