"""Synthesizes every environment; the application of ``cdktf synth``, ``cdktf diff dev`` and ``cdktf deploy dev``."""

import gc
import sys

from environments import SettingsError, load_all


def main() -> int:
    """Read the settings, then synthesize a stack per environment; return the exit status."""
    try:
        environments = load_all()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    # Synthesis takes two seconds; garbage collection would use a sixth of it and free nothing.
    gc.disable()
    # Imported late: settings errors must be reported before Node starts, and boot() must be what starts Node.
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
