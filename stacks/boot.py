"""Starts cdktf without loading the 2,200 modules of its AWS provider that this platform never uses.

Must run before the first import of ``constructs`` or ``cdktf``: either of them starts jsii, and with it Node.
The synthesized JSON is the same with and without (tests/unit/stacks/test_boot.py compares them).
"""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

SWITCH = "ECS_PLATFORM_FAST_BOOT"
PROVIDER = "cdktf_cdktf_provider_aws"
HOOK = Path(__file__).with_name("lazy_provider.cjs")


def boot() -> None:
    """Start jsii, quietly and, unless ``ECS_PLATFORM_FAST_BOOT=0``, fast.

    Raises RuntimeError where jsii runs already: it is too late then, and the slow start would go unnoticed.
    """
    # Node 20 is one this project supports; jsii would print a banner about its end of life above every synth.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    if os.environ.get(SWITCH) == "0" or PROVIDER in sys.modules:
        return
    if "jsii" in sys.modules:
        raise RuntimeError("stacks.boot: call boot() before the first import of constructs or cdktf")
    _skip_eager_python_imports()
    _start_node_with_hook()


def _skip_eager_python_imports() -> None:
    """Register the provider as a bare package: its submodules are found, its ``__init__`` is not run."""
    spec = importlib.util.find_spec(PROVIDER)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"{PROVIDER} is not installed; run: make install", name=PROVIDER)
    package = ModuleType(PROVIDER)
    package.__spec__ = spec
    package.__path__ = list(spec.submodule_search_locations)
    sys.modules[PROVIDER] = package


def _start_node_with_hook() -> None:
    """Let jsii start Node with the hook, then take it away from the processes started later."""
    before = os.environ.get("NODE_OPTIONS")
    quoted = str(HOOK).replace("\\", "\\\\").replace('"', '\\"')
    os.environ["NODE_OPTIONS"] = f'{before or ""} --require "{quoted}"'.strip()
    try:
        importlib.import_module("constructs._jsii")
    finally:
        if before is None:
            del os.environ["NODE_OPTIONS"]
        else:
            os.environ["NODE_OPTIONS"] = before
