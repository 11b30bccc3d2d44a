"""A Terraform state made from a plan: the platform as if the plan had been applied, without anything being made."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from operations.aws.clients import Document
from operations.review.placeholders import Placeholders, in_state

_VERSION = 4
_LINEAGE = "00000000-0000-0000-0000-000000000000"


@dataclass
class PlannedState:
    """What Terraform is to take for deployed.

    https://developer.hashicorp.com/terraform/internals/json-format
    """

    placeholders: Placeholders
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take_over(self, plan: Document) -> None:
        """Take over what the plan would create or change; what it cannot know stays, or becomes a placeholder."""
        providers = _providers(plan)
        for planned in plan["resource_changes"]:
            change = planned["change"]
            if planned["mode"] != "managed" or change["actions"] in (["no-op"], ["delete"]):
                continue
            address = planned["address"]
            self.attributes[address] = self.placeholders.fill(
                address, change["after"], change["after_unknown"], self.attributes.get(address, {})
            )
            self._add(planned, providers[f"{planned['type']}.{planned['name']}"])

    def write(self, file: Path, terraform_version: str) -> None:
        """Write the file that Terraform reads."""
        state = {
            "version": _VERSION,
            "terraform_version": terraform_version,
            "serial": 1,
            "lineage": _LINEAGE,
            "outputs": {},
            "resources": list(self.resources.values()),
        }
        file.write_text(json.dumps(state), encoding="utf-8")

    def _add(self, planned: Document, provider: str) -> None:
        key = planned["address"].removesuffix("]").partition("[")[0]
        resource = self.resources.setdefault(
            key,
            {
                "mode": "managed",
                "type": planned["type"],
                "name": planned["name"],
                "provider": provider,
                "instances": [],
            },
        )
        index = {"index_key": planned["index"]} if "index" in planned else {}
        others = [each for each in resource["instances"] if each.get("index_key") != planned.get("index")]
        schema = self.placeholders.schemas[planned["type"]]
        instance = {
            **index,
            "schema_version": schema.version,
            "attributes": in_state(schema, self.attributes[planned["address"]]),
            # A path that the provider marks and the state does not is a change for Terraform.
            "sensitive_attributes": list(_sensitive(planned["change"]["after_sensitive"])),
        }
        resource["instances"] = [*others, instance]


def _providers(plan: Document) -> dict[str, str]:
    """Return, by resource, the provider as a state names it, with its alias."""
    configuration = plan["configuration"]
    names = {key: each["full_name"] for key, each in configuration["provider_config"].items()}
    providers = {}
    for resource in configuration["root_module"].get("resources", []):
        key = resource["provider_config_key"]
        alias = key.partition(".")[2]
        providers[resource["address"]] = f'provider["{names[key]}"]' + (f".{alias}" if alias else "")
    return providers


def _sensitive(marks: Any, path: tuple[Document, ...] = ()) -> Iterator[list[Document]]:  # noqa: ANN401 - any JSON
    match marks:
        case True:
            yield list(path)
        case dict():
            for key, inner in marks.items():
                yield from _sensitive(inner, (*path, {"type": "get_attr", "value": key}))
        case list():
            for index, inner in enumerate(marks):
                step = {"type": "index", "value": {"value": index, "type": "number"}}
                yield from _sensitive(inner, (*path, step))
