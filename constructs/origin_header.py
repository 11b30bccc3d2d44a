"""The header by which the load balancer knows the environment's CDN."""

from .bindings import Construct, DataResource, TerraformResourceLifecycle


class OriginHeader(Construct):
    """A header with a random value, which Terraform draws once and keeps in the state: no plan or output shows it.

    To draw another one, `terraform apply -replace=terraform_data.load_balancer_origin_header`.

    https://developer.hashicorp.com/terraform/language/resources/terraform-data
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        drawn = DataResource(
            self,
            "data",
            # Not its input: that comes out again as its output, which Terraform shows.
            triggers_replace={"value": "${sensitive(uuid())}"},
            lifecycle=TerraformResourceLifecycle(ignore_changes=["triggers_replace"]),
        )
        self.name = "X-Origin-Verify"
        self.value = f"${{{drawn.terraform_resource_type}.{drawn.friendly_unique_id}.triggers_replace.value}}"
