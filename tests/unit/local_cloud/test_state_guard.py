"""The state of a local deploy is never taken for that of a real one, nor the other way round."""

from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.folder import FOLDER_VARIABLE
from local_cloud.state_guard import check_state_folder

LOCAL = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / ".local"))
    return tmp_path / ".local"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
def test_local_aws_with_the_project_as_folder_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(LocalCloudError, match=r"a local AWS, but .* where the state of a real deploy belongs"):
        check_state_folder({"AWS_ENDPOINT_URL": f"http://{host}:4566"}, tmp_path)


@pytest.mark.parametrize("endpoint", [{}, {"AWS_ENDPOINT_URL": "https://vpce.example.com"}])
def test_aws_with_the_local_folder_is_refused(tmp_path: Path, folder: Path, endpoint: dict[str, str]) -> None:
    with pytest.raises(LocalCloudError, match="start a new shell for a real deploy"):
        check_state_folder({"CDKTF_OUTDIR": str(folder / "cdktf.out"), **endpoint}, tmp_path)


@pytest.mark.parametrize("endpoint", ["", "not-a-url", "http://[", "https://vpce.example.com"])
def test_aws_with_the_project_as_folder_is_allowed(tmp_path: Path, endpoint: str) -> None:
    check_state_folder({"AWS_ENDPOINT_URL": endpoint}, tmp_path)


def test_local_aws_with_a_folder_of_its_own_is_allowed(tmp_path: Path, folder: Path) -> None:
    check_state_folder({"CDKTF_OUTDIR": str(folder / "cdktf.out"), **LOCAL}, tmp_path)
    check_state_folder({"CDKTF_OUTDIR": str(tmp_path / "elsewhere/cdktf.out"), **LOCAL}, tmp_path)
