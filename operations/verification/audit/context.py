"""What every part of the audit is given: the platform, its ARNs, and what the cluster does with sessions."""

from dataclasses import dataclass
from functools import cached_property

from environments.arns import Arns
from operations.aws.caller import Caller, read_caller
from operations.aws.clients import Document
from operations.verification.platform import Platform


@dataclass(frozen=True)
class Context:
    """One audit: of which platform, and by whom."""

    platform: Platform
    caller: Caller
    cluster: Document

    @property
    def arns(self) -> Arns:
        """The ARNs of the account; the caller says in which partition it is."""
        return self.caller.arns(self.platform.environment.region)

    @property
    def sessions(self) -> Document:
        """What the cluster does with sessions; empty if it says nothing.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
        """
        found: Document = self.cluster.get("configuration", {}).get("executeCommandConfiguration", {})
        return found

    @property
    def log(self) -> Document:
        """Where the cluster logs sessions; empty if not in a place of its own."""
        own = self.sessions.get("logging") == "OVERRIDE"
        found: Document = self.sessions.get("logConfiguration", {}) if own else {}
        return found

    @property
    def log_group(self) -> str:
        """The log group into which the platform has sessions logged."""
        return f"/ecs/{self.platform.environment.prefix}/exec"

    @cached_property
    def key_arn(self) -> str:
        """The ARN of the key of sessions, which the cluster may know by an id or an alias; "" without one."""
        key: str = self.sessions.get("kmsKeyId", "")
        if not key or ":key/" in key:
            return key
        arn: str = self.platform.clients.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
        return arn


def read_context(platform: Platform) -> Context:
    """Ask who the caller is, and how the cluster is configured."""
    (cluster,) = platform.clients.ecs.describe_clusters(
        clusters=[platform.environment.cluster_name], include=["CONFIGURATIONS"]
    )["clusters"]
    return Context(platform, read_caller(platform.clients), cluster)
