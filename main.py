"""Synthesizes every environment; the application of ``cdktf synth``, ``cdktf diff dev`` and ``cdktf deploy dev``."""

import gc
import sys
from pathlib import Path

from environments import SettingsError, load_all


def main() -> int:
    """Read the settings, then synthesize a stack per environment; return the exit status."""
    try:
        environments = load_all()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    # This process is over in two seconds, a sixth of which would go into collecting what never becomes garbage.
    gc.disable()
    # Imported only now: bad settings are told before Node starts, and Node must be started by boot().
    from stacks.boot import boot

    boot()
    from constructs.bindings import App

    from stacks.platform import PlatformStack
    from stacks.provider_lock import lock_provider

    app = App()
    for environment in environments:
        PlatformStack(app, environment)
    app.synth()
    lock_provider(Path(app.outdir, "stacks", environment.name) for environment in environments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
