"""A container to run commands in: the real sh of this machine, with the tools that the test puts into the image."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from operations.ecs_exec.run_command import Outcome
from operations.ecs_exec.targets import Destination


@dataclass(frozen=True)
class Container:
    """Runs commands as ECS Exec does: with CRLF at the ends of lines, and stderr among them.

    It has the shape of ``operations.ecs_exec.run_command.run_command``.
    """

    folder: Path

    def install(self, *tools: str) -> "Container":
        """Put real tools of this machine into the image."""
        for tool in tools:
            found = shutil.which(tool)
            assert found, f"{tool} is not installed on this machine"
            (self._bin / tool).symlink_to(found)
        return self

    def write(self, tool: str, script: str) -> "Container":
        """Put a tool that the machine may lack, or that should answer otherwise here."""
        (self._bin / tool).write_text(f"#!/bin/sh\n{script}\n")
        (self._bin / tool).chmod(0o755)
        return self

    def lead(self, port: int) -> "Container":
        """Let every name lead curl to a port of loopback, as names lead to tasks in the VPC."""
        (self.folder / ".curlrc").write_text(f'connect-to = "::127.0.0.1:{port}"\n')
        return self

    def __call__(self, _clients: object, destination: Destination, command: str, **_: object) -> list[Outcome]:
        done = subprocess.run(  # noqa: S603 - the checks' own scripts
            ["/bin/sh", "-c", command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return [Outcome("task", str(destination.container), done.returncode, done.stdout.replace("\n", "\r\n"))]

    @property
    def environment(self) -> dict[str, str]:
        """The variables of whatever runs in it."""
        return {"PATH": str(self._bin), "HOME": str(self.folder)}

    @property
    def _bin(self) -> Path:
        path = self.folder / "bin"
        path.mkdir(parents=True, exist_ok=True)
        return path
