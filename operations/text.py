"""Words that several operations use."""


def many(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 task``, ``2 tasks``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
