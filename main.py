"""Synthesizes every environment; the application of ``cdktf synth``, ``cdktf diff dev`` and ``cdktf deploy dev``."""

import gc
import os
import sys
from pathlib import Path

from environments import SettingsError, load_all
from local_cloud.errors import LocalCloudError
from local_cloud.state_guard import check_state_folder


def main() -> int:
    """Read the settings, then synthesize a stack per environment; return the exit status."""
    try:
        environments = load_all()
        check_state_folder(os.environ, Path(__file__).resolve().parent)
    except (SettingsError, LocalCloudError) as error:
        print(error, file=sys.stderr)
        return 1
    # This process is over in two seconds, a sixth of which would go into collecting what never becomes garbage.
    gc.disable()
    # Imported only now: bad settings are told before Node starts, and Node must be started by boot().
    from stacks.boot import boot

    boot()
    from constructs.bindings import App

    from stacks.platform import PlatformStack

    app = App()
    for environment in environments:
        PlatformStack(app, environment)
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
