"""Where Terraform finds the AWS provider: as the user configured it, in its registry, or in a mirror on this disk."""

import os
from pathlib import Path

from local_cloud import provider_mirror
from local_cloud.errors import LocalCloudError
from operations.errors import OperationError


def mirror_variables(folder: Path) -> dict[str, str]:
    """Return the variables that lead Terraform to a mirror on this disk; none if its registry answers.

    What Terraform has to read is written to the folder. Raises OperationError if there is neither.
    """
    try:
        mirror = provider_mirror.find_mirror(os.environ)
    except LocalCloudError as error:
        raise OperationError(str(error)) from None
    return {"TF_CLI_CONFIG_FILE": str(provider_mirror.write_cli_configuration(folder, mirror))} if mirror else {}


def provider_variables(folder: Path) -> dict[str, str]:
    """Return the same for the real platform, where the user's own CLI configuration comes first.

    https://developer.hashicorp.com/terraform/cli/config/config-file#locations
    """
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    own = Path(named) if named else Path.home() / ".terraformrc"
    return {} if own.is_file() else mirror_variables(folder)
