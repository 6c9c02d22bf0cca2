"""scleroscope makes the clinical trials of systemic sclerosis (scleroderma) legible and better.

>>> import scleroscope
>>> scope = scleroscope.connect()
>>> scope.overview(target="IL6R").totals.recruiting < scope.overview().totals.trials
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scleroscope.api.ingest import import_files as import_files
    from scleroscope.api.ingest import update as update
    from scleroscope.api.ingest import verify as verify
    from scleroscope.api.scope import Scope as Scope
    from scleroscope.api.scope import connect as connect
    from scleroscope.model.problem import BadRequest as BadRequest
    from scleroscope.model.problem import NotFound as NotFound
    from scleroscope.model.problem import Problem as Problem

__version__ = "0.1.0"

# Name → module. Loaded when first asked for, so that `import scleroscope` costs next to nothing.
_LAZY = {
    "Scope": "scleroscope.api.scope",
    "connect": "scleroscope.api.scope",
    "import_files": "scleroscope.api.ingest",
    "update": "scleroscope.api.ingest",
    "verify": "scleroscope.api.ingest",
    "BadRequest": "scleroscope.model.problem",
    "NotFound": "scleroscope.model.problem",
    "Problem": "scleroscope.model.problem",
}

__all__ = [
    "BadRequest",
    "NotFound",
    "Problem",
    "Scope",
    "__version__",
    "connect",
    "import_files",
    "update",
    "verify",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'scleroscope' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
