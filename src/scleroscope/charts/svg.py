"""A figure as SVG text, without a browser and without the network."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any
from zlib import crc32

from scleroscope.charts.theme import COLOURS, config

MARGIN = 36  # pixels around a figure that stands alone

Drawing = Any
"""An Altair chart of any kind; most of Altair's chained methods are untyped."""


def draw(chart: Drawing, alternative: str) -> str:
    """Render a chart; `alternative` is what it says, for those who do not see it.

    The SVG scales with its container and takes its colours from the CSS variables `--ink`,
    `--accent` … (see `theme`), falling back to the light ones.
    """
    import vl_convert

    text = vl_convert.vegalite_to_svg(vl_spec={**chart.to_dict(), "config": config()})
    head, body = text.split(">", 1)
    box = re.search(r'viewBox="([^"]+)"', head)
    if box is None:
        raise ValueError("the renderer gave no viewBox")
    label = escape(alternative, quote=True)
    width = float(box[1].split()[2])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box[1]}" role="img" aria-label="{label}"'
        f' style="width:100%;max-width:{width:.0f}px;height:auto">' + _own_ids(_plain(_recolour(body)))
    )


def _recolour(text: str) -> str:
    return _colours().sub(lambda hit: f"var(--{_variables()[hit[0].lower()]},{hit[0]})", text)


def _plain(text: str) -> str:
    """Without what only Vega's own runtime reads: ARIA roles of single marks, empty groups."""
    text = re.sub(r' (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"', "", text)
    text = re.sub(r"(\.\d{2})\d+", r"\1", text)
    # The renderer puts an address of its own before a link that has none. Tables are the way for keyboards.
    text = re.sub(r'xlink:href="[^"]*?//(?=[a-z]+[/?])', 'aria-hidden="true" tabindex="-1" href="/', text)
    # A tenth of a pixel is fine enough for outlines, and the map has thousands of corners.
    return re.sub(r' d="[^"]+"', lambda path: re.sub(r"(\.\d)\d+", r"\1", path[0]), text)


def _own_ids(text: str) -> str:
    """With ids that no other figure on a page has: `clip0` of two figures would be one."""
    mark = f"{crc32(text.encode()):08x}"
    text = re.sub(r'\bid="([^"]+)"', rf'id="\1-{mark}"', text)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#\1-{mark})", text)


@cache
def _variables() -> dict[str, str]:
    return {colour: name for name, (colour, _) in COLOURS.items()}


@cache
def _colours() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _variables())), re.IGNORECASE)


def standalone(drawn: str) -> str:
    """A drawn figure as a file of its own: on paper, light or dark as the reader's system is."""
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    style = f"<style>@media (prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    head, body = drawn.split(">", 1)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    if box is None:
        raise ValueError("not a figure that `draw` made")
    # Letters may be wider on the reader's machine than on the one that drew: a margin catches them.
    width, height = float(box[1]) + 2 * MARGIN, float(box[2]) + MARGIN
    place = f'x="{-MARGIN}" y="{-MARGIN / 2:g}" width="{width:g}" height="{height:g}"'
    head = head.replace(box[0], f'viewBox="{-MARGIN} {-MARGIN / 2:g} {width:g} {height:g}"')
    paper = f'<rect {place} rx="6" fill="var(--paper,{COLOURS["paper"][0]})"/>'
    return f"{head}>{style}{paper}{body}"
