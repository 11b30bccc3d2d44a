"""The error of a plan without AWS has no secret. It began with test_deployed_secrets.py, and the tests between ran."""

from collections.abc import Mapping

from tests.deploy.planted import leaked
from tests.deploy.platforms import Process


def test_an_error_has_no_secret(unanswered: Process, secrets: Mapping[str, str]) -> None:
    printed, complaint = unanswered.communicate()
    assert unanswered.returncode == 1, printed
    assert "Error" in complaint
    assert leaked(printed + complaint, secrets) == set()
