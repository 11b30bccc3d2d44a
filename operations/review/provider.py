"""The AWS provider in the folder of an environment: installed, and running on from one command to the next."""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from local_cloud.running_provider import can_run_on, running_provider, types_of
from operations.aws.clients import Document
from operations.terraform import Terraform

LOCK = ".terraform.lock.hcl"


@dataclass
class Installations:
    """The folders of a review in which Terraform has installed something, by what that is; one installs at a time."""

    installing: Lock = field(default_factory=Lock)
    done: dict[str, Path] = field(default_factory=dict)


@dataclass
class Provider:
    """What Terraform needs to plan stacks in its folder, one after the other."""

    terraform: Terraform
    installations: Installations
    installed: bool = False
    lock: str | None = None
    types: set[str] = field(default_factory=set)
    attached: Mapping[str, str] | None = None
    running: ExitStack = field(default_factory=ExitStack)

    def terraform_for(self, stack: Document, lock: str | None) -> Terraform:
        """Return Terraform for a stack that is in the folder: with its provider, which knows its types."""
        fits = self.installed and (lock is None or lock == self.lock)
        if not fits:
            self._install(stack, lock)
        if not (fits and can_run_on(stack) and types_of(stack) <= self.types):
            self._start(stack)
        return replace(self.terraform, variables=self.attached)

    def close(self) -> None:
        """End the process."""
        self.running.close()

    def _install(self, stack: Document, lock: str | None) -> None:
        """Install what is locked, or take it from an environment that has the same: to compare it takes a second."""
        self.lock = lock
        folder, wanted = self.terraform.folder, json.dumps([lock, stack["terraform"].get("required_providers")])
        # Two at a time would write the same folder of packages.
        with self.installations.installing:
            if lock:
                (folder / LOCK).write_text(lock, encoding="utf-8")
            if done := self.installations.done.get(wanted):
                _add(done / ".terraform", folder / ".terraform")
            else:
                self.terraform.initialize()
            if lock:
                self.installations.done.setdefault(wanted, folder)
        self.installed = True

    def _start(self, stack: Document) -> None:
        """Let the provider run on, if it can, with the types of the stacks before too: a state has them."""
        self.close()
        self.types |= types_of(stack)
        self.attached = self.terraform.variables
        if can_run_on(stack):
            variables = os.environ if self.attached is None else self.attached
            started = running_provider(self.terraform.folder, sorted(self.types), variables)
            self.attached = self.running.enter_context(started)


def _add(installed: Path, to: Path) -> None:
    """Copy what is installed, and keep what is there: other environments may take that from here."""

    def there(source: str, names: list[str]) -> list[str]:
        return [name for name in names if (to / Path(source).relative_to(installed) / name).is_symlink()]

    shutil.copytree(installed, to, symlinks=True, ignore=there, dirs_exist_ok=True)
