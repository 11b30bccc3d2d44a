"""No name of a service stands in the code: what a service is called is a setting."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from environments import load_all

PROJECT = Path(__file__).parents[2]
FOLDERS = ("constructs", "local_cloud", "operations", "rules", "stacks")
# The table of live names, a word of Terraform's and of moto's, and the kind after which a live service is called.
ALLOWED = {
    "constructs/live_names.py": {"backend", "frontend", "prometheus"},
    "constructs/services/prometheus_containers.py": {"prometheus"},
    # How the server's own metrics begin.
    "constructs/services/scrape_config.py": {"prometheus"},
    "constructs/services/roles.py": {"prometheus"},
    "constructs/services/storage.py": {"prometheus"},
    "constructs/services/tags.py": {"prometheus"},
    "local_cloud/moto_patches/cloud_map.py": {"backend"},
    "local_cloud/moto_patches/ec2.py": {"backend"},
    "local_cloud/moto_patches/ecs.py": {"backend"},
    "local_cloud/moto_patches/ecs_scheduler.py": {"backend"},
    "local_cloud/progress.py": {"backend"},
    "local_cloud/repeated_work.py": {"backend"},
    "local_cloud/steps.py": {"backend"},
    "local_cloud/moto_patches/exec_session.py": {"backend"},
    "operations/review/planning.py": {"backend"},
    "operations/verification/platform.py": {"prometheus"},
    "stacks/backend.py": {"backend"},
    "stacks/platform.py": {"prometheus"},
}
NAMES = sorted({name for environment in load_all(variables={}) for name in environment.services})
FILES = sorted(file for folder in FOLDERS for file in (PROJECT / folder).rglob("*.py"))


def words(file: Path) -> Iterator[str]:
    """Return the words of the texts in a file's code, and its names; docstrings and comments may speak of examples."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in docstrings:
                yield from re.findall("[a-z0-9]+", text)
            case ast.Attribute(attr=name) | ast.Name(id=name):
                yield name


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_a_file_names_no_service(file: Path) -> None:
    allowed = ALLOWED.get(str(file.relative_to(PROJECT)), set())
    assert {word for word in words(file) if word in NAMES} <= allowed


def test_what_is_allowed_is_needed() -> None:
    files = {str(file.relative_to(PROJECT)): file for file in FILES}
    for name, allowed in ALLOWED.items():
        assert allowed <= set(words(files[name]))
