"""Who makes the calls: the identity behind the credentials."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from environments.arns import Arns
from operations.aws.clients import Clients

_ROLE = "assumed-role"


@dataclass(frozen=True)
class Caller:
    """The identity that STS names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """

    arn: str

    @property
    def partition(self) -> str:
        """The partition of the account: ``aws``, ``aws-cn``, ``aws-us-gov`` or another."""
        return self.arn.split(":")[1]

    @property
    def account_id(self) -> str:
        """The account."""
        return self.arn.split(":")[4]

    @property
    def kind(self) -> str:
        """What it is: ``user``, ``assumed-role``, ``federated-user`` or ``root``."""
        return self._resource[0]

    def arns(self, region: str) -> Arns:
        """Return the ARNs of the caller's account in a region."""
        return Arns(self.partition, region, self.account_id)

    def principal(self, clients: Clients) -> str | None:
        """Return the ARN that policies are attached to: the user's, or the role's behind a session; None without one.

        The session's ARN lacks the role's path, which roles of IAM Identity Center have.
        """
        if self.kind == "user":
            return self.arn
        if self.kind != _ROLE:
            return None
        name = self._resource[1]
        try:
            role: str = clients.iam.get_role(RoleName=name)["Role"]["Arn"]
        except ClientError:
            return self.arns("").iam(f"role/{name}")
        return role

    @property
    def _resource(self) -> list[str]:
        return self.arn.split(":", 5)[5].split("/")


def read_caller(clients: Clients) -> Caller:
    """Ask STS who the credentials belong to.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    return Caller(clients.sts.get_caller_identity()["Arn"])
