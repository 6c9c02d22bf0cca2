"""Headings of eligibility texts: which list begins here, and where its heading ends."""

from __future__ import annotations

import re
from typing import Literal

Section = Literal["inclusion", "exclusion", "same"]

# "Key Inclusion Criteria:", "EXCLUSION CRITERIA", "Inclusion criteria for part A:"; wherever it stands.
_INLINE = re.compile(
    r"(?:(?<=[\s.;,)*-])|^)"
    r"(?:(?:key|main|major|general|principal|primary|additional|core|selected|patient|participant|subject|study|common)"
    r" (?:of )?){0,3}"
    r"(?P<kind>inclusion|exclusion|non-inclusion|non inclusion)(?: and exclusion|/exclusion)?"
    r"(?: ?(?:criteria|criterion|critera|criterias|crieria))?"
    r"(?P<more>[^.:;\n]{0,60}?)"
    r"(?P<end>\s?:|\s(?=[*•-] |1[.)] )|(?= ?\n| ?$))"
)
_QUALIFIED = re.compile(r"[(\[-]|(?:for|of|at|in|to|are|is|include|part|phase|will|apply|group|cohort)")
# What pages print beside the criteria: "Sex: All Minimum Age: 18 Years".
_LABEL = re.compile(
    r"(?:(?<=\s)|^)(?:minimum age|maximum age|ages eligible for study|accepts healthy volunteers"
    r"|healthy volunteers|sexes eligible for study|sex|gender) ?: "
)
_TITLE = re.compile(r"--[a-z][a-z/ ]{2,40}--")
_SAID = re.compile(
    r"(?:(?<=[\s.;])|^)(?:(?:patients?|subjects?|participants?|people|persons?)"
    r" (?:will be|are|must be|should be)"
    r" (?:excluded|(?P<in>included)) if(?: (?:they|he or she|any|one|there))?[^:.;\n]{0,40}?:"
    r"|(?P<group>exclusions? for [^:.;\n]{0,40}):)"
)
_ALONE = re.compile(r"(?:inclusion|exclusion)s?")
_EXCLUDED = re.compile(
    r"excluded\b|(?:will|must|should|may|can|are|is)\s?(?:be\s)?excluded\b|not\s(?:be\s)?eligible|ineligible|"
    r"(?:should|may|must|can|will)\snot\s(?:have|be|participate|enter|take part)|exclusionary|not\sallowed|"
    r"cannot\s(?:participate|take part|enter)|reasons\sfor\sexclusion"
)
_INCLUDED = re.compile(
    r"may be eligible|are eligible|is eligible|eligible\sif|entry criteria|eligibility criteria|eligible to|"
    r"will be included|must have|must meet|required|be included if|criteria include"
)


def inline(plain: str, start: int, end: int) -> list[tuple[int, int, Section]]:
    """Every "Inclusion criteria:" between `start` and `end`, as (start, end, list that begins).

    >>> inline("inclusion criteria: * age exclusion criteria: * hiv", 0, 51)
    [(0, 19, 'inclusion'), (26, 45, 'exclusion')]
    """
    found: list[tuple[int, int, Section]] = []
    if not (plain.find(_KIND, start, end) >= 0 or plain.find(":", start, end) >= 0):
        return found if plain.find("--", start, end) < 0 else _titles(plain, start, end)
    for match in _INLINE.finditer(plain, start, end):
        more = match["more"].strip()
        said = match.group()
        with_word = "criter" in said or "crier" in said
        colon = match["end"].strip() == ":"
        if not (with_word or _ALONE.fullmatch(said.rstrip(" :").strip())):
            continue
        numbered = plain.startswith(("1.", "1)"), match.end())
        if not colon and (more or not (numbered or _opens_line(plain, match.start(), start))):
            continue
        if more and not re.match(
            r"\(|for |of |at |in |are|is|include|\[|part|phase|to |-|will|apply|group|cohort", more
        ):
            continue
        both = "/exclusion" in said or "and exclusion" in said
        kind: Section = "same" if both else "exclusion" if match["kind"] != "inclusion" else "inclusion"
        found.append((match.start(), match.end(), kind))
    # anywhere in a line: Patients will be excluded if they …
    for match in _SAID.finditer(plain, start, end):
        if any(one[0] < match.end() and match.start() < one[1] for one in found):
            continue
        if match["group"] and not _opens_line(plain, match.start(), start):
            continue
        found.append((match.start(), match.end(), "inclusion" if match["in"] else "exclusion"))
    found.sort()
    found = found or _titles(plain, start, end)
    labels = _LABEL.search(plain, start, end)
    if labels and not any(labels.start() < one[1] for one in found):
        found.append((labels.start(), labels.start(), "inclusion"))
    return found


def _titles(plain: str, start: int, end: int) -> list[tuple[int, int, Section]]:
    """ "--Patient Characteristics--": titles of older records."""
    return [(match.start(), match.end(), "same") for match in _TITLE.finditer(plain, start, end)]


def _opens_line(plain: str, position: int, start: int) -> bool:
    line = plain.rfind("\n", start, position) + 1
    return not plain[max(line, start) : position].strip(" -*•#\t0123456789.)")


# A line that is a title and no sentence: "Main criteria for non-inclusion", "B. Exclusion", "[Exclusion]".
_BARE = re.compile(
    r"[*#\[(]*(?:[a-z0-9]{1,2}[.)] ?)?(?P<lead>(?:[a-z]+ ?[/-]? ?){0,5}?)"
    r"\b(?P<kind>non[- ]?inclusion|inclusion|exclusion)s?(?P<tail>(?: ?[/-]? ?[a-z]+){0,3}) ?[*\])]*:?[*]*"
)
_ASKS = re.compile(r"\b(?:of|no|not|is|are|a|an|with|if|reason|was)\b")
# Said to the reader: "Who can join?", "You cannot join if you", "Reasons for not entering".
_WHO_NOT = re.compile(
    r"who (?:cannot|can not|can.?t|may not|should not|is not|must not)\b.{0,40}"
    r"|reasons? (?:for|of|to) (?:not|refus|exclu|decline).{0,40}"
    r"|(?:you|participants?|patients?|subjects?|volunteers?|people)"
    r" (?:cannot|can not|can.?t|may not|must not|should not)"
    r"(?: (?:join|participate|take part|enter|be|have))?(?: (?:if|who)\b.{0,30})?:"
)
_WHO = re.compile(
    r"who (?:can|may|is able to|should|could|is eligible)\b.{0,40}|entry requirements?"
    r"|(?:.{0,40} )?(?:participants?|patients?|subjects?|volunteers?|people) (?:must|should|have to):"
)


def _title(words: str) -> Section | None:
    """Which list a bare title begins.

    >>> _title("main criteria for non-inclusion"), _title("b. inclusion"), _title("exclusion of pah")
    ('exclusion', 'inclusion', None)
    """
    if len(words) > _TITLE_LENGTH:
        return None
    named = _BARE.fullmatch(words) if _KIND in words else None
    colon = words.endswith(":") and not words.endswith("):")
    if named and not _in_a_sentence(named["lead"].strip(), named["tail"].strip(), colon):
        return "inclusion" if named["kind"] == "inclusion" else "exclusion"
    plain = words.rstrip(" :?")
    if not (plain.startswith(_OPENINGS) or plain.endswith(_ENDINGS)):
        return None
    if plain.startswith("who ") and "?" not in words and not _JOINS.search(plain):
        return None
    if _WHO_NOT.fullmatch(plain) or _WHO_NOT.fullmatch(f"{plain}:"):
        return "exclusion"
    return "inclusion" if _WHO.fullmatch(plain) or _WHO.fullmatch(f"{plain}:") else None


def _in_a_sentence(lead: str, tail: str, colon: bool = False) -> bool:
    """Whether the words before and behind "inclusion" make it part of a sentence, not a title.

    A wrapped line or an entry may end so, and a heading taken from it would turn all that follows round.

    >>> _in_a_sentence("months before", ""), _in_a_sentence("", "visit"), _in_a_sentence("reasons for", "")
    (True, True, False)
    """
    if _ASKS.search(f"{lead} {tail}"):
        return True
    if colon or tail.startswith("criteri") or "selection criteri" in tail:
        return False
    if tail.startswith(_BEHIND) or _JOINING.search(tail.removeprefix("related to").removeprefix("for ")):
        return True
    return bool(_JOINING.search(lead)) and not _TITLED.match(lead)


_TITLED = re.compile(r"(?:[a-z]+ )?(?:criteri[a-z]+|reasons?|conditions?|requirements?|grounds) (?:for|to)\b")
_JOINING = re.compile(
    r"\b(?:after|and|as|at|before|by|can|during|for|from|had|has|have|in|individual|informed|into|lifetime|may|must|on|or"
    r"|previous|prior|since|than|the|their|this|to|until)\b"
)
_BEHIND = ("visit", "date", "day", "period", "section", "contraindicat")
_JOINS = re.compile(
    r"\b(?:join|take part|part|participate|enter|enrol|enroll|apply|volunteer|be included|eligible)\b"
)
_TITLE_LENGTH = 80  # characters
# What the patterns above begin or end with: most lines hold none of it and need no search.
_KIND = "clusion"
_OPENINGS = ("who ", "reason", "you ", "participant", "patient", "subject", "volunteer", "people", "entry ")
_ENDINGS = (" must", " should", " have to")


def line(words: str) -> Section | None:
    """Which list a line that ends with a colon begins: "Patients with any of these are excluded:".

    >>> line("patients may be eligible for this study if they:")
    'inclusion'
    >>> line("any of the following:") is None
    True
    """
    bare = _title(words)
    if bare:
        return bare
    if not words.endswith(":") or len(words) > 160:
        return None
    if _EXCLUDED.search(words):
        return "exclusion"
    if _INCLUDED.search(words) and ("eligib" in words or "entry" in words or "included" in words):
        return "inclusion"
    return None


_KEEPS_OUT = re.compile(
    r"(?<!not )(?:will|must|should|shall|are|is)(?: also| therefore)?(?: be)?"
    r" (?:excluded|ineligible)[\s.;)]*$"
)


def excludes(plain: str, start: int, end: int) -> bool:
    """Whether a sentence under another heading says by itself that it keeps out.

    >>> text = "those who smoke will be excluded."
    >>> excludes(text, 0, len(text))
    True
    """
    return _KEEPS_OUT.search(plain, max(start, end - 60), end) is not None
