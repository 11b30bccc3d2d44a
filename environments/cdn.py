"""What an environment decides about its CDN, and the domain that its certificate is for."""

import re
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo, field_validator

from environments.base import Boolean, BucketName, Settings, decided, domain_name, format_value

# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
_LONGEST_DOMAIN = 64

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html
_WEB_ACL_ARN = re.compile(
    r"arn:aws[a-z-]*:wafv2:us-east-1:(?P<account_id>\d{12}):global/webacl/[\w-]{1,128}/[\w-]{1,36}", re.ASCII
)


class CdnSettings(Settings):
    """The CloudFront distribution; every setting is optional.

    `web_acl_arn` is that of an AWS WAF web ACL of the scope CLOUDFRONT, which looks at every request.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-awswaf.html

    `security_headers` adds those of AWS's managed policy to every answer, such as Strict-Transport-Security.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html

    `logging_bucket` takes the access log in place of the bucket of `access_logs`: the name of an S3 bucket of yours,
    which exists and has ACLs on.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    """

    web_acl_arn: str | None = None
    security_headers: Boolean = False
    logging_bucket: BucketName | None = None

    @field_validator("web_acl_arn")
    @classmethod
    def _web_acl_of_cloudfront(cls, arn: str | None, info: ValidationInfo) -> str | None:
        parts = _WEB_ACL_ARN.fullmatch(arn or "")
        if arn is not None and parts is None:
            raise ValueError(
                f"{format_value(arn)} is not the ARN of a web ACL for CloudFront; give one such as "
                "arn:aws:wafv2:us-east-1:123456789012:global/webacl/NAME/12345678-1234-1234-1234-123456789012"
            )
        ours = decided(info).get("account_id")
        if parts and ours and parts["account_id"] != ours:
            raise ValueError(
                f"{format_value(arn)} is of account_id {parts['account_id']}, the environment of {ours}; "
                f"choose a web ACL of {ours}"
            )
        return arn


def _fits_a_certificate(domain: str) -> str:
    if len(domain) > _LONGEST_DOMAIN:
        raise ValueError(
            f"{format_value(domain)} has {len(domain)} characters, a certificate takes {_LONGEST_DOMAIN}; "
            "choose a shorter one"
        )
    return domain


Domain = Annotated[str, domain_name("a domain", "davidshaevel.com"), AfterValidator(_fits_a_certificate)]
