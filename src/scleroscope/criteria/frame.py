"""What holds for a whole sentence while its parts are read."""

from __future__ import annotations

import msgspec

from scleroscope.criteria.items import Item
from scleroscope.model.criterion import Opaque, Span


class Frame(msgspec.Struct):
    """What holds for a whole sentence: its text, its list, and what a lead-in said before."""

    text: str
    bars: bool  # whether being true keeps a patient out
    loose: str = "and"  # what a list of commas alone means
    force: str = ""  # what "one of the following" makes of every joint
    given: tuple[Item, ...] = ()  # tense, time and negation that a lead-in or a general term gave
    subject: bool = False  # whether the study is about the disease of the subject facts

    def words(self, start: int, end: int, *, procedural: bool = False) -> Opaque:
        """These characters, not understood."""
        return Opaque(text=self.text[start:end], span=Span(start, end), procedural=procedural)
