"""The commonest unread wordings."""

from __future__ import annotations

from scleroscope.criteria.gaps import gaps
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Clause, Eligibility


def trial(*lines: str) -> Eligibility:
    given = {"kind": "inclusion", "text": "", "start": 0, "end": 0, "reading": "opaque"}
    return Eligibility(
        clauses=tuple(Clause(id=f"I{n}", tree=parse(line), **given) for n, line in enumerate(lines))  # type: ignore[arg-type]
    )


def test_wordings_are_ranked_by_trials_and_numbers_do_not_tell_them_apart() -> None:
    found = gaps(
        [
            ("A", trial('"A score of 12, or more." and ild', '"Frail"', '"frail!"')),
            ("B", trial('not "a score of 7 or more"', 'procedural "consent"')),
        ]
    )
    assert [(one.wording, one.count, one.trials, one.first) for one in found] == [
        ("a score of # or more", 2, 2, "A"),
        ("frail", 2, 1, "A"),
    ]
    assert gaps([("A", trial('"x"', '"y"'))], most=1)[0].wording == "x"


def test_what_is_understood_is_no_gap() -> None:
    assert gaps([("A", trial("ild and taking rituximab"))]) == []
