"""What moto finds out for each request is found out once."""

import pytest

from local_cloud.repeated_work import QUESTIONS, find_out_once


@pytest.fixture(autouse=True)
def moto_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give moto back what it had, for later tests."""
    for owner, name in QUESTIONS:
        monkeypatch.setattr(owner, name, getattr(owner, name))


@pytest.mark.parametrize(("owner", "name"), QUESTIONS)
def test_each_answer_is_found_out_once(owner: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def find_out(about: str) -> str:
        asked.append(about)
        return f"answer about {about}"

    monkeypatch.setattr(owner, name, find_out)
    find_out_once()
    answers = [getattr(owner, name)(about) for about in ("ec2", "ec2", "s3")]
    assert answers == ["answer about ec2", "answer about ec2", "answer about s3"]
    assert asked == ["ec2", "s3"]
