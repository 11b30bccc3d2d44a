"""Where Terraform keeps the state of an environment."""

from constructs.bindings import Construct, LocalBackend, S3Backend, TerraformStack

from environments import Environment


def configure_backend(stack: TerraformStack, environment: Environment) -> None:
    """Keep the stack's state in the environment's bucket, encrypted and locked; without a bucket, in a local file.

    Changing the bucket does not move the state: Terraform stops until it gets ``--migrate-state``.

    https://developer.hashicorp.com/terraform/language/backend/s3
    """
    # In a separate scope, because cdktf calls it "backend", as a service may be called too.
    scope = Construct(stack, "state")
    bucket = environment.state.bucket
    if bucket is None:
        # Relative to the stack's folder in cdktf.out, so that the JSON names no path of a machine.
        LocalBackend(scope, path=f"../../../terraform.{environment.name}.tfstate")
        return
    backend = S3Backend(
        scope,
        bucket=bucket,
        key=environment.state_key,
        region=environment.region,
        encrypt=True,
        # Credentials of another account neither read nor write a state.
        allowed_account_ids=[environment.account_id],
    )
    # The bindings lack it. https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
    backend.add_override("use_lockfile", True)
