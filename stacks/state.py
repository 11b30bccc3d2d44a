"""Where Terraform keeps what it knows of an environment."""

from constructs import Construct
from constructs.bindings import LocalBackend, S3Backend, TerraformStack

from environments import Environment


def keep_state(stack: TerraformStack, environment: Environment) -> None:
    """Keep the stack's state in the environment's bucket, encrypted and locked; without a bucket, in a local file.

    A changed bucket does not move the state: Terraform refuses to go on without ``--migrate-state``.

    https://developer.hashicorp.com/terraform/language/backend/s3
    """
    # In a scope of its own, because cdktf calls it "backend", and so is a service.
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
