"""Reading a record field by field: what fits is a value, what does not is a note, nothing is guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

from scleroscope.model.date import PartialDate
from scleroscope.registries.dates import registered_date

_KINDS: dict[type, str] = {
    str: "text",
    bool: "yes or no",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
T = TypeVar("T")

_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _plain(value: object) -> bool:
    """Whether it is text of the kind of nearly all of a registry's, in which nothing can need replacing."""
    return type(value) is str and value.isascii() and "\0" not in value


def _kind(value: object) -> str:
    return _KINDS.get(type(value), "nothing")


class Fields:
    """One object of a record. A field that is absent or null is None, and so is one that does not fit:
    that one also leaves a note, which says where it stood and what stood there.

    >>> notes = []
    >>> fields = Fields({"count": -3, "title": "A trial"}, notes)
    >>> fields.text("title"), fields.whole("count"), notes
    ('A trial', None, ['count: not a whole number from 0: -3'])
    """

    __slots__ = ("_above", "_data", "_key", "_notes", "_prose")

    def __init__(
        self,
        data: dict[str, Any],
        notes: list[str],
        prose: Callable[[str], str] = str.strip,
        above: Fields | None = None,
        key: str | tuple[str, int] = "",
    ) -> None:
        self._data, self._notes, self._prose = data, notes, prose
        self._above, self._key = above, key  # where it stands is put into words only for a note

    def __bool__(self) -> bool:
        return bool(self._data)

    def _where(self, key: str) -> str:
        if self._above is None:
            return key
        own = self._key if isinstance(self._key, str) else "{}[{}]".format(*self._key)
        return f"{self._above._where(own)}.{key}"  # noqa: SLF001  another of its own kind

    def note(self, key: str, what: str, value: object) -> None:
        """Say that a field could not be taken over."""
        shown = repr(value)
        self._notes.append(f"{self._where(key)}: {what}: {shown if len(shown) <= 80 else shown[:77] + '…'}")

    def holds(self, key: str, value: object = ...) -> bool:
        """Whether the field is there at all (not null), or holds just this value."""
        found = self._data.get(key)
        return found is not None if value is ... else found == value

    def part(self, *keys: str) -> Fields:
        """The object under a key, or under a key of that object, and so on; empty where there is none."""
        here = self
        for key in keys:
            value = here._data.get(key)
            if value is not None and not isinstance(value, dict):
                here.note(key, "expected an object, found " + _kind(value), value)
                value = None
            here = Fields(value or {}, self._notes, self._prose, here, key)
        return here

    def _items(self, key: str) -> list[Any]:
        value = self._data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.note(key, "expected a list, found " + _kind(value), value)
            return []
        return value

    def parts(self, key: str) -> list[Fields]:
        """The objects of a list."""
        found = []
        for position, item in enumerate(self._items(key)):
            if isinstance(item, dict):
                found.append(Fields(item, self._notes, self._prose, self, (key, position)))
            else:
                self.note(f"{key}[{position}]", "expected an object, found " + _kind(item), item)
        return found

    def _clean(self, key: str, value: object) -> str | None:
        if not isinstance(value, str):
            self.note(key, "expected text, found " + _kind(value), value)
            return None
        if _UNSTORABLE.search(value):
            self.note(key, "NUL or half a surrogate pair replaced by U+FFFD", value)
            value = _UNSTORABLE.sub("\ufffd", value)
        return value.strip() or None

    def text(self, key: str) -> str | None:
        """Text without surrounding space; empty text is absent."""
        value = self._data.get(key)
        if value is None:
            return None
        # As `_plain`, written out: this is asked of every text of every record.
        if type(value) is str and value.isascii() and "\0" not in value:
            return value.strip() or None
        return self._clean(key, value)

    def prose(self, key: str) -> str | None:
        """Free text, with the form's own way of writing it (escapes, line ends) undone."""
        text = self.text(key)
        return (self._prose(text) or None) if text else None

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list, in order."""
        found = []
        for position, item in enumerate(self._items(key)):
            text = item.strip() if _plain(item) else self._clean(f"{key}[{position}]", item)
            if text:
                found.append(text)
        return tuple(found)

    def flag(self, key: str) -> bool | None:
        """True or false; older forms write Yes and No."""
        value = self._data.get(key)
        if isinstance(value, str):
            value = _YES_NO.get(value.strip().casefold(), value)
        if value is None or isinstance(value, bool):
            return value
        self.note(key, "expected yes or no, found", value)
        return None

    def whole(self, key: str) -> int | None:
        """A whole number from 0; older forms write it as text."""
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 16:
            return int(value)
        # 2**63 is where databases and frames end.
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
        self.note(key, "not a whole number from 0", value)
        return None

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number between two bounds."""
        value = self._data.get(key)
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if math.isfinite(value) and low <= value <= high:
                return float(value)
            self.note(key, f"not between {low:g} and {high:g}", value)
        else:
            self.note(key, "expected a number, found " + _kind(value), value)
        return None

    def date(self, key: str) -> PartialDate | None:
        """A date as precise as written; a day that does not exist is a note."""
        return self.read(key, registered_date, "not a date")

    def read(self, key: str, reader: Callable[[str], T], complaint: str) -> T | None:
        """Text through a reader; where the reader raises ValueError, a note with the complaint."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return reader(text)
        except ValueError:
            self.note(key, complaint, text)
            return None
