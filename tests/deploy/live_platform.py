"""The platform as its owner runs it today: from HCL, written from its description and not from this library."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from local_cloud.record import Record

if TYPE_CHECKING:
    # The other way round at run time: the fixture is there.
    from tests.deploy.conftest import Terraform

_HCL = Path(__file__).with_name("live_hcl")
_CERTIFICATE = "a certificate"
_EVERY_SERVICE = ("backend", "frontend", "prometheus")
_EXEC_ON = {f"DEV__EXEC__{service.upper()}": "true" for service in _EVERY_SERVICE}


class Choice(NamedTuple):
    """What an owner may have chosen: as variables of the HCL, and as settings here."""

    hcl: dict[str, Any]
    settings: dict[str, str]

    def with_certificate(self, arn: str) -> "Choice":
        """Return the same choice with a certificate that the local AWS has."""
        return Choice(
            {key: arn if value == _CERTIFICATE else value for key, value in self.hcl.items()},
            {key: arn if value == _CERTIFICATE else value for key, value in self.settings.items()},
        )


LIVE = {
    "as-live": Choice({"exec": _EVERY_SERVICE}, _EXEC_ON),
    "single-nat": Choice(
        {"nat": "single", "flow_logs": False, "parameter_group": True, "access_logs_bucket": "acme-logs"},
        {
            "DEV__NETWORK__NAT_GATEWAYS": "single",
            "DEV__NETWORK__FLOW_LOGS": "false",
            "DEV__LOAD_BALANCER__ACCESS_LOGS_BUCKET": "acme-logs",
        },
    ),
    "no-nat": Choice(
        {"nat": "none", "exec": _EVERY_SERVICE, "exec_addresses": "count", "certificate_arn": _CERTIFICATE},
        {"DEV__NETWORK__NAT_GATEWAYS": "none", "DEV__LOAD_BALANCER__CERTIFICATE_ARN": _CERTIFICATE, **_EXEC_ON},
    ),
}


@dataclass(frozen=True)
class LivePlatform:
    """Dev in HCL on a local AWS: what was chosen, where that runs, the state, and Terraform in the HCL's folder."""

    choice: Choice
    server: Record
    state: Path
    terraform: "Terraform"

    def initialize(self) -> None:
        """Copy the HCL into the folder, and let Terraform keep its state where it is looked for."""
        shutil.copytree(_HCL, self.terraform.folder)
        variables = self.terraform.folder / "live.auto.tfvars.json"
        variables.write_text(json.dumps(self.choice.hcl), encoding="utf-8")
        self.terraform.run("init", "-input=false", f"-backend-config=path={self.state}")

    def apply(self) -> None:
        """Apply the HCL."""
        self.terraform.run("apply", "-input=false", "-auto-approve")

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The attributes of each managed resource, by its address, as first applied."""
        state: dict[str, Any] = json.loads(self.terraform.run("show", "-json"))
        return dict(_resources(state["values"]["root_module"]))


def _resources(module: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in module.get("resources", []):
        if resource["mode"] == "managed":
            yield resource["address"], resource["values"]
    for child in module.get("child_modules", []):
        yield from _resources(child)
