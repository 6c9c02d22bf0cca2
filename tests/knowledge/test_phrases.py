"""The wordings of eligibility texts: each has one meaning; a second would replace the first in silence."""

from collections import defaultdict

from scleroscope.criteria.normal import normal
from scleroscope.criteria.tokens import tokens
from scleroscope.knowledge.load import cells, rows

FILES = ("phrases_treatments", "phrases_facts", "phrases_measures", "phrases_words")


def test_a_wording_stands_in_one_row():
    meanings = defaultdict(set)
    for name in FILES:
        for row in rows(name):
            for wording in cells(row["words"]):
                key = " ".join(token.text for token in tokens(normal(wording)))
                meanings[key].add(f"{name}:{row['id']}")
    assert {key: sorted(places) for key, places in meanings.items() if len(places) > 1} == {}


def test_a_wording_has_words():
    for name in FILES:
        for row in rows(name):
            assert all(tokens(normal(wording)) for wording in cells(row["words"])), row["id"]
