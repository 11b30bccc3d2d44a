"""Pictures of the environments that a change draws differently, before and after."""

from pathlib import Path

from operations.picture.drawing import draw
from operations.picture.files import write
from operations.review.planning import Stack


def write_pictures(folder: Path, name: str, base: Stack | None, head: Stack | None) -> tuple[str, ...]:
    """Draw an environment before and after, if the pictures differ; return the files, none of a side without it.

    Raises OperationError if Graphviz is missing or the folder cannot be written.
    """
    stacks = {"before": base, "after": head}
    pictures = {side: draw(stack.configuration.content) for side, stack in stacks.items() if stack}
    if len({picture.source for picture in pictures.values()}) < len(pictures):
        return ()
    files = {side: folder / f"{name}-{side}.svg" for side in pictures}
    for side, picture in pictures.items():
        write(picture, files[side])
    return tuple(map(str, files.values()))
