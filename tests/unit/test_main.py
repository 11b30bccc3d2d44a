"""The command that cdktf runs: bad settings end it with a report, before Node is started."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run main.py where there is no Node to start."""
    return subprocess.run(
        [sys.executable, "main.py"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(folder), "CDKTF_OUTDIR": str(folder / "cdktf.out"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_bad_settings_end_in_one_report_and_no_output(tmp_path: Path) -> None:
    ran = run(tmp_path, DEV__EXEC__BAKEND="true", PROD__SERVICES__BACKEND__PORT="70000")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "environments/dev.toml: 1 error\n"
        "  exec.bakend (from DEV__EXEC__BAKEND): unknown key; did you mean backend?\n"
        "environments/prod.toml: 1 error\n"
        "  services.backend.port (from PROD__SERVICES__BACKEND__PORT): 70000 is not a port; choose 1 to 65535\n"
    )
    assert list(tmp_path.iterdir()) == []
