"""Compile the simulation kernels, once for each machine.

`compiled` turns a plain numerical function into machine code (Numba, kept on disk beside the module), and
says on stderr when that happens, because a first run then takes about a minute longer than later ones.
Without Numba the import fails with the command that repairs it.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from typing import Any, TypeVar, cast

try:
    import numba
    import scipy  # noqa: F401  # the other half of the extra
    from numba.core import event
except ModuleNotFoundError as missing:  # pragma: no cover - a machine without the extra
    raise ModuleNotFoundError(
        "trial simulation needs Numba and SciPy, which are not installed: pip install 'scleroscope[design]'",
        name=missing.name,
    ) from missing

F = TypeVar("F", bound=Callable[..., Any])

# Sums may be reordered (so that they run in vector registers); NaN and infinity keep their meaning.
_SUMS = {"contract", "reassoc", "nsz", "arcp"}


class _Announcer(event.Listener):
    """Says on stderr which kernel is being compiled; nothing when all come from the disk."""

    def __init__(self) -> None:
        self.said: set[str] = set()

    def on_start(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        name = f"{function.__module__}.{function.__qualname__}"
        if not name.startswith("scleroscope.") or name in self.said:
            return
        if multiprocessing.parent_process() is not None:
            return
        if not self.said:
            sys.stderr.write("Compiling the simulation kernels (the first run only).\n")
        self.said.add(name)
        if sys.stderr.isatty():
            sys.stderr.write(f"  {name.removeprefix('scleroscope.design.')}\n")

    def on_end(self, event: Any) -> None:
        """Nothing to say."""


_listen: Any = event.register
_listen("numba:compile", _Announcer())


def compiled(function: F) -> F:
    """The same function as machine code: called from Python or from another compiled function.

    The code is kept on disk (`__pycache__`), and runs without Python's lock, so that threads share the work.
    """
    return cast("F", numba.njit(cache=True, nogil=True, fastmath=_SUMS)(function))


def inlined(function: F) -> F:
    """As `compiled`, for the small functions inside a hot loop, which are pasted where they are called."""
    return cast("F", numba.njit(cache=True, nogil=True, fastmath=_SUMS, inline="always")(function))
