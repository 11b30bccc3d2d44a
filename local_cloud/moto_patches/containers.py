"""Containers, which moto starts for Lambda and Batch: with the user's own rights, whatever their image does."""

from typing import NoReturn

from docker.errors import DockerException
from moto.utilities.docker_utilities import DockerModel


def install() -> None:
    """Let moto reach no Docker."""
    DockerModel.docker_client = property(_refuse)  # type: ignore[assignment, method-assign]


def _refuse(_: DockerModel) -> NoReturn:
    """Fail as if there were no Docker, which moto answers in AWS's way."""
    raise DockerException("the local AWS starts no containers")
