"""Where Prometheus keeps its configuration (S3) and its samples (EFS)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from environments.prometheus import PrometheusSettings

from ..bindings import (
    Construct,
    EfsFileSystem,
    EfsFileSystemLifecyclePolicy,
    EfsMountTarget,
    ITerraformDependable,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
    S3Object,
    TerraformResourceLifecycle,
)
from ..private_bucket import PrivateBucket
from ..security_groups import FILE_SYSTEM
from .scrape_config import scrape_config

if TYPE_CHECKING:
    from .service import Service

NONCURRENT_VERSION_DAYS = 90


class ConfigBucket(PrivateBucket):
    """A private, versioned bucket with one object in it: the server's configuration. Old versions expire after 90 days.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """

    def __init__(self, scope: Construct, id_: str, *, service: "Service") -> None:
        tags = {"Module": "observability", "Purpose": "Prometheus configuration storage"}
        super().__init__(scope, id_, name=f"{service.full_name}-config", tags=tags)
        self._service = service
        self.key = "observability/prometheus/prometheus.yml"
        self.content = scrape_config(service.foundation.environment, service.name)
        versioning = self._keep_versions()
        self._expire_old_versions(versioning)
        self.object = self._object(after=[self.encryption, versioning])

    def _keep_versions(self) -> S3BucketVersioningA:
        return S3BucketVersioningA(
            self,
            "versioning",
            bucket=self.resource.id,
            versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
        )

    def _expire_old_versions(self, versioning: S3BucketVersioningA) -> None:
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle_configuration",
            bucket=self.resource.id,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="expire-old-versions",
                    status="Enabled",
                    # The provider warns without a filter, and later ones reject that; an empty prefix is every object.
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    noncurrent_version_expiration=[
                        S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                            noncurrent_days=NONCURRENT_VERSION_DAYS
                        )
                    ],
                )
            ],
            depends_on=[versioning],
        )

    def _object(self, *, after: Sequence[ITerraformDependable]) -> S3Object:
        return S3Object(
            self,
            "object",
            bucket=self.resource.id,
            key=self.key,
            content=self.content,
            content_type="application/x-yaml",
            tags={
                "Name": f"{self._service.name}-config",
                "Application": self._service.name,
                "Purpose": "Prometheus scrape configuration",
            },
            # Without versioning first, the object gets no version id and the next plan shows a diff.
            depends_on=list(after),
        )


class DataVolume(Construct):
    """An encrypted EFS file system, which every private app subnet can mount.

    Files go to infrequent access after the environment's number of days, and come back when they are read. Changing the
    encryption or the performance mode replaces the file system and loses its samples; if the environment is
    protected, Terraform rejects such a plan.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/efs_file_system
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        settings: PrometheusSettings,
        *,
        service: "Service",
    ) -> None:
        super().__init__(scope, id_)
        foundation = service.foundation
        self.resource = self._file_system(settings.transition_to_ia_days, service)
        self.mount_targets = [
            EfsMountTarget(
                self,
                f"mount_target_{number}",
                file_system_id=self.resource.id,
                subnet_id=subnet.id,
                security_groups=[foundation.security_groups.by_name[FILE_SYSTEM].id],
            )
            for number, subnet in enumerate(foundation.network.private_app_subnets, start=1)
        ]

    def _file_system(self, transition_to_ia_days: int, service: "Service") -> EfsFileSystem:
        name, protected = f"{service.full_name}-data", service.foundation.environment.protected
        days = "1_DAY" if transition_to_ia_days == 1 else f"{transition_to_ia_days}_DAYS"
        return EfsFileSystem(
            self,
            "file_system",
            encrypted=True,
            performance_mode="generalPurpose",
            throughput_mode="bursting",
            lifecycle_policy=[
                EfsFileSystemLifecyclePolicy(transition_to_ia=f"AFTER_{days}"),
                EfsFileSystemLifecyclePolicy(transition_to_primary_storage_class="AFTER_1_ACCESS"),
            ],
            tags={"Name": name, "Module": "observability", "Purpose": "Prometheus TSDB data persistence"},
            # AWS has no deletion protection for file systems.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
        )
