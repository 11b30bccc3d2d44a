"""The private DNS names under which the services find each other."""

from environments import Environment

from .bindings import (
    Construct,
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
    """A private DNS namespace in the VPC, with one Cloud Map service for each service that listens.

    Changing the namespace replaces it and all its services; renaming a service replaces that service alone.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        environment: Environment,
        *,
        vpc: Vpc,
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self.namespace = self._private_dns_namespace(vpc)
        self._services = self._service_per_name()

    def service_arn(self, service: str) -> str:
        """Return the ARN that a listening service's tasks register with, as a Terraform reference."""
        address = f"{self._services.terraform_resource_type}.{self._services.friendly_unique_id}"
        return f'${{{address}["{service}"].arn}}'

    def _private_dns_namespace(self, vpc: Vpc) -> ServiceDiscoveryPrivateDnsNamespace:
        return ServiceDiscoveryPrivateDnsNamespace(
            self,
            "private_dns_namespace",
            name=self._environment.namespace,
            description=f"Private DNS namespace for {self._environment.name} environment service discovery",
            vpc=vpc.id,
            tags={"Name": f"{self._environment.prefix}-private-dns-namespace", "Module": "service-discovery"},
        )

    def _service_per_name(self) -> ServiceDiscoveryService:
        names = TerraformIterator.from_map({name: name for name in self._environment.listeners})
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
                "Name": f"{self._environment.prefix}-{names.key}-service-discovery",
                "Application": names.key,
                "Module": "service-discovery",
            },
        )
