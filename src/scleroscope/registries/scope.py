"""A cheap look at a raw record: can it be about scleroderma at all?

Nearly all of a registry is about something else. This look is wrong in one direction only: it may say yes
to a record that classification then finds out of scope, never no to one that is in scope.
"""

from __future__ import annotations

import html
import unicodedata
from functools import cache

from scleroscope.knowledge.load import cells, rows
from scleroscope.knowledge.phrases import plain
from scleroscope.registries.record import RawRecord, Refusal, record


def might_be_scleroderma(raw: RawRecord | bytes) -> bool:
    """No only when what the record is about holds none of knowledge's words for the diseases in scope.

    Looked at: titles, conditions, keywords, MeSH terms and summary of a JSON record, all of an XML record.
    Bytes that hold no record cannot be ruled out.

    >>> might_be_scleroderma(b'{"protocolSection": {"identificationModule": {"nctId": "NCT90000001"}}}')
    False
    """
    if isinstance(raw, bytes):
        found = record("", raw)
        if isinstance(found, Refusal):
            return True
        raw = found
    text = raw.raw.decode("utf-8", "ignore") if raw.about is None else raw.about
    if raw.about is None and "&#" in text:
        text = html.unescape(text)
    if not text.isascii():
        if not unicodedata.is_normalized("NFKD", text):
            text = unicodedata.normalize("NFKD", text)
        text = text.encode("ascii", "ignore").decode()
    text = text.lower()
    # Plain loops: this runs once for each of half a million records, and generators double its time.
    for words in scope_words():
        for word in words:
            if word not in text:
                break
        else:
            return True
    return False


@cache
def scope_words() -> tuple[tuple[str, ...], ...]:
    """The fewest sets of words such that every wording of a disease in scope holds all words of some set.

    The words of a wording are looked for one by one, because line breaks, hyphens or markup may part them.
    """
    wordings = {
        tuple(sorted(set(plain(alias).split())))
        for row in rows("conditions")
        if row["group"]
        for alias in cells(row["aliases"])
    }
    kept: list[tuple[str, ...]] = []
    for words in sorted(wordings, key=lambda words: (len(words), sum(map(len, words)), words)):
        if not all(word.isascii() for word in words):
            words = tuple(word for word in words if word.isascii())
            if not words:
                raise ValueError(f"conditions.csv: no wording can be looked for in plain letters: {words}")
        if not any(all(any(one in word for word in words) for one in fewer) for fewer in kept):
            kept.append(words)
    return tuple(kept)
