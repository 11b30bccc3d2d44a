"""AWS's descriptions of its services are listed and read once in a process, as conftest.py has it for all tests."""

from pathlib import Path

from botocore.loaders import JSONFileLoader, Loader
from moto.ec2.models.instance_types import INSTANCE_TYPES


def test_a_file_is_read_once_by_all_sessions(tmp_path: Path) -> None:
    (tmp_path / "service.json").write_text('{"version": 1}', encoding="utf-8")
    first, second = (JSONFileLoader().load_file(str(tmp_path / "service")) for _ in range(2))
    assert first == {"version": 1}
    assert first is second


def test_services_are_listed_once_by_all_sessions(tmp_path: Path) -> None:
    describe("ecs", tmp_path / "same")
    describe("rds", tmp_path / "other")
    first = services(tmp_path / "same")
    describe("ec2", tmp_path / "same")
    assert first == services(tmp_path / "same") == ["ecs"]
    assert services(tmp_path / "other") == ["rds"]


def describe(service: str, folder: Path) -> None:
    description = folder / service / "2026-01-01/service-2.json"
    description.parent.mkdir(parents=True)
    description.write_text("{}", encoding="utf-8")


def services(folder: Path) -> list[str]:
    """List the services as a new session does."""
    loader = Loader(extra_search_paths=[str(folder)], include_default_search_paths=False)
    return list(loader.list_available_services(type_name="service-2"))


def test_moto_knows_no_instance_types() -> None:
    assert INSTANCE_TYPES == {}
