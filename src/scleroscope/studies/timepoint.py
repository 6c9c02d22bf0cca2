"""The time point of an outcome, in weeks after baseline."""

from __future__ import annotations

import re
from functools import lru_cache

_MONTH = 365.25 / 12
_DAYS = {"day": 1.0, "week": 7.0, "wk": 7.0, "month": _MONTH, "mo": _MONTH, "year": 365.25, "yr": 365.25}
_UNIT = r"(days?|weeks?|wks?|months?|mos?|years?|yrs?)"
_NUMBER = r"(\d+(?:\.\d+)?)"
_MORE = r"(?:\s*(?:,|and|or|to|through|&|/|-|–|±)\s*(?:and\s+)?\d+(?:\.\d+)?)*"
_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "twelve": "12", "eighteen": "18", "twenty-four": "24",
}  # fmt: skip
_WORD = re.compile(r"\b(" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?=[\s-]+" + _UNIT + r"\b)")
_AFTER = re.compile(_NUMBER + _MORE + r"[\s-]*" + _UNIT + r"\b")  # "24 weeks", "52-week", "12 and 24 months"
_BEFORE = re.compile(_UNIT + r"\s*#?\s*" + _NUMBER + f"({_MORE})")  # "week 24", "weeks 24 and 48"


def weeks(measure: str, time_frame: str | None) -> float | None:
    """The time point in weeks, from the time frame, else from the measure; None where none is said.

    Of several ("baseline, week 24 and 48") the last. A limit ("up to 5 years") counts as the time
    point, for that is when the measure is complete; a dose interval ("every 4 weeks") does not.

    >>> weeks("Change in skin score", "Baseline, Week 24 and 48")
    48.0
    """
    for text in (time_frame, measure):
        if text:
            found = _times(text)
            if found:
                return max(found)
    return None


@lru_cache(maxsize=4096)
def _times(text: str) -> tuple[float, ...]:
    text = _WORD.sub(lambda match: _WORDS[match[1]], text.lower().replace("\u00a0", " "))
    text = re.sub(r"\b(?:every|each|per|once in|q)\s+\d*(?:\.\d+)?\s*" + _UNIT, " ", text)
    text = re.sub(r"\b\d+[\s-]?(?:minutes?|min|hours?|hrs?|h)\b", " ", text)
    found: list[float] = []
    taken: list[tuple[int, int]] = []
    for match in _BEFORE.finditer(text):
        numbers = re.findall(_NUMBER, match[2] + match[3])
        found.extend(_in_weeks(float(number), match[1]) for number in numbers)
        taken.append(match.span())
    for match in _AFTER.finditer(text):
        if any(start <= match.start() < end for start, end in taken):
            continue
        numbers = re.findall(_NUMBER, match[0])
        found.extend(_in_weeks(float(number), match[match.lastindex or 2]) for number in numbers)
    return tuple(found)


def _in_weeks(number: float, unit: str) -> float:
    stem = unit.rstrip("s")
    return round(number * _DAYS[stem] / 7, 1)
