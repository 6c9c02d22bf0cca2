from __future__ import annotations

from scleroscope.model.labels import Disease, Labels
from scleroscope.studies.gaps import gaps


def labels(*unclassified):
    return Labels(disease=Disease(group="systemic_sclerosis"), unclassified=unclassified)


def test_the_gap_of_most_studies_comes_first():
    found = gaps(
        [
            ("A", labels("intervention: XY-12", "outcome: Zebra count")),
            ("B", labels("intervention: xy 12")),
            ("C", labels("outcome: Antelope count")),
        ]
    )
    assert [(one.kind, one.text, one.studies, one.examples) for one in found] == [
        ("intervention", "XY-12", 2, ("A", "B")),
        ("outcome", "Antelope count", 1, ("C",)),
        ("outcome", "Zebra count", 1, ("A",)),
    ]


def test_a_study_counts_once_a_gap():
    assert gaps([("A", labels("outcome: Zebra", "outcome: zebra"))])[0].studies == 1


def test_nothing_unclassified_is_no_gap():
    assert gaps([("A", labels())]) == []


def test_words_without_letters_are_kept():
    assert [one.text for one in gaps([("A", labels("intervention: ★"))])] == ["★"]
