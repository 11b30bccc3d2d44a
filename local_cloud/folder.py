"""Where the local AWS keeps what it leaves on disk."""

import os
from pathlib import Path

FOLDER_VARIABLE = "ECS_PLATFORM_LOCAL_FOLDER"
"""Names another folder: for tests, and for a second local AWS beside the first."""

PROJECT = Path(__file__).resolve().parent.parent


def local_folder() -> Path:
    """Return the folder with all of it, Terraform's state too; it goes when the server ends."""
    return Path(os.environ.get(FOLDER_VARIABLE) or PROJECT / ".local").absolute()


def output_folder(folder: Path) -> Path:
    """Return where cdktf writes the stacks; relative to them, the state's path leads back into the folder."""
    return folder / "cdktf.out"


def stack_folder(folder: Path, stack: str) -> Path:
    """Return the folder of one stack, in which Terraform runs."""
    return output_folder(folder) / "stacks" / stack
