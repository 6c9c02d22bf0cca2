"""The commonest unread wordings."""

from __future__ import annotations

from scleroscope.criteria.curated import REST
from scleroscope.criteria.gaps import Gaps, gaps
from scleroscope.criteria.notation import parse
from scleroscope.model.criterion import Clause, Eligibility, Opaque


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
    assert [(one.wording, one.count, one.trials, one.first) for one in found.wordings] == [
        ("a score of # or more", 2, 2, "A"),
        ("frail", 2, 1, "A"),
    ]
    assert gaps([("A", trial('"x"', '"y"'))], most=1).wordings[0].wording == "x"


def test_what_is_understood_is_no_gap() -> None:
    assert gaps([("A", trial("ild and taking rituximab"))]) == Gaps(wordings=(), in_part=0)


def test_criteria_that_no_source_shows_are_counted_apart() -> None:
    rest = Clause(
        id="I9", kind="inclusion", text=f"{REST} an excerpt", start=0, end=0, reading="opaque",
        tree=Opaque(text=f"{REST} an excerpt"),
    )  # fmt: skip
    part = Eligibility(clauses=(*trial('"frail"').clauses, rest))
    found = gaps([("A", part), ("B", trial('"frail"'))])
    assert [(one.wording, one.trials) for one in found.wordings] == [("frail", 2)]
    assert found.in_part == 1
