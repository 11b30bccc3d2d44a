"""CloudFront: AWS's managed policies, and distributions that answer as they were configured."""

from collections.abc import Callable
from typing import Any

from moto.cloudfront.exceptions import CloudFrontException
from moto.cloudfront.models import DefaultCacheBehaviour, ViewerCertificate
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores

from local_cloud.moto_patches.override import override

# Any, in this module: documents of the CloudFront API, which moto keeps and answers as plain dictionaries.
Document = dict[str, Any]

_MODIFIED = "2020-07-22T00:00:00Z"

# The ones that the platform looks up, by their ids, which are the same in every account.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHE_POLICIES: dict[str, Document] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": {
        "Name": "Managed-CachingOptimized",
        "MinTTL": 1,
        "DefaultTTL": 86_400,
        "MaxTTL": 31_536_000,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    },
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {
        "Name": "Managed-CachingDisabled",
        "MinTTL": 0,
        "DefaultTTL": 0,
        "MaxTTL": 0,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": False,
            "EnableAcceptEncodingBrotli": False,
            "HeadersConfig": {"HeaderBehavior": "none"},
            "CookiesConfig": {"CookieBehavior": "none"},
            "QueryStringsConfig": {"QueryStringBehavior": "none"},
        },
    },
}
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
_ORIGIN_REQUEST_POLICIES: dict[str, Document] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": {
        "Name": "Managed-AllViewer",
        "HeadersConfig": {"HeaderBehavior": "allViewer"},
        "CookiesConfig": {"CookieBehavior": "all"},
        "QueryStringsConfig": {"QueryStringBehavior": "all"},
    },
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": {
        "Name": "Managed-HostHeaderOnly",
        "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {"Quantity": 1, "Items": ["Host"]}},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    },
}
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
_RESPONSE_HEADERS_POLICIES: dict[str, Document] = {
    "67f7725c-6f97-4210-82d7-5512b31e9d03": {
        "Name": "Managed-SecurityHeadersPolicy",
        "SecurityHeadersConfig": {
            "XSSProtection": {"Override": False, "Protection": True, "ModeBlock": True},
            "FrameOptions": {"Override": False, "FrameOption": "SAMEORIGIN"},
            "ReferrerPolicy": {"Override": False, "ReferrerPolicy": "strict-origin-when-cross-origin"},
            "ContentTypeOptions": {"Override": True},
            "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": 31_536_000},
        },
    },
}


def install() -> None:
    """Close the gaps of CloudFront."""
    _serve_policies("CachePolicy", "cache-policy", _CACHE_POLICIES)
    _serve_policies("OriginRequestPolicy", "origin-request-policy", _ORIGIN_REQUEST_POLICIES)
    _serve_policies("ResponseHeadersPolicy", "response-headers-policy", _RESPONSE_HEADERS_POLICIES)
    override(DefaultCacheBehaviour, "__init__", _configure_behaviour)
    override(ViewerCertificate, "__init__", _configure_certificate)


def _serve_policies(kind: str, path: str, policies: dict[str, Document]) -> None:
    """Answer the list and each policy of a kind, for reading alone: moto knows neither the paths nor the actions."""
    plural = kind.removesuffix("y") + "ies"

    def list_policies(_: CloudFrontResponse) -> ActionResult:
        items = [{"Type": "managed", kind: _policy(kind, id_, policies)} for id_ in policies]
        return ActionResult({f"{kind}List": {"MaxItems": 100, "Quantity": len(items), "Items": items}})

    def get_policy(request: CloudFrontResponse) -> ActionResult:
        id_ = request._get_param("Id")  # noqa: SLF001 - how moto's own actions read a request
        if id_ not in policies:
            raise CloudFrontException(f"NoSuch{kind}", f"The {path} does not exist.")
        return ActionResult({kind: _policy(kind, id_, policies), "ETag": f"E{id_[:8].upper()}"})

    for action, answer in ((f"List{plural}", list_policies), (f"Get{kind}", get_policy)):
        setattr(CloudFrontResponse, camelcase_to_underscores(action), answer)
    for pattern in (f"{{0}}/2020-05-31/{path}$", f"{{0}}/2020-05-31/{path}/(?P<policy_id>[^/]+)$"):
        url_paths[pattern] = CloudFrontResponse.dispatch


def _policy(kind: str, id_: str, policies: dict[str, Document]) -> Document:
    return {"Id": id_, "LastModifiedTime": _MODIFIED, f"{kind}Config": policies[id_]}


def _configure_behaviour(original: Callable[..., None], behaviour: Any, config: Document) -> None:  # noqa: ANN401 - moto's
    """Answer no ForwardedValues beside a cache policy, which takes their place."""
    original(behaviour, config)
    if behaviour.cache_policy_id:
        behaviour.forwarded_values = None


def _configure_certificate(original: Callable[..., None], certificate: Any, config: Document) -> None:  # noqa: ANN401 - moto's
    """Leave CloudFront's own certificate for one that is given."""
    original(certificate, config)
    if certificate.acm_certificate_arn or certificate.iam_certificate_id:
        certificate.cloud_front_default_certificate = False
