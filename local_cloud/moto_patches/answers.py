"""Every service: what an answer leaves out is for its own request to say, not for one that arrives meanwhile."""

from collections.abc import Callable

from moto.core.responses import BaseResponse

from local_cloud.moto_patches.override import override


def install() -> None:
    """Close the gap of answers."""
    override(BaseResponse, "__init__", _init)


def _init(original: Callable[..., None], response: BaseResponse, *arguments: object, **named: object) -> None:
    original(response, *arguments, **named)
    # Moto makes a response per request, but notes at its class that an answer has no tags, for instance.
    response.RESPONSE_KEY_PATH_TO_TRANSFORMER = dict(response.RESPONSE_KEY_PATH_TO_TRANSFORMER)
