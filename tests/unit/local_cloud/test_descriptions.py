"""AWS's descriptions of its services are read once in a process, as conftest.py has it for all tests."""

from pathlib import Path

from botocore.loaders import JSONFileLoader, Loader


def test_a_file_is_read_once_by_all_sessions(tmp_path: Path) -> None:
    (tmp_path / "service.json").write_text('{"version": 1}', encoding="utf-8")
    first, second = (JSONFileLoader().load_file(str(tmp_path / "service")) for _ in range(2))
    assert first == {"version": 1}
    assert first is second


def test_the_services_are_listed_once_by_all_sessions() -> None:
    first, second = (Loader().list_available_services("service-2") for _ in range(2))
    assert "ecs" in first
    assert first is second


def test_services_of_another_folder_are_seen(tmp_path: Path) -> None:
    description = tmp_path / "mine/2026-01-01/service-2.json"
    description.parent.mkdir(parents=True)
    description.touch()
    loader = Loader([str(tmp_path)], include_default_search_paths=False)
    assert loader.list_available_services(type_name="service-2") == ["mine"]
