"""What an environment decides about a service of the kind prometheus."""

from typing import Annotated, ClassVar, Literal

from environments.base import WholeNumber, between, one_of
from environments.task import CpuUnits, Image, TaskSettings


class PrometheusSettings(TaskSettings):
    """A Prometheus task and its storage; every setting but `kind` is optional.

    It scrapes each service that has a `metrics_path`. `retention_days` is how long the TSDB keeps samples;
    `transition_to_ia_days` when EFS moves unread files to infrequent access. Both change in place. Two tasks would
    corrupt the TSDB, so one is the most.
    Source: https://docs.aws.amazon.com/efs/latest/ug/lifecycle-management-efs.html
    """

    kind: Literal["prometheus"] = "prometheus"
    image: Image = "prom/prometheus:v2.45.0"
    cpu: CpuUnits = 512
    memory_mib: WholeNumber = 1024
    config_sync_image: Image = "amazon/aws-cli:2.17.9"
    desired_count: Annotated[
        WholeNumber, one_of((0, 1), "a number of Prometheus tasks: two writers corrupt its TSDB")
    ] = 1
    retention_days: Annotated[WholeNumber, between(1, 3650, "a number of days Prometheus keeps samples")] = 15
    transition_to_ia_days: Annotated[
        WholeNumber, one_of((1, 7, 14, 30, 60, 90), "a number of days after which EFS moves files")
    ] = 14

    # What its kind decides, where an application's table does.
    port: ClassVar[int] = 9090
    schedule: ClassVar[None] = None
    autoscaling: ClassVar[None] = None
    metrics_path: ClassVar[None] = None
    connects_to: ClassVar[tuple[str, ...]] = ()
    is_public: ClassVar[bool] = False
    is_built_here: ClassVar[bool] = False
    is_deployed_by_ci: ClassVar[bool] = False
