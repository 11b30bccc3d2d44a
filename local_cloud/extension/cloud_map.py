"""Cloud Map: a service's namespace."""

from collections.abc import Callable
from typing import Any

from moto.servicediscovery.models import Service, ServiceDiscoveryBackend

from local_cloud.extension.override import override


def install() -> None:
    """Close the gap of Cloud Map."""
    override(ServiceDiscoveryBackend, "create_service", _create_in_namespace)


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
