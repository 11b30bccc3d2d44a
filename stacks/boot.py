"""Starts cdktf without what this platform never uses: 2,200 modules of the AWS provider, and a second Node process.

Must run before the first import of ``constructs`` or ``cdktf``: either of them starts jsii, and with it Node.
The synthesized JSON is the same with and without (tests/commands/test_boot.py compares them).
"""

import importlib.util
import os
import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder
from pathlib import Path
from types import ModuleType

from stacks.unchecked_loader import UncheckedLoader

SWITCH = "ECS_PLATFORM_FAST_BOOT"
PROVIDER = "cdktf_cdktf_provider_aws"
HOOK = Path(__file__).with_name("lazy_provider.cjs")
KERNEL = Path(__file__).with_name("jsii_kernel.cjs")
# How jsii's program names the file descriptors that KERNEL replaces; another release may name them otherwise.
FILE_DESCRIPTORS = "readFD:3,writeFD:3"


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
    # Without bytecode of its own it would compile at each start, which takes longer than the checks.
    for folder in package.__path__ if not sys.dont_write_bytecode else ():
        sys.path_importer_cache[folder] = FileFinder(folder, (UncheckedLoader, SOURCE_SUFFIXES))


def _start_node_with_hook() -> None:
    """Let jsii start Node as `_node_variables` says, then take them away from the processes started later."""
    variables = _node_variables()
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        importlib.import_module("constructs._jsii")
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _node_variables() -> dict[str, str]:
    """Return the environment variables that choose jsii's program, or the hook alone if its program is unknown here."""
    program = _jsii_program()
    if program is None or "JSII_RUNTIME" in os.environ:
        quoted = str(HOOK).replace("\\", "\\\\").replace('"', '\\"')
        return {"NODE_OPTIONS": _with_option(f'--require "{quoted}"')}
    return {
        "JSII_RUNTIME": str(KERNEL),
        "ECS_PLATFORM_JSII_PROGRAM": str(program),
        "NODE_OPTIONS": _with_option("--preserve-symlinks"),
    }


def _with_option(option: str) -> str:
    return f"{os.environ.get('NODE_OPTIONS', '')} {option}".strip()


def _jsii_program() -> Path | None:
    """Find the kernel's program in the installed jsii; None if it is not as KERNEL expects it."""
    spec = importlib.util.find_spec("jsii")
    for folder in (spec and spec.submodule_search_locations) or ():
        program = Path(folder, "_embedded", "jsii", "lib__program.js")
        if program.exists() and program.read_text(encoding="utf-8").count(FILE_DESCRIPTORS) == 1:
            return program
    return None
