"""The platform as its owner runs it today: from HCL, written from its description and not from this library."""

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

from environments import load
from local_cloud import lifecycle, provider_mirror
from local_cloud.record import Record
from local_cloud.variables import variables_for
from tests.deploy.platforms import Process, Terraform, client
from tests.deploy.warm_provider import warm_provider

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

# Each choice in a process that has as much to do as the others: two are applied while another platform is deployed.
PROCESSES = {"as-live": "as-live", "single-nat": "killed", "no-nat": "every-kind"}


@dataclass(frozen=True)
class LivePlatform:
    """Dev in HCL on a local AWS: what was chosen, where that runs, the state, and Terraform in the HCL's folder."""

    choice: Choice
    server: Record
    state: Path
    terraform: Terraform

    def initialize(self) -> None:
        """Copy the HCL into the folder, and let Terraform keep its state where it is looked for."""
        shutil.copytree(_HCL, self.terraform.folder)
        variables = self.terraform.folder / "live.auto.tfvars.json"
        variables.write_text(json.dumps(self.choice.hcl), encoding="utf-8")
        self.terraform.run("init", "-input=false", f"-backend-config=path={self.state}")

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


class LivePlatforms:
    """The platforms that this run's tests want, each applied once: it may begin while other tests wait for a deploy."""

    def __init__(self, folder: Path, wanted: Collection[str]) -> None:
        self._folder = folder
        self._wanted = wanted
        self._begun: dict[str, _Begun] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._ends.close()

    def begin_in(self, process: str) -> None:
        """Begin to apply what the tests of a process want, while they wait for another deploy."""
        for choice in self._wanted:
            if PROCESSES[choice] == process:
                self._begin(choice)

    def applied(self, choice: str) -> LivePlatform:
        """Return a platform once it is applied."""
        self._begin(choice)
        platform, applying, log = self._begun[choice]
        assert applying.wait() == 0, log.read_text(encoding="utf-8")
        return platform

    def _begin(self, choice: str) -> None:
        if choice not in self._begun:
            self._begun[choice] = self._ends.enter_context(_begun(self._folder / choice, LIVE[choice]))


class _Begun(NamedTuple):
    platform: LivePlatform
    applying: Process
    log: Path


@contextmanager
def _begun(folder: Path, chosen: Choice) -> Iterator[_Begun]:
    environment, cloud, log = load("dev"), folder / "cloud", folder / "apply.log"
    server = lifecycle.start(cloud, environment.account_id)
    try:
        variables = variables_for(server, environment, cloud, provider_mirror.find_mirror(os.environ))
        certificate = client("acm", server).request_certificate(DomainName="davidshaevel.com")["CertificateArn"]
        choice = chosen.with_certificate(certificate)
        platform = LivePlatform(choice, server, folder / "terraform.tfstate", Terraform(folder / "hcl", variables))
        platform.initialize()
        with warm_provider(platform.terraform.folder, variables) as warm, log.open("w") as output:
            platform = replace(platform, terraform=replace(platform.terraform, variables=warm))
            with platform.terraform.start("apply", "-input=false", "-auto-approve", output=output) as applying:
                yield _Begun(platform, applying, log)
                applying.kill()
    finally:
        lifecycle.stop(cloud)
