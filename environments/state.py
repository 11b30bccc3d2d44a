"""What an environment decides about its Terraform state."""

from environments.base import Settings


class StateSettings(Settings):
    """The state of the environment's stack; nothing has to be given.

    `adopt_hcl` takes over what is in the state of the hand-written HCL: set it for the switch, remove it afterwards. It
    moves addresses in the state and changes nothing in AWS.
    Source: https://developer.hashicorp.com/terraform/language/moved
    """

    adopt_hcl: bool = False
