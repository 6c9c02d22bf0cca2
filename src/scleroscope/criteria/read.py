"""Eligibility text into criteria, as far as it is understood."""

from __future__ import annotations

import re

from scleroscope.model.criterion import Clause, Eligibility, Opaque, Span


def read(text: str) -> Eligibility:
    """One clause a line, none of it understood yet."""
    clauses = []
    for number, match in enumerate(re.finditer(r"\S[^\n]*", text), 1):
        start, end = match.start(), match.start() + len(match[0].rstrip())
        clauses.append(
            Clause(
                id=f"I{number}",
                kind="inclusion",
                text=text[start:end],
                start=start,
                end=end,
                tree=Opaque(text=text[start:end], span=Span(start, end)),
                reading="opaque",
            )
        )
    return Eligibility(clauses=tuple(clauses))
