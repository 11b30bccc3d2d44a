"""Which keys the tables of an environment's file may have, read from the classes of the settings."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args, get_origin

from pydantic.fields import FieldInfo

from environments.base import Settings
from environments.environment import Environment
from environments.exec_access import Toggle

Key = str | int
Path = tuple[Key, ...]


def sections_of(annotation: Any) -> tuple[type[Settings], ...]:  # noqa: ANN401 - annotations have no common type
    """Return the classes that a value may be a section of, one for each kind of service; none for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return (annotation,)
    if get_origin(annotation) in {dict, tuple}:
        return ()
    return tuple(section for each in get_args(annotation) for section in sections_of(each))


def values_of(annotation: Any) -> Any | None:  # noqa: ANN401 - likewise
    """Return what the values of a table with the user's own keys are; None for any other table or value."""
    if get_origin(annotation) is Annotated:
        return values_of(get_args(annotation)[0])
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    return Toggle if any(each.model_config["extra"] == "allow" for each in sections_of(annotation)) else None


def annotation_at(path: Path) -> Any | None:  # noqa: ANN401 - likewise
    """Return what the value at a path is; None if there is no such key."""
    annotation: Any = Environment
    for key in path:
        fields = _fields(annotation)
        annotation = fields[str(key)].annotation if key in fields else values_of(annotation)
        if annotation is None:
            return None
    return annotation


def keys_at(path: Path, kind: str | None = None) -> Mapping[str, FieldInfo]:
    """Return the keys that the table at a path may have; none for a plain value.

    `kind` is that of the service whose table it is; without it, the keys are those of every kind.
    """
    fields = _fields(annotation_at(path), kind)
    # The name of an environment is its file's.
    return fields if path else {key: field for key, field in fields.items() if key != "name"}


def _fields(annotation: Any, kind: str | None = None) -> Mapping[str, FieldInfo]:  # noqa: ANN401 - likewise
    sections = sections_of(annotation)
    if len(sections) > 1 and kind:
        sections = tuple(each for each in sections if each.model_fields["kind"].default == kind)
    return {key: field for section in sections for key, field in section.model_fields.items()}
