"""Names in lower-case words, of which the names of resources are made."""

from typing import Annotated

from environments.base import matching

WORDS = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
WORDS_ADVICE = "start with a lower-case letter, then lower-case letters, digits and single hyphens"

Word = Annotated[str, matching(WORDS, "a name", WORDS_ADVICE)]
"""A name of a service or a route. Without `_`, with which addresses are put together: so no two can be alike."""
