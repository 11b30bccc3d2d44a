"""The environment variables with which a process reaches the local AWS and no other."""

import os
from collections.abc import Mapping
from pathlib import Path

from environments import Environment
from local_cloud import provider_mirror
from local_cloud.record import Record


def short_lived(variables: Mapping[str, str]) -> dict[str, str]:
    """Return these variables with defaults for Terraform and its provider, which end after seconds.

    Rarer garbage collection costs them a quarter less CPU and 4 % more memory. Without TF_LOG Terraform drops what the
    provider's SDK logs, 2,900 lines with each answer about its types, so the SDK writes none
    (docs/adr/0006-local-aws.md).
    """
    silent = {} if any(name.startswith("TF_LOG") for name in variables) else {"TF_LOG_SDK": "off"}
    return {"GOGC": "400", **silent, **variables}


def variables_for(server: Record, environment: Environment, folder: Path, mirror: Path | None) -> dict[str, str]:
    """Make the environment of a child that can reach the local AWS and no other.

    Nothing of AWS is inherited: no profile, session, endpoint of one service or configuration file.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return inherited | _local_variables(server, environment) | _provider_variables(inherited, folder, mirror)


def _local_variables(server: Record, environment: Environment) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": environment.region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
    }


def _provider_variables(variables: Mapping[str, str], folder: Path, mirror: Path | None) -> dict[str, str]:
    if mirror:
        return {
            "TF_CLI_CONFIG_FILE": str(provider_mirror.write_cli_configuration(folder, mirror)),
            # cdktf locks the provider's checksums, for which Terraform asks the registry whatever the configuration.
            "TF_CLI_ARGS_providers_lock": f"-fs-mirror={mirror}",
        }
    configuration = variables.get("TF_CLI_CONFIG_FILE")
    if configuration and not Path(configuration).exists():
        return {"TF_CLI_CONFIG_FILE": ""}
    return {}
