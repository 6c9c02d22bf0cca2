"""How a trial is run: when it looks, when it stops, which dose is next; one module a design."""

from scleroscope.design import compiled as _compiled  # noqa: F401  # says what to install when the extra is missing
