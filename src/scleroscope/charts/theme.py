"""How figures look: one calm palette, light and dark, and a font that every machine has.

A figure is drawn once, in the light colours. `svg.draw` turns each colour into a CSS variable
with that colour as its fallback, so that the page around it can recolour it for the dark, and the
file is still right when it is opened alone.
"""

from __future__ import annotations

from typing import Any

# CSS variable → (light, dark). Every pair has at least 3:1 (graphics) or 4.5:1 (text) on its paper.
COLOURS = {
    "paper": ("#fdfcfa", "#14181d"),
    "ink": ("#1c2630", "#e6e9ec"),
    "quiet": ("#5b6670", "#a2adb7"),
    "line": ("#dcdfe0", "#2f3740"),
    "land": ("#d5dadb", "#333c45"),
    "accent": ("#0b6b74", "#4cc3c9"),
    "ongoing": ("#128a5b", "#3fcf91"),
    "planned": ("#86c9a6", "#1f7f58"),
    "completed": ("#3d6e9e", "#74aee0"),
    "stopped": ("#c2512f", "#f08a66"),
    "unknown": ("#98a2a9", "#75818c"),
    "not_stated": ("#cdd3d6", "#3f4a54"),
}

FATE_NAMES = {
    "completed": "completed",
    "ongoing": "under way",
    "planned": "not yet open",
    "stopped": "stopped early",
    "unknown": "unknown",
    "not_stated": "not stated",
}

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


def light(name: str) -> str:
    """The colour in which figures are drawn."""
    return COLOURS[name][0]


def config() -> dict[str, Any]:
    """Vega-Lite's configuration: no frame, thin lines, quiet axes, text in the page's font."""
    return {
        "font": FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "padding": 2,
        "axis": {
            "domain": False,
            "ticks": False,
            "grid": False,
            "gridColor": light("line"),
            "labelColor": light("ink"),
            "labelFontSize": 12,
            "labelPadding": 6,
            "labelLimit": 240,
            "title": None,
            "titleColor": light("quiet"),
            "titleFontSize": 12,
            "titleFontWeight": "normal",
        },
        "legend": {
            "labelColor": light("ink"),
            "labelFontSize": 12,
            "orient": "top",
            "title": None,
            "titleColor": light("quiet"),
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "symbolType": "square",
            "symbolStrokeWidth": 0,
            "columnPadding": 22,
        },
        "text": {"color": light("ink"), "fontSize": 12},
        "bar": {"color": light("accent")},
    }
