"""Cloud Map: a service's namespace, and a namespace's hosted zone."""

from collections.abc import Callable
from typing import Any

from moto.route53.models import route53_backends
from moto.servicediscovery.models import Service, ServiceDiscoveryBackend

from local_cloud.extension.override import override


def install() -> None:
    """Close the gaps of Cloud Map."""
    override(ServiceDiscoveryBackend, "create_service", _create_in_namespace)
    override(ServiceDiscoveryBackend, "delete_namespace", _delete_with_zone)


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
