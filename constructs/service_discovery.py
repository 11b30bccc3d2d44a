"""The private DNS names under which the services find each other."""

from collections.abc import Iterable

from constructs import Construct

from .bindings import (
    ServiceDiscoveryPrivateDnsNamespace,
    ServiceDiscoveryService,
    ServiceDiscoveryServiceDnsConfig,
    ServiceDiscoveryServiceDnsConfigDnsRecords,
    TerraformIterator,
    Token,
    Vpc,
)

RECORD_TYPES = ("A", "SRV")
RECORD_TTL_SECONDS = 10


class ServiceDiscovery(Construct):
    """A private DNS namespace in the VPC, with one Cloud Map service per name.

    Another namespace name replaces it and all its services; another service name replaces that service alone.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: str,
        services: Iterable[str],
        prefix: str,
        environment: str,
        vpc: Vpc,
    ) -> None:
        super().__init__(scope, id_)
        self.namespace_name = namespace
        self.names = tuple(services)
        self._prefix = prefix

        self.namespace = self._private_dns_namespace(environment, vpc)
        self._services = self._service_per_name()

    def dns_name(self, service: str) -> str:
        """Return the name that resolves to the service's tasks, by A and by SRV records."""
        return f"{self._known(service)}.{self.namespace_name}"

    def service_arn(self, service: str) -> str:
        """Return the ARN that the service's tasks register with, as a Terraform reference."""
        address = f"{self._services.terraform_resource_type}.{self._services.friendly_unique_id}"
        return f'${{{address}["{self._known(service)}"].arn}}'

    def _known(self, service: str) -> str:
        if service not in self.names:
            raise ValueError(f"{self.node.path}: {service} is no service here; known: {', '.join(self.names)}")
        return service

    def _private_dns_namespace(self, environment: str, vpc: Vpc) -> ServiceDiscoveryPrivateDnsNamespace:
        return ServiceDiscoveryPrivateDnsNamespace(
            self,
            "private_dns_namespace",
            name=self.namespace_name,
            description=f"Private DNS namespace for {environment} environment service discovery",
            vpc=vpc.id,
            tags={"Name": f"{self._prefix}-private-dns-namespace", "Module": "service-discovery"},
        )

    def _service_per_name(self) -> ServiceDiscoveryService:
        names = TerraformIterator.from_map({name: name for name in self.names})
        return ServiceDiscoveryService(
            self,
            "service",
            for_each=names,
            name=Token.as_string(names.value),
            dns_config=ServiceDiscoveryServiceDnsConfig(
                namespace_id=self.namespace.id,
                routing_policy="MULTIVALUE",
                dns_records=[
                    ServiceDiscoveryServiceDnsConfigDnsRecords(type=type_, ttl=RECORD_TTL_SECONDS)
                    for type_ in RECORD_TYPES
                ],
            ),
            tags={
                "Name": f"{self._prefix}-{names.key}-service-discovery",
                "Application": names.key,
                "Module": "service-discovery",
            },
        )
