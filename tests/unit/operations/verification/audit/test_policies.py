"""Policy documents are read as IAM reads them; where nobody can know, nothing is granted."""

import pytest

from operations.verification.audit.policies import allowed

ARN = "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/dev/exec:*"
ALLOW = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": ARN}


@pytest.mark.parametrize(
    "statement",
    [
        ALLOW,
        ALLOW | {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"]},
        ALLOW | {"Action": "LOGS:put*"},
        ALLOW | {"Action": "*"},
        ALLOW | {"Action": "logs:PutLogEvent?"},
        ALLOW | {"Resource": "*"},
        ALLOW | {"Resource": ["arn:aws:s3:::x", "arn:aws:logs:*:123456789012:log-group:/ecs/dev/*"]},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"},
    ],
)
def test_statement_allows(statement: dict[str, object]) -> None:
    assert allowed([{"Statement": [statement]}], "logs:PutLogEvents", ARN)


@pytest.mark.parametrize(
    "statement",
    [
        ALLOW | {"Effect": "Deny"},
        ALLOW | {"Action": "logs:CreateLogStream"},
        ALLOW | {"Action": "logs:PutLogEvent"},
        ALLOW | {"Resource": ARN.upper()},
        ALLOW | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Effect": "Allow", "NotAction": "logs:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:logs:*"},
    ],
)
def test_statement_does_not_allow(statement: dict[str, object]) -> None:
    assert not allowed([{"Statement": statement}], "logs:PutLogEvents", ARN)


def test_denial_in_one_document_outweighs_what_another_allows() -> None:
    deny = {"Effect": "Deny", "Action": "logs:*", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}
    assert not allowed([{"Statement": [ALLOW]}, {"Statement": [deny]}], "logs:PutLogEvents", ARN)


def test_no_document_allows_nothing() -> None:
    assert not allowed([], "logs:PutLogEvents", ARN)
