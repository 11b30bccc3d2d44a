"""The placeholders that a service's variables and health check may have, such as `{environment}`."""

import re
from collections.abc import Mapping

from environments.base import format_value, nearest

PLACEHOLDERS = ("environment", "namespace", "load_balancer", "port")
"""The environment's name, the private DNS namespace, the load balancer's DNS name, the service's own port."""

# "${name}" is a shell's variable, and left to it.
_PLACEHOLDER = re.compile(r"(?<![$%])\{([a-z_]+)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text with the given placeholders filled; the rest is escaped, for Terraform evaluates ${…} and %{…}."""
    parts = _PLACEHOLDER.split(text)
    return "".join(
        values.get(part, f"{{{part}}}") if index % 2 else part.replace("${", "$${").replace("%{", "%%{")
        for index, part in enumerate(parts)
    )


def unknown_placeholders(text: str, *, port: int | None) -> list[str]:
    """Return a fault for each placeholder that has no value; that of the port has one if the service has a port."""
    known = [f"{{{name}}}" for name in PLACEHOLDERS if name != "port" or port]
    found = [f"{{{name}}}" for name in _PLACEHOLDER.findall(text)]
    return [
        f"{format_value(each)} is not a placeholder that has a value here; {nearest(each, known)}"
        for each in found
        if each not in known
    ]
