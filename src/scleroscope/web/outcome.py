"""Published results as rows of a table: as printed in their source, nothing computed."""

from __future__ import annotations

from typing import Any

from scleroscope.api.findings import Published, arm, contrast, endpoint, harm


def results(published: Published) -> list[dict[str, Any]]:
    """One row an endpoint and time point."""
    return [
        {
            "endpoint": endpoint(each),
            "when": ", ".join(
                part
                for part in (
                    f"week {each.weeks:g}" if each.weeks is not None else None,
                    (each.level or "level not stated").replace("_", " "),
                    f"n {each.n} in all" if each.n is not None else None,
                )
                if part
            ),
            "arms": [arm(one, each) for one in each.arms],
            "contrasts": [contrast(one, each) for one in each.contrasts],
            "note": each.note,
            "source": each.source,
        }
        for each in published.results
    ]


def harms(published: Published) -> list[dict[str, Any]]:
    """One row a kind of harm."""
    return [
        {"says": harm(each), "note": each.note if each.arms else None, "source": each.source}
        for each in published.harms
    ]
