"""What every Fargate task has: its image and its size."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from environments.base import Settings, WholeNumber, format_value, join_choices, one_of

# MiB per CPU units. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_MEMORY_MIB = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
_LONGEST_LIST = 4

# The grammar of image references. Source: https://github.com/distribution/reference
_HOST = r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:\d))(?::\d+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*(?::(?P<tag>\w[\w.-]{{0,127}}))?(?P<digest>@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)


def _pinned(image: str) -> str:
    parts = _IMAGE.fullmatch(image)
    if parts is None:
        raise ValueError(
            f"{format_value(image)} is not an image reference; write registry/name:tag or registry/name@sha256:…"
        )
    if parts["digest"]:
        return image
    if parts["tag"] is None:
        raise ValueError(f"{format_value(image)} has no tag; add one such as :1.0.0, or a digest")
    if parts["tag"] == "latest":
        raise ValueError(f"{format_value(image)} has a tag that moves; choose a fixed one such as :1.0.0, or a digest")
    return image


Image = Annotated[str, AfterValidator(_pinned)]
CpuUnits = Annotated[WholeNumber, one_of(tuple(_MEMORY_MIB), "a Fargate CPU size")]


class TaskSettings(Settings):
    """Image and size of a Fargate task; CPU in units (1024 are one vCPU), memory in MiB.

    The image must be built for the `architecture`. A change of any of them is a new revision of the task definition.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """

    image: Image = Field(examples=["123456789012.dkr.ecr.us-east-1.amazonaws.com/davidshaevel/backend:1.0.0"])
    cpu: CpuUnits = 256
    memory_mib: WholeNumber = 512
    architecture: Literal["x86_64", "arm64"] = "x86_64"

    @field_validator("memory_mib")
    @classmethod
    def _pair_of_fargate(cls, memory_mib: int, info: ValidationInfo) -> int:
        cpu = info.data.get("cpu")
        if cpu and memory_mib not in _MEMORY_MIB[cpu]:
            choices = _choices(_MEMORY_MIB[cpu])
            raise ValueError(f"{format_value(memory_mib)} is not a Fargate size for {cpu} CPU units; choose {choices}")
        return memory_mib


def _choices(sizes: tuple[int, ...]) -> str:
    if len(sizes) <= _LONGEST_LIST:
        return join_choices(sizes)
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"
