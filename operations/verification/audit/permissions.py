"""What a role may do: IAM's own simulation, or, where that is not to be had, the role's policies read here."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from operations.aws.clients import Clients
from operations.verification.audit.policies import allowed

SIMULATION = "IAM's simulation"
DOCUMENTS = "policy documents"


class Permissions:
    """The permissions of one role; ``source`` says how the last answer was found.

    Neither way sees a key's or a bucket's own policy, or the organization's.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """

    def __init__(self, clients: Clients, role_arn: str) -> None:
        """Ask nothing yet."""
        self._iam = clients.iam
        self._role_arn = role_arn
        self._role_name = role_arn.rpartition("/")[2]
        self.source = SIMULATION

    def missing(self, actions: Sequence[str], resource: str) -> list[str]:
        """Return those of the actions that the role may not do on the resource."""
        if self.source == SIMULATION:
            try:
                return self._simulated(actions, resource)
            except Exception as error:
                if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchEntity":
                    raise
                # An emulator fails in ways of its own, and a user may lack the permission to simulate.
                self.source = DOCUMENTS
        return [
            action
            for action in actions
            if not allowed(self._documents, action, resource)
            or (self._boundary and not allowed([self._boundary], action, resource))
        ]

    def _simulated(self, actions: Sequence[str], resource: str) -> list[str]:
        pages = self._iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=self._role_arn, ActionNames=list(actions), ResourceArns=[resource]
        )
        results = [result for page in pages for result in page["EvaluationResults"]]
        return [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]

    # Any: policy documents, which boto3 answers decoded.
    @cached_property
    def _documents(self) -> list[Mapping[str, Any]]:
        return list(self._read_documents())

    def _read_documents(self) -> Iterator[Mapping[str, Any]]:
        role = {"RoleName": self._role_name}
        for page in self._iam.get_paginator("list_attached_role_policies").paginate(**role):
            for policy in page["AttachedPolicies"]:
                yield self._managed(policy["PolicyArn"])
        for page in self._iam.get_paginator("list_role_policies").paginate(**role):
            for name in page["PolicyNames"]:
                yield self._iam.get_role_policy(**role, PolicyName=name)["PolicyDocument"]

    def _managed(self, arn: str) -> Mapping[str, Any]:
        version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document: Mapping[str, Any] = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"][
            "Document"
        ]
        return document

    @cached_property
    def _boundary(self) -> Mapping[str, Any] | None:
        boundary = self._iam.get_role(RoleName=self._role_name)["Role"].get("PermissionsBoundary")
        return self._managed(boundary["PermissionsBoundaryArn"]) if boundary else None
