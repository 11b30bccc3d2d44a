"""Where Prometheus keeps its configuration (S3) and its samples (EFS)."""

from collections.abc import Sequence

from constructs import Construct

from ..bindings import (
    EfsFileSystem,
    EfsFileSystemLifecyclePolicy,
    EfsMountTarget,
    ITerraformDependable,
    S3Bucket,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
    S3Object,
    SecurityGroup,
    Subnet,
)

NONCURRENT_VERSION_DAYS = 90


class ConfigBucket(Construct):
    """A private, encrypted, versioned bucket with one object in it: the server's configuration.

    Old versions expire after 90 days. Another name replaces the bucket.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    def __init__(self, scope: Construct, id_: str, *, prefix: str, content: str) -> None:
        super().__init__(scope, id_)
        self.key = "observability/prometheus/prometheus.yml"
        self.content = content
        self.resource = self._bucket(f"{prefix}-prometheus-config")
        self._block_public_access()
        encryption = self._encrypt()
        versioning = self._keep_versions()
        self._expire_old_versions(versioning)
        self.object = self._object(after=[encryption, versioning])

    def _bucket(self, name: str) -> S3Bucket:
        tags = {"Name": name, "Module": "observability", "Purpose": "Prometheus configuration storage"}
        return S3Bucket(self, "bucket", bucket=name, tags=tags)

    def _block_public_access(self) -> None:
        S3BucketPublicAccessBlock(
            self,
            "public_access_block",
            bucket=self.resource.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )

    def _encrypt(self) -> S3BucketServerSideEncryptionConfigurationA:
        by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256"
        )
        return S3BucketServerSideEncryptionConfigurationA(
            self,
            "server_side_encryption_configuration",
            bucket=self.resource.id,
            rule=[S3BucketServerSideEncryptionConfigurationRuleA(apply_server_side_encryption_by_default=by_default)],
        )

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
                    # Without a filter the provider warns today and will refuse later; an empty prefix is every object.
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
                "Name": "prometheus-config",
                "Application": "prometheus",
                "Purpose": "Prometheus scrape configuration",
            },
            # Else the first version is one without an id, and the next plan differs.
            depends_on=list(after),
        )


class DataVolume(Construct):
    """An encrypted EFS file system, reachable from every subnet given.

    Files go to infrequent access after the environment's number of days, and come back when they are read. Another
    encryption or performance mode replaces the file system and loses its samples.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/efs_file_system
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        transition_to_ia_days: int,
        prefix: str,
        subnets: Sequence[Subnet],
        security_group: SecurityGroup,
    ) -> None:
        super().__init__(scope, id_)
        self.resource = self._file_system(transition_to_ia_days, f"{prefix}-prometheus-data")
        self.mount_targets = [
            EfsMountTarget(
                self,
                f"mount_target_{number}",
                file_system_id=self.resource.id,
                subnet_id=subnet.id,
                security_groups=[security_group.id],
            )
            for number, subnet in enumerate(subnets, start=1)
        ]

    def _file_system(self, transition_to_ia_days: int, name: str) -> EfsFileSystem:
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
        )
