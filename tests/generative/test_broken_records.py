"""However a medical record is broken, it is read or refused in one line; nothing else happens."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.medical_records import fhir_bundle, invented

from scleroscope.design.population import draw_population
from scleroscope.patients import fhir
from scleroscope.patients.files import PatientError
from scleroscope.patients.profile import patient

JUNK: tuple[Any, ...] = (None, True, 0, -1, 1e400, "", "x", "2026-13-45", "é", "#r1", [], [[]], [None], {})
WHOLE = [fhir_bundle(one, Random(1)) for one in invented(draw_population(200, seed=3).to_dicts()[:5])]


def broken(record: Any, chance: Random) -> Any:
    """The record with one place in it replaced, removed or doubled."""
    places = list(_places(record))
    holder, key = places[chance.randrange(len(places))]
    what = chance.randrange(4)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = [holder[key], holder[key]]
    elif what == 2:
        other, theirs = places[chance.randrange(len(places))]
        holder[key] = copy.deepcopy(other[theirs])
    else:
        holder[key] = chance.choice(JUNK)
    return record


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield value, key
            yield from _places(value[key])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_broken_bundle(seed: int, times: int) -> None:
    chance = Random(seed)
    record = json.loads(WHOLE[seed % len(WHOLE)])
    for _ in range(times):
        try:
            record = broken(record, chance)
        except (KeyError, IndexError):
            continue
    refused = ""
    try:
        reads = list(fhir.read(json.dumps(record).encode()))
    except PatientError as error:
        reads, refused = [], str(error)
    assert "\n" not in refused
    for read in reads:
        patient(read.patient)
        assert read.found == read.mapped + sum(each.count for each in read.not_mapped if not each.part)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf{}")
@example(b'{"resourceType": "Bundle"')
@example(b'"Bundle"')
@example(b"null")
def test_bytes_that_are_no_bundle(data: bytes) -> None:
    with pytest.raises(PatientError) as error:
        fhir.read_one(data)
    assert "\n" not in str(error.value)


def test_deep_and_long_records_end_soon() -> None:
    deep = b'{"resourceType": "Bundle", "entry": ' + b'[{"resource": ' * 2_000_000
    with pytest.raises(PatientError):
        fhir.read_one(deep)
    long = json.dumps({"resourceType": "Patient", "id": "p", "text": {"div": "x" * 20_000_000}})
    bundle = f'{{"resourceType": "Bundle", "entry": [{{"resource": {long}}}]}}'
    assert fhir.read_one(bundle.encode()).patient["id"] == "p"
