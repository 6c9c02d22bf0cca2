"""How a design report tells a figure: as a percentage, with its error, as a drawing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scleroscope.charts import svg
from scleroscope.charts.report import Figure

if TYPE_CHECKING:
    from scleroscope.design.simulate import Estimated

Rows = Sequence[Mapping[str, Any]]


def figure(draw: Callable[[Rows, int], svg.Drawing], rows: Rows, says: str) -> Figure:
    """A drawing of rows; `draw` takes them and a width."""
    return Figure(lambda width: svg.draw(draw(rows, width), says))


def percent(value: float) -> str:
    """0.1234 → 12.3 %."""
    return f"{value * 100:.1f} %"


def signed(found: Estimated | None) -> str:
    """A change of a share with its Monte-Carlo error; a dash where there is none."""
    return "–" if found is None else f"{found.value * 100:+.1f} % ±{found.error * 100:.1f}"


def plain(found: Estimated, *, share: bool) -> str:
    """A figure with its Monte-Carlo error, as a percentage or as it is."""
    if share:
        return f"{found.value * 100:.1f} % ±{found.error * 100:.1f}"
    return f"{found.value:.3g} ±{found.error:.2g}"


def short(text: str, length: int = 40) -> str:
    """The text, cut with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
