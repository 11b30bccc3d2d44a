"""What an environment decides about the autoscaling of a service."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from environments.base import Settings, WholeNumber, between

# With no task there is no metric, so a service at 0 would never come back: one task is the fewest.
TaskCount = Annotated[WholeNumber, between(1, 5000, "a number of tasks to scale to")]


class AutoscalingSettings(Settings):
    """The bounds between which AWS sets a service's number of tasks, and the metrics that it keeps near a target.

    `cpu_percent` is the tasks' average CPU use; `requests_per_target` is requests per task and minute. Give one or
    both: tasks are added when either asks for it, and taken away when both do. All change in place.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """

    min_count: TaskCount = Field(examples=[2])
    max_count: TaskCount = Field(examples=[6])
    cpu_percent: Annotated[WholeNumber, between(1, 100, "a CPU use in percent")] | None = None
    requests_per_target: Annotated[WholeNumber, between(1, 10_000_000, "a number of requests per minute")] | None = None

    @field_validator("max_count")
    @classmethod
    def _not_below_the_least(cls, most: int, info: ValidationInfo) -> int:
        least = info.data.get("min_count", most)
        if most < least:
            raise ValueError(f"{most} is below min_count, {least}; choose {least} or more")
        return most

    @field_validator("requests_per_target")
    @classmethod
    def _by_one_metric_at_least(cls, requests: int | None, info: ValidationInfo) -> int | None:
        if requests is None and info.data.get("cpu_percent", "wrong") is None:
            raise ValueError("missing, as is cpu_percent; add one of them or both, such as cpu_percent = 60")
        return requests
