"""The platform as its owner runs it today: from HCL, written from its description and not from this library."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_cloud.record import Record

if TYPE_CHECKING:
    # The other way round at run time: the fixture is there.
    from tests.deploy.conftest import Terraform

_HCL = Path(__file__).with_name("live_hcl")
EVERY_SERVICE = ("backend", "frontend", "prometheus")


@dataclass(frozen=True)
class LivePlatform:
    """Dev in HCL on a local AWS: where that runs, the state, and Terraform in the folder of the HCL."""

    server: Record
    state: Path
    terraform: "Terraform"

    def initialize(self) -> None:
        """Copy the HCL into the folder, and let Terraform keep its state where it is looked for."""
        shutil.copytree(_HCL, self.terraform.folder)
        self.terraform.run("init", "-input=false", f"-backend-config=path={self.state}")

    def apply(self, **variables: Any) -> None:  # noqa: ANN401 - variables of the HCL are of any type
        """Apply the HCL with these variables, which hold for later plans too; one that is left out has its default.

        Another ``exec_addresses`` while exec is on detaches and attaches one policy at once, and may fail as it did
        for the owner: switch exec off in between.
        """
        values = self.terraform.folder / "live.auto.tfvars.json"
        values.write_text(json.dumps(variables), encoding="utf-8")
        self.terraform.run("apply", "-input=false", "-auto-approve")

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the attributes of each managed resource, by its address."""
        state: dict[str, Any] = json.loads(self.terraform.run("show", "-json"))
        return dict(_resources(state["values"]["root_module"]))


def _resources(module: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield resource["address"], resource["values"]
    for child in module.get("child_modules", []):
        yield from _resources(child)
