"""The books of one import: what was read and what became of it. They must balance."""

from __future__ import annotations

from typing import Literal

import msgspec

Fate = Literal["new", "changed", "unchanged", "out_of_scope", "refused"]


class Books(msgspec.Struct, kw_only=True):
    """Counts of records. `read` is counted where records come in, the fates where they are settled."""

    number: int = 0  # of the import
    kind: str = "files"
    source: str = ""
    scope: str = "scleroderma"
    started: str = ""
    finished: str | None = None
    read: int = 0
    new: int = 0
    changed: int = 0  # another content of a known trial: a version was added
    unchanged: int = 0
    out_of_scope: int = 0
    refused: int = 0
    repeated: int = 0  # of the above: an id that this input had already
    differing: int = 0  # of the repeated: with other content than before
    announced: int | None = None  # how many the registry said that it has
    beside: tuple[str, ...] = ()  # files that are no records and were passed over: where, and what they are
    in_part: int = 0  # records of which a field could not be taken over; the rest of them was
    notes: tuple[str, ...] = ()  # which fields, of the first of these
    doubles: tuple[str, ...] = ()  # the first of the differing: id and where it stood
    failures: tuple[str, ...] = ()  # why the import as a whole did not succeed, in words

    @property
    def stored(self) -> int:
        """Records whose content was not in the catalogue before."""
        return self.new + self.changed

    @property
    def settled(self) -> int:
        """Records of which something is known to have become."""
        return self.stored + self.unchanged + self.out_of_scope + self.refused

    @property
    def balanced(self) -> bool:
        """Whether read = stored + unchanged + out of scope + refused."""
        return self.read == self.settled

    @property
    def complete(self) -> bool:
        """Whether the import came to its end, balanced, with all that was announced."""
        return self.finished is not None and self.balanced and not self.failures

    def __str__(self) -> str:
        equation = (
            f"read {self.read:,} = stored {self.stored:,} ({self.new:,} new, {self.changed:,} changed) + "
            f"unchanged {self.unchanged:,} + out of scope {self.out_of_scope:,} + refused {self.refused:,}"
        )
        if not self.balanced:
            equation += f"  — DOES NOT BALANCE: {self.read - self.settled:+,}"
        if self.repeated:
            equation += (
                f"; {self.repeated:,} came more than once, {self.differing:,} of them with other content"
            )
        return equation


REMARKS = ("beside", "notes", "doubles", "failures")
"""What the books say in words: one row each of the table `remarks`, under these kinds."""

COUNTS = (
    "read",
    "new",
    "changed",
    "unchanged",
    "out_of_scope",
    "refused",
    "repeated",
    "differing",
    "in_part",
)
"""The counts that a batch adds to, together with what it stores."""
