"""How a resource of each type is found in AWS, and which types need no finding."""

from operations.recovery.finders import compute, ec2, iam, names, network, storage
from operations.recovery.search import Finders

FINDERS: Finders = {
    **compute.FINDERS,
    **ec2.FINDERS,
    **iam.FINDERS,
    **names.FINDERS,
    **network.FINDERS,
    **storage.FINDERS,
}

REPEATABLE = {
    "aws_appautoscaling_policy": "PutScalingPolicy overwrites",
    "aws_appautoscaling_target": "RegisterScalableTarget overwrites",
    "aws_cloudwatch_event_rule": "PutRule overwrites",
    "aws_cloudwatch_event_target": "PutTargets overwrites the target of this id",
    "aws_cloudwatch_metric_alarm": "PutMetricAlarm overwrites",
    "aws_ecr_lifecycle_policy": "PutLifecyclePolicy overwrites",
    "aws_ecs_cluster_capacity_providers": "PutClusterCapacityProviders overwrites",
    "aws_ecs_task_definition": "one more revision, and all of them stay registered anyway",
    "aws_iam_role_policy": "PutRolePolicy overwrites",
    "aws_iam_role_policy_attachment": "AttachRolePolicy says nothing where the policy is attached",
    "aws_iam_user_policy_attachment": "AttachUserPolicy says nothing where the policy is attached",
    "aws_s3_bucket_lifecycle_configuration": "PutBucketLifecycleConfiguration overwrites",
    "aws_s3_bucket_ownership_controls": "PutBucketOwnershipControls overwrites",
    "aws_s3_bucket_policy": "PutBucketPolicy overwrites",
    "aws_s3_bucket_public_access_block": "PutPublicAccessBlock overwrites",
    "aws_s3_bucket_server_side_encryption_configuration": "PutBucketEncryption overwrites",
    "aws_s3_bucket_versioning": "PutBucketVersioning overwrites",
    "aws_s3_object": "PutObject makes a new version of the same content, and old versions expire",
    "aws_sns_topic": "CreateTopic returns the topic of this name",
    "aws_sns_topic_policy": "SetTopicAttributes overwrites",
    "aws_sns_topic_subscription": "Subscribe returns the subscription that there is",
    "terraform_data": "it is nowhere but in the state; CDN and load balancer get the new value in the same deploy",
}
"""Types that Terraform creates again without harm, each with the reason; they are left to the plan."""
