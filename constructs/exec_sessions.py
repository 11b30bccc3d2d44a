"""Where ECS Exec sessions are logged, and the key that encrypts them."""

import json

from environments import Environment

from .bindings import CloudwatchLogGroup, Construct, KmsAlias, KmsKey, TerraformResourceLifecycle
from .iam import Statement


class ExecSessions(Construct):
    """The log group of all ECS Exec sessions of a cluster.

    If the environment encrypts them, also a KMS key for sessions and log, which AWS keeps for 30 days after its
    deletion. Retention in days.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
    """

    def __init__(self, scope: Construct, id_: str, environment: Environment) -> None:
        super().__init__(scope, id_)
        prefix = environment.prefix
        self._arns = environment.arns
        self._log_group_name = f"/ecs/{prefix}/exec"

        self.key = self._key(prefix) if environment.exec.encrypted else None
        self.log_group = CloudwatchLogGroup(
            self,
            "log_group",
            name=self._log_group_name,
            retention_in_days=environment.exec_log_retention_days,
            kms_key_id=self.key.arn if self.key else None,
            tags={"Name": f"{prefix}-exec-logs", "Module": "compute"},
        )

    def task_statements(self) -> list[Statement]:
        """Return what a task's role needs, so that its sessions are logged and, with a key, encrypted."""
        every_log_group = self._arns.regional("logs", "log-group:*")
        statements: list[Statement] = [
            {"actions": ["logs:DescribeLogGroups"], "resources": [every_log_group]},
            {
                "actions": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "resources": [f"{self.log_group.arn}:*"],
            },
        ]
        if self.key:
            statements.append({"actions": ["kms:Decrypt"], "resources": [self.key.arn]})
        return statements

    def _key(self, prefix: str) -> KmsKey:
        key = KmsKey(
            self,
            "key",
            description=f"ECS Exec sessions of {prefix}-cluster",
            enable_key_rotation=True,
            policy=self._key_policy(),
            tags={"Name": f"{prefix}-exec-key", "Module": "compute"},
            # When encryption is turned off, the log group must stop using the key before Terraform deletes it.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        KmsAlias(self, "alias", name=f"alias/{prefix}-exec", target_key_id=key.key_id)
        return key

    def _key_policy(self) -> str:
        """Leave the key to the account's IAM policies, and let CloudWatch Logs use it for the one log group.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        """
        log_group = self._arns.regional("logs", f"log-group:{self._log_group_name}")
        account = {
            "Effect": "Allow",
            "Principal": {"AWS": self._arns.iam("root")},
            "Action": "kms:*",
            # In a key's own policy "*" is that key.
            "Resource": "*",
        }
        logs = {
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{self._arns.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": log_group}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [account, logs]})
