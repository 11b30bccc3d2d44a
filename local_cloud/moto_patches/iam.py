"""IAM: GitHub's identity provider, which an account has before a platform that CI deploys by its tokens."""

from collections.abc import Callable
from typing import Any

from moto.iam.models import IAMBackend

from local_cloud.moto_patches.override import override

_GITHUB = "https://token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"


def install() -> None:
    """Give every account the identity provider."""
    override(IAMBackend, "__init__", _create)


def _create(original: Callable[..., None], iam: IAMBackend, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - moto's
    original(iam, *args, **kwargs)
    iam.create_open_id_connect_provider(_GITHUB, [], [_AUDIENCE], [])
