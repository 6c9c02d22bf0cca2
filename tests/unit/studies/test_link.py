from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scleroscope.studies.link import linked, registry_ids


def test_ids_are_found_in_any_spelling():
    assert registry_ids(["nct01234567", "EUCTR2015-001234-12-DE", "Protocol U1111-1234-5678"]) == {
        "NCT01234567",
        "2015-001234-12",
        "U1111-1234-5678",
    }


def test_a_sponsor_number_links_nothing():
    assert linked({"A": ["WA29767"], "B": ["WA29767"]}) == [("A",), ("B",)]


def test_a_chain_of_shared_ids_links():
    groups = linked(
        {
            "NCT01234567": ["2015-001234-12"],
            "2015-001234-12-FR": [],
            "ISRCTN12345678": ["NCT01234567"],
            "NCT07654321": [],
        }
    )
    assert groups == [("2015-001234-12-FR", "ISRCTN12345678", "NCT01234567"), ("NCT07654321",)]


numbers = st.integers(0, 30).map(lambda number: f"NCT{number:08d}")


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.lists(numbers, max_size=3), max_size=8))
def test_every_record_is_in_exactly_one_group(ids):
    members = [record for group in linked(ids) for record in group]
    assert sorted(members) == sorted(ids)
