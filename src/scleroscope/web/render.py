"""Templates, with everything escaped that is not the template's own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from scleroscope import __version__
from scleroscope.api.names import name_of
from scleroscope.charts.report import style

PARTS = 30  # of a criterion, as many as light up


@cache
def environment() -> Environment:
    """The templates' environment, all of them read at once: a server that runs while its files are replaced
    by those of another version goes on with its own."""
    made = Environment(
        auto_reload=False,
        loader=PackageLoader("scleroscope.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        words=words, web=web_address, trial_path=trial_path, many=many, day=day, paragraphs=paragraphs,
        listed=listed, twice=lambda value: (value, value),
    )  # fmt: skip
    made.globals.update(version=__version__, static=static_path, name_of=name_of)
    for name in made.list_templates():
        made.get_template(name)
    return made


def render(template: str, /, **values: Any) -> str:
    """A template's text."""
    return environment().get_template(template).render(**values)


def words(value: str | None) -> str:
    """An id of the registries' vocabulary as plain words."""
    return name_of("", value)


def web_address(value: str | None) -> str | None:
    """An address that may be linked: http and https alone, for a record may hold any text."""
    if not value:
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def trial_path(trial: str) -> str:
    """The page of a trial."""
    return f"/trials/{quote(trial, safe='')}"


def many(count: int, one: str, more: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def day(value: Any) -> str:
    """A date as people write it."""
    return f"{value:%-d %B %Y}" if isinstance(value, dt.date) else str(value)


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def listed(values: Iterable[str]) -> str:
    """`a, b and c`."""
    found = list(values)
    return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))


@cache
def static() -> dict[str, tuple[str, bytes]]:
    """Every file that pages load: name → media type, content. Nothing else can be asked for."""
    folder = files("scleroscope.web") / "static"
    own = {name: (folder / name).read_bytes() for name in ("site.css", "site.js", "icon.svg")}
    own["site.css"] = f"{style()}\n".encode() + own["site.css"] + _pairs().encode()
    kinds = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    return {name: (kinds[name.rsplit(".", 1)[1]], body) for name, body in own.items()}


def _pairs() -> str:
    """Rules that light up a criterion's words and their reading together, without a script."""
    numbers = range(1, PARTS + 1)
    lit = ",".join(f".criteria li:has(.s{n}:is(:hover,:focus-visible)) .s{n}" for n in numbers)
    return f"{lit}{{background:var(--lit);border-radius:3px;color:var(--ink)}}\n"


@cache
def static_path(name: str) -> str:
    """The address of a file, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256(static()[name][1]).hexdigest()[:12]}"
