"""What an environment decides about its CDN, and the domain that its certificate is for."""

from typing import Annotated

from pydantic import AfterValidator

from environments.base import BucketName, Settings, domain_name, format_value

# https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
_LONGEST_DOMAIN = 64


class CdnSettings(Settings):
    """The CloudFront distribution; every setting is optional.

    `logging_bucket` is the name of an S3 bucket that exists and has ACLs on; without it no access log is written.
    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    """

    logging_bucket: BucketName | None = None


def _fits_a_certificate(domain: str) -> str:
    if len(domain) > _LONGEST_DOMAIN:
        raise ValueError(
            f"{format_value(domain)} has {len(domain)} characters, a certificate takes {_LONGEST_DOMAIN}; "
            "choose a shorter one"
        )
    return domain


Domain = Annotated[str, domain_name("a domain", "davidshaevel.com"), AfterValidator(_fits_a_certificate)]
