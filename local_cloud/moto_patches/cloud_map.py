"""Cloud Map: a service's namespace, and a namespace's services and hosted zone."""

import json
from collections.abc import Callable
from typing import Any

from moto.route53.models import route53_backends
from moto.servicediscovery.models import Service, ServiceDiscoveryBackend
from moto.servicediscovery.responses import ServiceDiscoveryResponse

from local_cloud.moto_patches.override import override


def install() -> None:
    """Close the gaps of Cloud Map."""
    override(ServiceDiscoveryBackend, "create_service", _create_in_namespace)
    override(ServiceDiscoveryBackend, "delete_namespace", _delete_with_zone)
    override(ServiceDiscoveryResponse, "list_services", _list_of_namespace)


def _create_in_namespace(
    original: Callable[..., Service],
    backend: ServiceDiscoveryBackend,
    *,
    namespace_id: str | None,
    dns_config: dict[str, Any] | None,  # Any: the request's document, which moto stores as it came
    **request: Any,  # noqa: ANN401 - likewise
) -> Service:
    """Take the namespace from DnsConfig, where the provider puts it and moto does not look."""
    namespace_id = namespace_id or (dns_config or {}).get("NamespaceId")
    return original(backend, namespace_id=namespace_id, dns_config=dns_config, **request)


def _delete_with_zone(original: Callable[..., str], backend: ServiceDiscoveryBackend, namespace_id: str) -> str:
    """Delete the hosted zone that came with the namespace, which moto leaves behind."""
    zone_id = backend.get_namespace(namespace_id).dns_properties.get("HostedZoneId")
    operation_id = original(backend, namespace_id)
    if zone_id:
        route53_backends[backend.account_id][backend.partition].delete_hosted_zone(zone_id)
    return operation_id


def _list_of_namespace(original: Callable[..., str], response: ServiceDiscoveryResponse) -> str:
    """List the services of the namespaces that the filter names, which moto does not look at."""
    listed = json.loads(original(response))
    filters = json.loads(response.body).get("Filters", ())
    for namespaces in (each["Values"] for each in filters if each["Name"] == "NAMESPACE_ID"):
        listed["Services"] = [each for each in listed["Services"] if each["DnsConfig"]["NamespaceId"] in namespaces]
    return json.dumps(listed)
