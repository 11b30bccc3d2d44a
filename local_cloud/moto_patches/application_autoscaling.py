"""Application Auto Scaling: the tags of scalable targets, of which moto knows nothing."""

import json
from collections import defaultdict
from collections.abc import Callable

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_cloud.moto_patches.override import override


def install() -> None:
    """Close the gaps of Application Auto Scaling."""
    override(ApplicationAutoScalingResponse, "register_scalable_target", _register_with_tags)
    for action in (list_tags_for_resource, tag_resource, untag_resource):
        setattr(ApplicationAutoScalingResponse, action.__name__, action)


def list_tags_for_resource(request: ApplicationAutoScalingResponse) -> str:
    """Answer the tags of a scalable target."""
    return json.dumps({"Tags": _tags_of(request)[request._get_param("ResourceARN")]})  # noqa: SLF001 - moto's own way


def tag_resource(request: ApplicationAutoScalingResponse) -> str:
    """Add tags to a scalable target."""
    _tags_of(request)[request._get_param("ResourceARN")].update(request._get_param("Tags"))  # noqa: SLF001
    return "{}"


def untag_resource(request: ApplicationAutoScalingResponse) -> str:
    """Take tags from a scalable target."""
    tags = _tags_of(request)[request._get_param("ResourceARN")]  # noqa: SLF001
    for key in request._get_param("TagKeys"):  # noqa: SLF001
        tags.pop(key, None)
    return "{}"


def _register_with_tags(original: Callable[..., str], request: ApplicationAutoScalingResponse) -> str:
    """Keep the tags that come with a target's registration."""
    answer = original(request)
    arn = json.loads(answer)["ScalableTargetARN"]
    _tags_of(request)[arn].update(request._get_param("Tags") or {})  # noqa: SLF001
    return answer


def _tags_of(request: ApplicationAutoScalingResponse) -> dict[str, dict[str, str]]:
    # With the targets themselves, so that they go when the account is reset.
    kept = vars(request.applicationautoscaling_backend)
    tags: dict[str, dict[str, str]] = kept.setdefault("_local_cloud_tags", defaultdict(dict))
    return tags
