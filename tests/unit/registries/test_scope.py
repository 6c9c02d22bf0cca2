import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scleroscope.knowledge.load import cells, rows
from scleroscope.registries.ctgov import read
from scleroscope.registries.files import records
from scleroscope.registries.record import RawRecord
from scleroscope.registries.scope import might_be_scleroderma, scope_words
from scleroscope.studies.classify import classify

WORDINGS = sorted({alias for row in rows("conditions") if row["group"] for alias in cells(row["aliases"])})


def v2(title: str, **modules: object) -> bytes:
    ids = {"nctId": "NCT90000001", "briefTitle": title}
    return json.dumps({"protocolSection": {"identificationModule": ids, **modules}}).encode()


def xml(title: str) -> bytes:
    ids = "<id_info><nct_id>NCT90000001</nct_id></id_info>"
    return f"<clinical_study>{ids}<brief_title>{title}</brief_title></clinical_study>".encode()


@given(
    wording=st.sampled_from(WORDINGS),
    gap=st.sampled_from([" ", "-", "\u2011", "\n      ", ", "]),
    shout=st.booleans(),
    place=st.sampled_from(["title", "condition", "keyword", "xml"]),
)
def test_every_wording_in_scope_is_seen(wording: str, gap: str, shout: bool, place: str) -> None:
    text = gap.join(wording.split())
    text = text.upper() if shout else text
    raw = {
        "title": lambda: v2(f"Invented: {text}!"),
        "condition": lambda: v2("Invented", conditionsModule={"conditions": ["Other", text]}),
        "keyword": lambda: v2("Invented", conditionsModule={"keywords": [text]}),
        "xml": lambda: xml(text),
    }[place]()
    assert might_be_scleroderma(raw)


def test_accents_and_escapes_hide_nothing() -> None:
    assert might_be_scleroderma(v2("Scle\u0301rodermie et sclérodermie"))
    assert might_be_scleroderma(v2("invented").replace(b"invented", b"scl\\u00e9rodermie"))
    assert might_be_scleroderma(xml("scl&#233;rodermie"))


def test_other_diseases_are_ruled_out() -> None:
    assert not might_be_scleroderma(v2("Multiple Sclerosis and its neighbours ≥ 18 years"))
    assert not might_be_scleroderma(xml("Tuberous Sclerosis"))
    outcome = {"primaryOutcomes": [{"measure": "raynaud", "timeFrame": "never"}]}
    assert not might_be_scleroderma(v2("Invented", outcomesModule=outcome)), (
        "outcomes do not tell the disease"
    )


def test_what_cannot_be_read_is_not_ruled_out() -> None:
    assert might_be_scleroderma(b"{")
    assert might_be_scleroderma(v2("Invented", derivedSection=[1])) is False
    wrong = json.loads(v2("Invented", conditionsModule={"conditions": ["Scleroderma"]}))
    wrong["derivedSection"] = ["not an object"]
    assert might_be_scleroderma(json.dumps(wrong).encode())


def test_scope_words_are_few_and_none_holds_another() -> None:
    sets = scope_words()
    assert 1 <= len(sets) <= 40, "each is looked for in every record of the registry"
    for words in sets:
        assert all(word and word == word.lower() and word.isascii() for word in words)
        assert not any(
            other != words and all(any(one in word for word in words) for one in other) for other in sets
        )


@pytest.mark.shared
def test_no_real_trial_in_scope_is_ruled_out(shared: Path) -> None:
    kept = seen = 0
    for place in ("ssc/xml", "ssc/xml_transcribed", "ssc/json_v2", "bulk/ctgov_api_v2.jsonl.gz"):
        for raw in records(shared / "data" / place):
            assert isinstance(raw, RawRecord)
            seen += 1
            kept += might_be_scleroderma(raw)
            assert might_be_scleroderma(raw) or not classify(read(raw)).in_scope, raw.source
    assert 60 < kept < seen / 5


@pytest.mark.shared
@pytest.mark.slow
def test_no_real_trial_of_the_whole_bulk_is_ruled_out(shared: Path) -> None:
    for raw in records(shared / "data/bulk/ctgov_xml_6785.tar.gz"):
        assert isinstance(raw, RawRecord)
        assert might_be_scleroderma(raw) or not classify(read(raw)).in_scope, raw.source


def test_a_word_that_is_written_in_escapes_is_seen() -> None:
    raw = (
        rb'{"protocolSection": {"identificationModule": {"nctId": "NCT90000001", '
        rb'"briefTitle": "\u0053ystemic \u0073cl\u0065roderma \ud83d"}}}'
    )
    assert might_be_scleroderma(raw)
    assert not might_be_scleroderma(raw.replace(rb"\u0073cl\u0065roderma", rb"\u0061sthma"))
