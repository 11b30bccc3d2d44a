"""The lock on the AWS provider: one version, with the checksums of its packages, for every deploy."""

import shutil
from collections.abc import Iterable
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / ".terraform.lock.hcl"


def lock_provider(stacks: Iterable[Path]) -> None:
    """Copy the committed lock file into the folder of each synthesized stack, where Terraform looks for it.

    The folders are output, which Git ignores: without the copy every machine and every CI job would choose the provider
    for itself. Terraform refuses a package with another checksum.

    https://developer.hashicorp.com/terraform/language/files/dependency-lock
    """
    for stack in stacks:
        shutil.copy(LOCK, stack)
