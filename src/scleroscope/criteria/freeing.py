"""Words that free: with them a criterion may be wished, recorded or asked of some, and keeps nobody out.

Words that are not understood may loosen a criterion as well as tighten it. Where they are of the
kinds below, what is read beside them settles nothing against a patient.
"""

from __future__ import annotations

import re

_WHO = r"(?:patients?|subjects?|participants?|persons?|people|individuals?)"
_LEAVE = r"(?:approv\w+|permission|permitted|waive\w*|agree\w*|discretion|allowed|authori[sz]\w+|consult\w*)"

# Whatever list it stands in.
_ALWAYS = re.compile(
    "|".join(
        (
            r"\boptional(?:ly)?\b|\bideally\b|\bprefer(?:ably|red|ence)\b",
            r"\bif (?:possible|feasible|available)\b",
            r"\b(?:is|are|be) not (?:strictly )?(?:required|mandatory|necessary|compulsory)\b",
            r"\b(?:will|to|should|can) be (?:assessed|recorded|collected|evaluated)\b",
            r"\bnot (?:be )?(?:an? )?(?:reasons?|grounds?|causes?|criteri\w+) (?:for|of) (?:an )?exclusion",
            r"\b(?:do|does|will|shall|should|would) not (?:by itself )?exclude\b",
            r"\bstratif\w+",
            rf"\b(?:half|third|majority|number|proportion|percentage|\d+ ?%) of (?:the |all )?{_WHO}\b",
            rf"^[\s*•\-–(]*(?:in|among) (?:all |those )?{_WHO} (?:with|who|on|having|taking|receiving)\b",
            r"\b(?:cohorts?|arms?|parts?) (?:[a-d1-9]|i{1,3}v?)\b(?! ?%)",
            r"\bsub-?stud(?:y|ies)\b|\bextension (?:study|phase|period|part)\b",
            r"\bhealthy (?:controls?|volunteers?) only\b|\bamendment\b|\bnot applicable\b|\bn/a\b",
            rf"\b(?:unless|except|or)\b[^.;\n]{{0,40}}\b{_LEAVE}",
            rf"\b{_WHO} (?:who are )?(?:enrolled|recruited|randomi[sz]ed) (?:in|at|from)\b",
        )
    )
)
# A further way in, or what comes later: only a demand is loosened by it.
_WIDER = re.compile(
    r"\bunless\b|\bnot both\b|\bwill (?:be )?(?:start|initiat|receiv|beg[iu]n|giv|treat|undergo)\w*|"
    # another number for some: within 5 years (7 years if positive for …), at least 50 % (45 % in Japan)
    r"\([^()]*\d[^()]*\b(?:in|if|for|when|with)\b[^()]*\)|"
    # a number of what is counted, at most: none will do
    r"^\W*not? more than (?:\d+|one|two|three|four|five) \w+ (?!of age|old)|"
    r"\bor (?:an?y? )?(?:other|another|equivalent|alternativ\w+|similar|comparable)\b(?! dos)"
    r"|\bor (?:at|with|by|in) (?:the )?(?:discretion|judg\w+|opinion|approval)"
)
# A closer description: only what excludes is narrowed by it.
_CLOSER = re.compile(
    r"\bwith symptoms\b|\bonly if\b|\bonly when\b|\bnot (?:adequately |well )?controlled\b|\brefractory\b"
    r"|\battributable\b"
)


def freed(plain: str, *, bars: bool) -> bool:
    """Whether the words of a criterion (in lower case) free those whom it seems to keep out.

    `bars`: it stands in the list of what excludes.

    >>> freed("fvc >= 50% (optional)", bars=False), freed("fvc >= 50%", bars=False)
    (True, False)
    """
    if _ALWAYS.search(plain):
        return True
    if not bars:
        return bool(_WIDER.search(plain))
    # In a list on one line the words are of one of its entries.
    return ";" not in plain and bool(_CLOSER.search(plain))
