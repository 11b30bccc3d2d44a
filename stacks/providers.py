"""The releases of Terraform and of its AWS provider, and how the provider is configured."""

from constructs.bindings import AwsProvider, AwsProviderDefaultTags, TerraformStack

from environments import Environment

# Only what 5.100 knows is emitted; Terraform's lock file decides which release is used.
AWS_PROVIDER = {"source": "hashicorp/aws", "version": ">= 5.100, < 7"}
TERRAFORM_VERSION = ">= 1.11"


def require_versions(stack: TerraformStack) -> None:
    """Require the releases that the stack works with."""
    # The bindings name the ambiguous source "aws" and the one release that they were made from.
    stack.add_override("terraform.required_providers.aws", AWS_PROVIDER)
    stack.add_override("terraform.required_version", TERRAFORM_VERSION)


def aws_provider(
    stack: TerraformStack, id_: str, environment: Environment, *, region: str, alias: str | None = None
) -> AwsProvider:
    """Define a provider for a region, which tags all that it creates."""
    tags = {
        "Project": environment.project,
        "Environment": environment.name,
        "ManagedBy": "Terraform",
        "Repository": f"{environment.project}-platform",
        **environment.tags,
    }
    return AwsProvider(
        stack,
        id_,
        alias=alias,
        region=region,
        # Credentials of another account are rejected before anything is read or changed.
        allowed_account_ids=[environment.account_id],
        default_tags=[AwsProviderDefaultTags(tags=tags)],
    )
