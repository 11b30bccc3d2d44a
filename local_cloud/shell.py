"""A shell that looks at the local AWS: what it must export, and what it must not have."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from environments import Environment
from local_cloud import provider_mirror
from local_cloud.folder import output_folder
from local_cloud.record import Record
from local_cloud.variables import variables_for


def shell_commands(server: Record, environment: Environment, folder: Path) -> str:
    """Write the commands after which a shell, and all that it starts, takes the local AWS for AWS.

    cdktf reads CDKTF_OUTPUT as its option --output, to which the path of the state is relative: so it finds what
    `make local` deployed, and leaves alone the state of a real deploy. CDKTF_OUTDIR tells `make recover` the same.
    """
    mirror = provider_mirror.find_mirror(os.environ)
    output = str(output_folder(folder))
    wanted = variables_for(server, environment, folder, mirror) | {"CDKTF_OUTPUT": output, "CDKTF_OUTDIR": output}
    return "\n".join(_differences(os.environ, wanted))


def _differences(present: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    surplus = sorted(present.keys() - wanted.keys())
    missing = sorted(name for name, value in wanted.items() if present.get(name) != value)
    return [
        *(f"unset {name}" for name in surplus),
        *(f"export {name}={shlex.quote(wanted[name])}" for name in missing),
    ]
