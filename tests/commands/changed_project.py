"""The project laid out in a folder of its own, in which its stacks can be changed."""

import shutil
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_SHARED = (
    *("constructs", "environments", "local_cloud", "operations", "rules"),
    *(".terraform.lock.hcl", ".venv", "cdktf.json", "node_modules"),
)


def lay_out(folder: Path) -> Path:
    """Lay the project out in a new folder; its stacks are copies."""
    folder.mkdir()
    for name in _SHARED:
        (folder / name).symlink_to(PROJECT / name)
    # Python looks for modules beside the file that a link leads to.
    shutil.copy(PROJECT / "main.py", folder)
    shutil.copytree(PROJECT / "stacks", folder / "stacks")
    return folder


def add_to_every_stack(project: Path, line: str) -> None:
    """Add a line to the end of the platform's constructor, as someone does who adds a construct."""
    with (project / "stacks/platform.py").open("a", encoding="utf-8") as file:
        file.write(f"        from constructs.bindings import CloudwatchLogGroup\n        {line}\n")


def written(project: Path) -> list[Path]:
    """Return the files that a synthesis left in the project."""
    return [path for path in (project / "cdktf.out").rglob("*") if path.is_file()]
