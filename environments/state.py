"""What an environment decides about its Terraform state."""

from environments.base import Boolean, BucketName, Settings


class StateSettings(Settings):
    """The state of the environment's stack; every setting is optional.

    `bucket` is the S3 bucket that keeps it, which `make state-bootstrap` makes; without it the state is a file in the
    project's folder. Changing it moves no state: Terraform stops until `--migrate-state` is given.
    Source: https://developer.hashicorp.com/terraform/language/backend/s3

    `adopt_hcl` takes over what is in the state of the hand-written HCL: set it for the switch, remove it afterwards. It
    moves addresses in the state and changes nothing in AWS.
    Source: https://developer.hashicorp.com/terraform/language/moved
    """

    bucket: BucketName | None = None
    adopt_hcl: Boolean = False
