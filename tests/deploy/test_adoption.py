"""The owner's HCL platform, taken over as docs/adopting.md says. The tests build on each other, in this order."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from environments import names
from tests.deploy.live_platform import LIVE, PROCESSES, LivePlatform
from tests.deploy.platforms import Terraform, client
from tests.deploy.shell import checkout, failed, succeeded, typed
from tests.unit.test_live_names import NEW

# The live default tags, which would vanish from every resource if the settings did not have them.
TAGS = {
    "DEV__TAGS__Owner": "David Shaevel",
    "DEV__TAGS__CostCenter": "Engineering",
    "DEV__TAGS__Terraform": "true",
}
BUCKET, KEY = "davidshaevel-state", "dev/terraform.tfstate"
STACK = Path("cdktf.out/stacks/dev")
REVISIONS = {f"aws_ecs_task_definition.{service}" for service in ("backend", "frontend", "prometheus")}
# Without a NAT gateway the HCL has no private route tables.
PRIVATE_ROUTES = ("aws_route_table.network_private_", "aws_route_table_association.network_private_")

ROLLED = {"triggers", "force_new_deployment", "availability_zone_rebalancing"}
ROLES = (
    *("backend_task", "frontend_task", "prometheus_task", "task_execution", "prometheus_execution"),
    *("network_flow_logs", "database_monitoring_role"),
)
ALARMS = ("high_cpu", "high_connections", "low_free_storage", "low_freeable_memory")

# What changes in place, beside tags: docs/adopting.md announces each.
CHANGES = {
    "aws_ecs_cluster.cluster": {"configuration"},
    "aws_ecs_service.backend": {*ROLLED, "service_registries"},
    "aws_ecs_service.frontend": {*ROLLED, "service_registries"},
    "aws_ecs_service.prometheus": {*ROLLED, "task_definition", "wait_for_steady_state", "deployment_maximum_percent"},
    "aws_s3_object.prometheus_config": {"content", "etag", "version_id"},
    "aws_s3_bucket_lifecycle_configuration.prometheus_config": {"rule"},
    # Where the load balancer has a certificate: live it redirects the CDN to HTTPS, without end.
    "aws_cloudfront_distribution.cdn": {"origin", "default_cache_behavior"},
    # It permits what it permitted, in narrower words, but for the logs.
    "aws_iam_policy.delivery": {"policy"},
    **{f"aws_iam_role.{name}": {"assume_role_policy"} for name in ROLES},
    # Live they watch the database's resource id, so nothing.
    **{f"aws_cloudwatch_metric_alarm.database_{name}": {"dimensions"} for name in ALARMS},
}

# What was created is still in AWS after a rollback; the rest of it may be created again without harm.
STILL_THERE = {address for address in NEW if not address.startswith("aws_iam_role_policy.")}

every_choice = pytest.mark.parametrize(
    "live",
    [pytest.param(name, marks=pytest.mark.xdist_group(PROCESSES[name])) for name in LIVE],
    indirect=True,
    scope="session",
)
as_live = pytest.mark.parametrize(
    "live", [pytest.param("as-live", marks=pytest.mark.xdist_group("as-live"))], indirect=True, scope="session"
)


@dataclass(frozen=True)
class Adoption:
    """Our project, with the HCL's state: where it is, and what is told to it."""

    folder: Path
    variables: dict[str, str]
    s3: BaseClient

    @property
    def terraform(self) -> Terraform:
        return Terraform(self.folder / STACK, self.variables)

    def type(self, *commands: str, **variables: str) -> str:
        """Run commands of the documentation, one after the other; return what they printed."""
        return "".join(succeeded(typed(each, self.variables | variables, folder=self.folder)) for each in commands)


@dataclass(frozen=True)
class Planned:
    """What the plan says of each resource."""

    resources: list[dict[str, Any]]

    def addresses(self, action: str) -> set[str]:
        return {each["address"] for each in self.resources if each["change"]["actions"] == [action]}


@pytest.fixture(scope="session")
def adoption(live: LivePlatform, tmp_path_factory: pytest.TempPathFactory) -> Adoption:
    """The HCL's state is in its bucket, and our settings choose what the HCL chose."""
    s3 = client("s3", live.server)
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=live.state.read_bytes())
    buckets = {f"{name.upper()}__STATE__BUCKET": BUCKET for name in names()}
    settings = {**buckets, "DEV__STATE__ADOPT_HCL": "true", **TAGS, **live.choice.settings}
    folder = checkout(tmp_path_factory.mktemp("adoption") / "project")
    return Adoption(folder, live.terraform.variables | settings, s3)


@pytest.fixture(scope="session")
def planned(adoption: Adoption) -> Planned:
    adoption.type(
        # As `npx cdktf synth` does, which is typed below, but for dev alone.
        ".venv/bin/python main.py dev",
        "terraform -chdir=cdktf.out/stacks/dev init",
        "terraform -chdir=cdktf.out/stacks/dev state pull > before-adoption.tfstate",
        "terraform -chdir=cdktf.out/stacks/dev plan -out=adoption",
    )
    plan: dict[str, Any] = json.loads(adoption.terraform.run("show", "-json", "adoption"))
    return Planned([each for each in plan["resource_changes"] if each["mode"] == "managed"])


@every_choice
def test_the_plan_takes_over_every_resource_of_the_hcl(live: LivePlatform, planned: Planned) -> None:
    taken_over = {each.get("previous_address", each["address"]) for each in planned.resources}
    assert set(live.resources) - taken_over == set()


@every_choice
def test_the_plan_destroys_and_replaces_nothing(adoption: Adoption, planned: Planned) -> None:
    actions = {tuple(each["change"]["actions"]) for each in planned.resources}
    assert actions == {("no-op",), ("create",), ("update",), ("forget",)}
    assert "0 to destroy" in adoption.type("terraform -chdir=cdktf.out/stacks/dev show -no-color adoption")


@every_choice
def test_the_plan_adds_as_many_as_announced(live: LivePlatform, planned: Planned) -> None:
    without_nat = live.choice.hcl.get("nat") == "none"
    assert len(planned.addresses("create")) == 8 + len(live.choice.hcl.get("exec", ())) + 6 * without_nat


@every_choice
def test_the_plan_forgets_revisions_and_what_has_no_place_here(live: LivePlatform, planned: Planned) -> None:
    kinds = (".aws_ecs_task_definition.", ".aws_db_parameter_group.")
    forgotten = {address for address in live.resources if any(kind in address for kind in kinds)}
    assert planned.addresses("forget") == forgotten


@every_choice
def test_the_plan_creates_what_the_hcl_never_had(live: LivePlatform, planned: Planned) -> None:
    created = {address.partition("[")[0] for address in planned.addresses("create")}
    routes = {address for address in created if address.startswith(PRIVATE_ROUTES)}
    assert created - routes - REVISIONS <= NEW
    assert bool(routes) == (live.choice.hcl.get("nat") == "none")


@every_choice
def test_the_plan_changes_tags_and_what_is_new_in_place(planned: Planned) -> None:
    for each in planned.resources:
        if each["change"]["actions"] == ["update"]:
            assert changed(each["change"]) - {"tags", "tags_all"} <= CHANGES.get(each["address"], set()), each


@every_choice
def test_the_plan_can_be_read_without_its_changes_of_tags(adoption: Adoption, planned: Planned) -> None:
    shown = adoption.type(".venv/bin/python -m operations show-plan cdktf.out/stacks/dev adoption")
    before_tags = shown.partition("  Tags only")[0]
    updates = [each for each in planned.resources if each["change"]["actions"] == ["update"]]
    real = [each["address"] for each in updates if changed(each["change"]) - {"tags", "tags_all"}]
    assert real
    assert [address for address in real if address not in before_tags] == []


@every_choice
def test_after_the_adoption_a_second_plan_is_empty(adoption: Adoption) -> None:
    adoption.type("terraform -chdir=cdktf.out/stacks/dev apply adoption")
    assert adoption.terraform.plan() == {}


@as_live
def test_the_setting_can_go_afterwards(adoption: Adoption) -> None:
    assert "No changes." in adoption.type("npx cdktf diff dev", DEV__STATE__ADOPT_HCL="false")


@as_live
def test_the_hcl_can_take_it_back(live: LivePlatform, adoption: Adoption) -> None:
    adoption.type("terraform -chdir=cdktf.out/stacks/dev state push -force ../../../before-adoption.tfstate")
    live.state.write_bytes(adoption.s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())

    assert set(map(tuple, live.terraform.plan().values())) == {("update",)}
    live.terraform.apply()
    # The provider cannot take a cluster's exec configuration away again.
    assert live.terraform.plan() == {"module.compute.aws_ecs_cluster.main": ["update"]}


@as_live
def test_adopting_again_stops_at_what_is_still_there(live: LivePlatform, adoption: Adoption) -> None:
    adoption.s3.put_object(Bucket=BUCKET, Key=KEY, Body=live.state.read_bytes())
    # Synthesized again: what is there has been written without the setting.
    adoption.type("npx cdktf synth", "terraform -chdir=cdktf.out/stacks/dev plan -out=adoption")
    apply = typed("terraform -chdir=cdktf.out/stacks/dev apply adoption", adoption.variables, folder=adoption.folder)
    errors = [line for line in failed(apply).splitlines() if "Error: " in line]
    assert len(errors) == len(STILL_THERE), errors


@as_live
def test_recovery_finishes_adopting_again(adoption: Adoption) -> None:
    variables = adoption.variables | {"CDKTF_OUTDIR": str(adoption.folder / "cdktf.out")}
    recovery = typed(".venv/bin/python -m operations recover dev", variables, folder=adoption.folder, answer="yes\n")
    said = succeeded(recovery)
    assert {address for address in STILL_THERE if address in said} == STILL_THERE
    assert "dev is whole again." in said
    assert adoption.terraform.plan() == {}


def changed(change: dict[str, Any]) -> set[str]:
    """Return the arguments that differ, those that are not known yet among them."""
    before, after = change["before"], change["after"]
    unknown = {key for key, value in change["after_unknown"].items() if value is True}
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key) or key in unknown}
