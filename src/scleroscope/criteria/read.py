"""Eligibility text into criteria: each entry's tree over the patient's fields, tied to its characters."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from scleroscope.criteria import bounds
from scleroscope.criteria.anchors import anchored
from scleroscope.criteria.classification import classified
from scleroscope.criteria.clause import clause
from scleroscope.criteria.frame import Frame
from scleroscope.criteria.freeing import freed
from scleroscope.criteria.items import Fact, Item
from scleroscope.criteria.layout import doubtful, left_open, opposed
from scleroscope.criteria.leads import Lead, lead
from scleroscope.criteria.leaves import reading
from scleroscope.criteria.nest import nest
from scleroscope.criteria.normal import normal
from scleroscope.criteria.place import disputed, every, opposite, some
from scleroscope.criteria.split import Piece, split_normal
from scleroscope.criteria.vocabulary import items as lex
from scleroscope.model.criterion import (
    AtLeast,
    Clause,
    Criterion,
    Eligibility,
    Opaque,
    Span,
)

_JOINED = frozenset({"bound", "window", "half_lives", "lasting", "paren"})
_LONGEST = 6_000  # characters; what is longer is no criterion and stays opaque


class _Text(msgspec.Struct):
    """One text while it is read: its pieces, what each says, and which stand under which."""

    text: str
    plain: str
    pieces: list[Piece]
    said: list[list[Item]]
    below: dict[int, list[int]]
    subject: bool


_Found = list[tuple[int, int, Criterion]]  # start, end, tree
_Given = tuple[Item, ...]  # what a lead-in said for those under it


def read(text: str) -> Eligibility:
    """All criteria of an eligibility text, in order.

    What is not understood is kept as `Opaque`, so that its answer stays unknown.

    >>> read("Inclusion Criteria: * mRSS of 15 to 40").clauses[0].tree.high
    40.0
    """
    plain = normal(text)
    pieces = split_normal(text, plain)
    said = [understood(plain, piece.body, piece.end) if piece.role == "criterion" else [] for piece in pieces]
    below: dict[int, list[int]] = {}
    for number, piece in enumerate(pieces):
        if piece.parent is not None:
            below.setdefault(piece.parent, []).append(number)
    whole = _Text(text, plain, pieces, said, below, _is_subject(pieces, said))
    doubts = doubtful(text, plain, pieces)
    found: list[tuple[Piece, int, int, Criterion]] = []
    for number, piece in enumerate(pieces):
        if piece.role == "criterion" and piece.parent is None:
            entries = _entry(number, whole, ())
            doubt = doubts.get(number)
            for start, end, tree in entries:
                if doubt is not None and (doubt != "torn" or len(entries) == 1):
                    words = Opaque(text=text[start:end], span=Span(start, end))
                    tree = left_open(tree, words, bars=piece.kind == "exclusion", doubt=doubt)
                found.append((piece, start, end, tree))
    return Eligibility(clauses=tuple(_clauses(text, found)))


def _clauses(text: str, found: list[tuple[Piece, int, int, Criterion]]) -> Iterator[Clause]:
    """The entries of both lists with their numbers."""
    demands = [place for place, (piece, *_) in enumerate(found) if piece.kind == "inclusion"]
    apart = {demands[place] for place in opposed([found[place][3] for place in demands])}
    counts = {"inclusion": 0, "exclusion": 0}
    for place, (piece, start, end, tree) in enumerate(found):
        if place in apart:
            tree = some([tree, Opaque(text=text[start:end], span=Span(start, end))])
        counts[piece.kind] += 1
        yield Clause(
            id=f"{piece.kind[0].upper()}{counts[piece.kind]}", kind=piece.kind,
            text=text[start:end], start=start, end=end, tree=tree, reading=reading(tree),
        )  # fmt: skip


def _is_subject(pieces: list[Piece], said: list[list[Item]]) -> bool:
    """Whether those who may enter have the disease that the subject facts name."""
    return any(
        isinstance(item.value, Fact) and item.value.group in ("subject", "subset", "criteria")
        for piece, items in zip(pieces, said, strict=True)
        if piece.kind == "inclusion"
        for item in items
    )


def _entry(number: int, whole: _Text, given: _Given) -> _Found:
    """The entry and what stands under it: one criterion, or one for each where each stands alone."""
    piece, own = whole.pieces[number], whole.said[number]
    below = whole.below.get(number)
    if not below:
        return [(piece.start, piece.end, _tree(own, piece, whole, given))]
    role = lead(own, piece.kind)
    handed = (*given, *role.handed, *(item for item in own if item.kind == "cohort"))
    found = [one for child in below for one in _entry(child, whole, handed)]
    if role.alone:
        # The words that lead to the list belong to its first entry.
        return [(piece.start, found[0][1], found[0][2]), *found[1:]]
    listed = _listed([tree for _, _, tree in found], _joint(role, below, whole), role, piece, whole)
    if not role.silent and any(item.kind in ("if", "who") for item in role.own):
        tree = _conditional(role, listed, piece, whole)
    else:
        main = None if role.silent else clause(role.own, _frame(piece, whole, given))
        tree = listed if main is None else every([main, listed])
    if _free(piece, whole):
        words = _opaque(piece, whole)
        tree = every([tree, words]) if piece.kind == "exclusion" else some([tree, words])
    return [(piece.start, found[-1][1], tree)]


def _joint(role: Lead, below: list[int], whole: _Text) -> str:
    """ "or" where the entries themselves end with it."""
    ends = [whole.said[child][-1].kind for child in below[:-1] if whole.said[child]]
    return "or" if ends and all(end in ("or", "andor") for end in ends) else role.joint


def _listed(trees: list[Criterion], joint: str, role: Lead, piece: Piece, whole: _Text) -> Criterion:
    words = _opaque(piece, whole)
    flat = (
        any(whole.pieces[child].flat for child in whole.below[whole.pieces.index(piece)]) and not piece.marked
    )
    if role.count > 1:
        listed: Criterion = AtLeast(count=role.count, parts=tuple(trees))
    elif joint == "or":
        listed = some(trees)
    elif joint == "and":
        listed = every(trees)
    else:
        listed = disputed(every(trees), some(trees), words)
    return some([listed, words]) if flat else listed


def _conditional(role: Lead, listed: Criterion, piece: Piece, whole: _Text) -> Criterion:
    """ "If the disease has lasted for more than 2 years, one of the following: …"."""
    frame = _frame(piece, whole)
    own = [item for item in role.own if item.kind != "if"]
    cut = next(
        (number for number, item in enumerate(own) if item.kind in ("then", "comma", "must")), len(own)
    )
    condition = clause(own[:cut], msgspec.structs.replace(frame, bars=not frame.bars))
    if condition is None:
        return _opaque(piece, whole)
    return every([condition, listed]) if frame.bars else some([opposite(condition), listed])


def _tree(found: list[Item], piece: Piece, whole: _Text, given: _Given) -> Criterion:
    if found and all(item.kind not in _TELLING and item.kind not in _JOINED for item in found):
        kinds = {item.kind for item in found}
        procedural = "proc" in kinds and not kinds & {"word", "severe", "alter", "widen"}
        return _opaque(piece, whole, procedural=procedural)
    tree = clause(found, _frame(piece, whole, given)) if found else None
    if tree is None:
        return _opaque(piece, whole)
    if whole.text[piece.end - 1] == ":":  # a title; what it announces could not be told from the rest
        words = _opaque(piece, whole)
        return every([tree, words]) if piece.kind == "exclusion" else some([tree, words])
    # asked of some of those who take part, or wished
    if any(item.kind == "cohort" for item in given) or _free(piece, whole):
        words = _opaque(piece, whole)
        return every([tree, words]) if piece.kind == "exclusion" else some([tree, words])
    return tree


def _free(piece: Piece, whole: _Text) -> bool:
    return freed(whole.plain[piece.start : piece.end], bars=piece.kind == "exclusion")


def _opaque(piece: Piece, whole: _Text, *, procedural: bool = False) -> Opaque:
    span = Span(piece.start, piece.end)
    return Opaque(text=whole.text[piece.start : piece.end], span=span, procedural=procedural)


def _frame(piece: Piece, whole: _Text, given: _Given = ()) -> Frame:
    out = piece.kind == "exclusion"
    return Frame(whole.text, bars=out, loose="or" if out else "and", given=given, subject=whole.subject)


_TELLING = frozenset(
    {"fact", "drug", "measure", "quantity", "plus", "pressures", "tunit", "who", "subset", "crit"}
)


def understood(plain: str, start: int, end: int) -> list[Item]:
    """The items of a stretch of normal text, with numbers, times, brackets and classifications joined."""
    if end - start > _LONGEST:
        return []
    found = lex(plain, start, end)
    if all(item.kind not in _TELLING for item in found):
        return found  # nothing that a record could settle: no need to look closer
    return anchored(classified(nest(bounds.reduce(found))))


__all__ = ["read", "reading", "understood"]
