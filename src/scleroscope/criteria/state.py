"""A part of a sentence while its tree is built."""

from __future__ import annotations

from scleroscope.criteria.frame import Frame
from scleroscope.criteria.items import Item
from scleroscope.criteria.parts import Part
from scleroscope.model.criterion import Criterion, Opaque, Span


class State:
    """The leaves so far, the numbers not used yet, and the rest that was not understood.

    `bars` says whether the part keeps a patient out when it holds; `timed` whether a time that was
    said has found what it dates.
    """

    __slots__ = ("bars", "frame", "leaves", "numbers", "part", "rest", "timed")

    def __init__(
        self, part: Part, frame: Frame, *, bars: bool, rest: list[Item], numbers: list[Item]
    ) -> None:
        self.part = part
        self.frame = frame
        self.bars = bars
        self.rest = rest
        self.numbers = numbers
        self.leaves: list[Criterion] = []
        self.timed = False

    @property
    def span(self) -> Span:
        """The characters of the part."""
        return Span(self.part.start, self.part.end)

    def words(self, *, procedural: bool = False) -> Opaque:
        """The part as it stands, not understood."""
        return self.frame.words(self.part.start, self.part.end, procedural=procedural)
