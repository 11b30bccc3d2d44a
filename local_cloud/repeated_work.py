"""What moto finds out for each request though the answer never changes."""

import functools
from collections.abc import Callable
from typing import Any

import moto.core.responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local_cloud.moto_patches.override import override

QUESTIONS: tuple[tuple[object, str], ...] = (
    # Which service has this host name: lists moto's folder, then tries up to 183 patterns.
    (DomainDispatcherApplication, "get_backend_for_host"),
    # Which actions a service has: looks at each attribute of its class, 342 of EC2.
    (moto.core.responses, "method_names_from_class"),
)


def find_out_once() -> None:
    """Let moto keep what it found out: actions added to a service after its first request are not seen any more."""
    for owner, name in QUESTIONS:
        override(owner, name, functools.cache(_ask))


def _ask(original: Callable[..., Any], *args: Any) -> Any:  # noqa: ANN401 - moto's to say
    return original(*args)
