"""Where every request is logged that reaches the CDN or the load balancer."""

import json

from environments import Environment

from .bindings import (
    Construct,
    ITerraformDependable,
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
    S3BucketPolicy,
)
from .private_bucket import PrivateBucket


class AccessLogs(PrivateBucket):
    """A private bucket to which load balancers and CloudFront may write; logs expire after the environment's days.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_, name=f"{environment.prefix}-access-logs", tags={"Purpose": "Access logs"})
        self._environment = environment
        self.grants: list[ITerraformDependable] = [self._let_load_balancers_write(), self._let_cloudfront_write()]
        self._expire()

    def _let_load_balancers_write(self) -> S3BucketPolicy:
        # The path, which begins with the account, keeps the load balancers of others out.
        path = f"{self.resource.arn}/AWSLogs/{self._environment.account_id}/*"
        write = {
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": path,
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [write]})
        return S3BucketPolicy(self, "policy", bucket=self.resource.id, policy=document)

    def _let_cloudfront_write(self) -> S3BucketOwnershipControls:
        """Switch ACLs on: CloudFront gives itself access by one.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
        """
        rule = S3BucketOwnershipControlsRule(object_ownership="BucketOwnerPreferred")
        return S3BucketOwnershipControls(self, "ownership_controls", bucket=self.resource.id, rule=rule)

    def _expire(self) -> None:
        S3BucketLifecycleConfiguration(
            self,
            "lifecycle_configuration",
            bucket=self.resource.id,
            rule=[
                S3BucketLifecycleConfigurationRule(
                    id="expire-logs",
                    status="Enabled",
                    # An empty prefix is every object.
                    filter=[S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    expiration=[
                        S3BucketLifecycleConfigurationRuleExpiration(days=self._environment.log_retention_days)
                    ],
                )
            ],
        )
