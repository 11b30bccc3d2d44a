"""The one way in which this extension changes moto."""

import functools
from collections.abc import Callable
from typing import Any

_MARK = "_local_cloud_override"

# Any: moto's methods are of many shapes, and what they take and return is moto's to say.
Replacement = Callable[..., Any]


def override(owner: object, name: str, replacement: Replacement) -> None:
    """Put ``replacement(original, *args)`` in the place of a function of a moto class or module, once."""
    original = getattr(owner, name)
    if hasattr(original, _MARK):
        return

    @functools.wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - handed through as it came
        return replacement(original, *args, **kwargs)

    setattr(function, _MARK, True)
    setattr(owner, name, function)
