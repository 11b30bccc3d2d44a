"""What a role may do: IAM's own simulation, or the role's policies read here if IAM cannot be asked to simulate."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from operations.aws.clients import Clients
from operations.verification.audit.policies import allowed
from operations.verification.audit.role_policies import Policy, PolicyDocument, read_boundary, read_policies

SIMULATION = "IAM's simulation"
DOCUMENTS = "policy documents"


def refused(
    iam: Any,  # noqa: ANN401 - boto3 makes its clients at run time
    principal: str,
    actions: Sequence[str],
    resource: str,
    values: Mapping[str, str] | None = None,
) -> list[str]:
    """Return those of the actions that IAM's simulation does not allow; ``values`` are of condition keys.

    It sees neither a key's or a bucket's policy, nor the organization's.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """
    entries = [
        {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
        for key, value in (values or {}).items()
    ]
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=principal, ActionNames=list(actions), ResourceArns=[resource], ContextEntries=entries
    )
    results = [result for page in pages for result in page["EvaluationResults"]]
    return [result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"]


class Permissions:
    """The permissions of one role; ``source`` says how the last answer was found."""

    def __init__(self, clients: Clients, role_arn: str) -> None:
        """Ask nothing yet."""
        self._clients = clients
        self.role_arn = role_arn
        self.role_name = role_arn.rpartition("/")[2]
        self.source = SIMULATION

    def missing(self, actions: Sequence[str], resource: str) -> list[str]:
        """Return those of the actions that the role may not do on the resource."""
        if self.source == SIMULATION:
            try:
                return refused(self._clients.iam, self.role_arn, actions, resource)
            except Exception as error:
                if isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchEntity":
                    raise
                # An emulator fails in ways of its own, and a user may lack the permission to simulate.
                self.source = DOCUMENTS
        documents = [policy.document for policy in self.policies]
        return [
            action
            for action in actions
            if not allowed(documents, action, resource)
            or (self._boundary and not allowed([self._boundary], action, resource))
        ]

    @cached_property
    def policies(self) -> list[Policy]:
        """The role's policies."""
        return read_policies(self._clients, self.role_name)

    @cached_property
    def _boundary(self) -> PolicyDocument | None:
        return read_boundary(self._clients, self.role_name)
