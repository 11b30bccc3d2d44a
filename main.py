"""Synthesizes every environment; the application of ``cdktf synth``, ``cdktf diff dev`` and ``cdktf deploy dev``.

With names (``python main.py dev``) it synthesizes these environments alone. All are validated in either case.
"""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path


def main(names: Sequence[str]) -> int:
    """Read the settings, then synthesize a stack for each named environment, or for all; return the exit status."""
    # Synthesis takes two seconds; garbage collection would use a sixth of it and free nothing.
    gc.disable()
    from environments import SettingsError, load, load_all, write_expired, write_notices
    from local_cloud.errors import LocalCloudError
    from local_cloud.state_guard import check_state_folder

    try:
        everything = load_all()
        environments = [load(name) for name in names] or everything
        write_notices(environment.name for environment in environments)
        write_expired(environments)
        if any(environment.state.bucket is None for environment in environments):
            check_state_folder(os.environ, Path(__file__).resolve().parent)
    except (SettingsError, LocalCloudError) as error:
        print(error, file=sys.stderr)
        return 1
    # Imported late: settings errors must be reported before Node starts, and boot() must be what starts Node.
    from stacks.boot import boot

    boot()
    from constructs.bindings import App

    from rules.check import RulesError
    from stacks.platform import PlatformStack
    from stacks.provider_lock import lock_provider
    from stacks.synthesis import synthesize

    app = App()
    stacks = [PlatformStack(app, environment) for environment in environments]
    try:
        folders = synthesize(app, stacks)
    except RulesError as error:
        print(error, file=sys.stderr)
        return 1
    lock_provider(folders)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed for {sys.executable}; run `make install`, then use .venv/bin/python")
