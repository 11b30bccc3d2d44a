"""Loads bindings without what they check of every call: mypy has checked the types, and jsii's kernel checks values."""

import __future__

from importlib.machinery import SourceFileLoader
from types import CodeType


class UncheckedLoader(SourceFileLoader):
    """Compiles a module without what ``python -O`` leaves out, and with its annotations as text.

    The bytecode lies beside that of Python, under another name.

    https://docs.python.org/3/library/importlib.html#importlib.machinery.SourceFileLoader
    """

    def source_to_code(self, data: bytes, path: str) -> CodeType:  # type: ignore[override] # typeshed has it static too
        """Compile the source of a module."""
        flags = __future__.annotations.compiler_flag
        code: CodeType = compile(data, path, "exec", flags=flags, dont_inherit=True, optimize=1)
        return code

    def get_data(self, path: str) -> bytes:
        """Read source, or bytecode under its other name."""
        return super().get_data(_renamed(path))

    def set_data(self, path: str, data: bytes, *, _mode: int = 0o666) -> None:  # type: ignore[override] # always bytes
        """Write bytecode under its other name."""
        super().set_data(_renamed(path), data, _mode=_mode)


def _renamed(path: str) -> str:
    return f"{path.removesuffix('.pyc')}.unchecked.pyc" if path.endswith(".pyc") else path
