"""An S3 bucket that is not public."""

from collections.abc import Mapping

from .bindings import (
    Construct,
    S3Bucket,
    S3BucketPublicAccessBlock,
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)


class PrivateBucket(Construct):
    """A bucket that nothing makes public, encrypted with S3's own keys. Changing the name replaces it.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    def __init__(self, scope: Construct, id_: str, *, name: str, tags: Mapping[str, str]) -> None:
        super().__init__(scope, id_)
        self.resource = S3Bucket(self, "bucket", bucket=name, tags={"Name": name, **tags})
        self._block_public_access()
        self.encryption = self._encrypt()

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
