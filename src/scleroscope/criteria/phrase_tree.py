"""The short notation of trees in `phrases_facts.csv`.

`a & b`, `a | b` (not mixed), `!a`, `field=value/value`, `field>=3`, `field<3`, and `?` for a part that
is more than the patient's fields can say.
"""

from __future__ import annotations

import re

from scleroscope.model.criterion import All, Any, Compare, Criterion, Has, Is, Not, Opaque

_NUMBER = re.compile(r"(\w+)\s*(<=|>=|<|>)\s*([\d.]+)")
UNSAID = "?"


def phrase_tree(text: str) -> Criterion:
    """The tree of one cell.

    >>> phrase_tree("pah | ?").parts[0].field
    'pah'
    """
    text = text.strip()
    for sign, node in (("|", Any), ("&", All)):
        if sign in text:
            return node(parts=tuple(phrase_tree(part) for part in text.split(sign)))
    if text.startswith("!"):
        return Not(part=phrase_tree(text[1:]))
    if text == UNSAID:
        return Opaque(text=UNSAID)
    if match := _NUMBER.fullmatch(text):
        field, sign, value = match[1], match[2], float(match[3])
        is_open = "=" not in sign
        if sign[0] == ">":
            return Compare(field=field, low=value, low_open=is_open)
        return Compare(field=field, high=value, high_open=is_open)
    if "=" in text:
        field, values = text.split("=")
        return Is(field=field.strip(), values=tuple(value.strip() for value in values.split("/")))
    return Has(field=text)
