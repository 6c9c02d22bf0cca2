"""Eligibility text into pieces: headings and criteria that together hold every character but blanks."""

from __future__ import annotations

from typing import Literal

import msgspec

from scleroscope.criteria import bullets, headings
from scleroscope.criteria.normal import normal
from scleroscope.criteria.sentences import sentences
from scleroscope.model.criterion import Kind

Role = Literal["heading", "criterion"]


class Piece(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A heading or one entry of the list, with the place that it holds in the text.

    `parent` is the index of the entry that it is listed under; `marked` says that it has a
    bullet or number; `body` is where its words begin behind that mark. `flat` says that the layout
    is lost (bullets within one line), so that where a sub-list ends cannot be known.
    """

    role: Role
    kind: Kind
    start: int
    end: int
    body: int
    parent: int | None = None
    marked: bool = False
    flat: bool = False


class _Run(msgspec.Struct):
    """A stretch of text under one heading that will become one piece, or several sentences."""

    start: int
    end: int
    body: int
    indent: int
    style: str
    inline: bool
    value: int = 0


_SHORT = 10  # characters; a shorter entry holds no list
_REMARKS = 8  # closing remarks at most
_REMARK = 500  # characters at most in a closing remark in square brackets


def split(text: str) -> list[Piece]:
    """The pieces of an eligibility text, in order.

    Every character that is not blank lies in exactly one piece. What stands before any heading
    counts as inclusion.

    >>> [(p.role, p.kind, p.start, p.end) for p in split("Inclusion Criteria: * Age > 18 * SSc")]
    [('heading', 'inclusion', 0, 19), ('criterion', 'inclusion', 20, 30), ('criterion', 'inclusion', 31, 36)]
    """
    return split_normal(text, normal(text))


def split_normal(text: str, plain: str) -> list[Piece]:
    """As `split`, for a text whose `normal` form is at hand."""
    pieces: list[Piece] = []
    remarks = _closing_remarks(plain)
    for start, end, kind, heading in _sections(plain[: remarks[0]]):
        if heading is not None:
            _add(pieces, plain, "heading", kind, start, heading)
            start = heading
        _entries(pieces, text, plain, start, end, kind)
    for start, end in zip(remarks, [*remarks[1:], len(plain)], strict=True):
        _add(pieces, plain, "heading", "inclusion", start, end)
    return pieces


def _closing_remarks(plain: str) -> list[int]:
    """Where the remarks of an editor ("[excerpt ends]") behind the text begin; the text's end when none."""
    places = [len(plain.rstrip())]
    while len(places) <= _REMARKS and plain.endswith("]", 0, places[0]):
        place = plain.rfind("[", max(0, places[0] - _REMARK), places[0])
        if place < 0:
            break
        while place and plain[place - 1].isspace():
            place -= 1
        places.insert(0, place)
    return places


def _sections(plain: str) -> list[tuple[int, int, Kind, int | None]]:
    """(start, end, list, end of its heading) of each stretch under one heading."""
    cuts: list[tuple[int, int, headings.Section]] = []
    position = 0
    while position <= len(plain):
        end = plain.find("\n", position)
        end = len(plain) if end < 0 else end
        found = headings.inline(plain, position, end)
        if not found and end > position:
            first = position + len(plain[position:end]) - len(plain[position:end].lstrip(" -*•\t"))
            section = headings.line(plain[first:end].rstrip())
            if section:
                found = [(position, end, section)]
        cuts += found
        position = end + 1
    answer: list[tuple[int, int, Kind, int | None]] = []
    kind: Kind = "inclusion"
    before = 0
    heading: int | None = None
    for start, end, section in cuts:
        start = _with_mark(plain, start, before)
        answer.append((before, start, kind, heading))
        if section != "same":
            kind = section
        before, heading = start, end
    answer.append((before, len(plain), kind, heading))
    return answer


def _with_mark(plain: str, start: int, before: int) -> int:
    """The heading begins at the bullet or number before it."""
    line = max(plain.rfind("\n", before, start) + 1, before)
    lead = plain[line:start]
    return line if lead.strip() and not lead.strip(" -*•#\t0123456789.)") and len(lead) < 20 else start


def _add(
    pieces: list[Piece],
    plain: str,
    role: Role,
    kind: Kind,
    start: int,
    end: int,
    *,
    body: int | None = None,
    parent: int | None = None,
    marked: bool = False,
    flat: bool = False,
) -> bool:
    """Append the piece without the blanks around it; nothing where there is nothing but blanks."""
    segment = plain[start:end]
    left = start + len(segment) - len(segment.lstrip())
    right = start + len(segment.rstrip())
    if left >= right:
        return False
    place = left if body is None else min(max(body, left), right)
    if role == "criterion" and kind == "inclusion" and headings.excludes(plain, left, right):
        kind = "exclusion"
    pieces.append(
        Piece(
            role=role, kind=kind, start=left, end=right, body=place, parent=parent, marked=marked, flat=flat
        )
    )
    return True


def _entries(pieces: list[Piece], text: str, plain: str, start: int, end: int, kind: Kind) -> None:
    """Append the entries between `start` and `end`."""
    runs = _inline_runs(text, plain, _line_runs(plain, start, end))
    frames: list[tuple[_Run, int]] = []  # open entries, outermost first, each with its piece
    for run in runs:
        last = frames[-1][0] if frames else None
        _close(frames, run, leads=last is not None and _is_lead(plain, last.start, last.end))
        parent = frames[-1][1] if frames else None
        if run.style:
            if _add(
                pieces, plain, "criterion", kind, run.start, run.end,
                body=run.body, parent=parent, marked=True, flat=run.inline,
            ):  # fmt: skip
                frames.append((run, len(pieces) - 1))
            continue
        for left, right in sentences(text, plain, run.start, run.end):
            if _add(pieces, plain, "criterion", kind, left, right, parent=parent) and _is_lead(
                plain, left, right
            ):
                frames.append((run, len(pieces) - 1))


def _is_lead(plain: str, start: int, end: int) -> bool:
    """Whether the stretch announces a list: "any of the following:"."""
    return plain[start:end].rstrip().endswith(":")


def _close(frames: list[tuple[_Run, int]], run: _Run, *, leads: bool) -> None:
    """Drop the open entries that this one does not stand under."""
    if run.inline:
        for depth in range(len(frames) - 1, -1, -1):
            frame = frames[depth][0]
            if frame.style == run.style and (run.value == 0 or frame.value == run.value - 1):
                del frames[depth:]
                return
        if run.style and not leads and frames and frames[-1][0].style not in ("1", "a", "i"):
            frames.clear()
        return
    while frames and (frames[-1][0].indent > run.indent or frames[-1][0].inline):
        frames.pop()
    for depth in range(len(frames) - 1, -1, -1):
        frame = frames[depth][0]
        if frame.indent < run.indent:
            return
        if not run.style or (frame.style == run.style and (run.value != 1 or not leads)):
            del frames[depth:]
            return
    if not leads:
        while frames and frames[-1][0].indent >= run.indent:
            frames.pop()


def _line_runs(plain: str, start: int, end: int) -> list[_Run]:
    """Lines joined to entries: a mark begins one, a wrapped line carries it on."""
    runs: list[_Run] = []
    position = start
    blank = True
    before = ""
    while position < end:
        stop = plain.find("\n", position, end)
        stop = end if stop < 0 else stop
        line = plain[position:stop]
        words = line.strip()
        if not words:
            blank = True
            position = stop + 1
            continue
        first = position + len(line) - len(line.lstrip())
        indent = first - (plain.rfind("\n", 0, first) + 1)
        mark = bullets.opening(plain, first, stop)
        if mark:
            again = bullets.opening(plain, mark.text, stop)
            bulleted = mark.style in "*•·-"
            body = again.text if again and (bulleted or again.style in "*•·-") else mark.text
            runs.append(_Run(first, stop, body, indent, mark.style, False, mark.value))
        elif runs and _carries_on(runs[-1], before, words, indent, blank=blank):
            runs[-1].end = stop
        else:
            runs.append(_Run(first, stop, first, indent, "", False))
        blank = False
        before = line
        position = stop + 1
    return runs


def _carries_on(run: _Run, before: str, words: str, indent: int, *, blank: bool) -> bool:
    """Whether an unmarked line belongs to the entry before it."""
    if blank:
        return bool(run.style) and indent > run.indent and not words.endswith(":")
    ended = before.rstrip()[-1:] in ".;:"
    if run.style:
        return indent > run.indent or not ended or words[0] in "(,;"
    return not ended and (len(before.rstrip()) >= 60 or words[0] in "(,;" or before.rstrip()[-1:] in ",(")


def _inline_runs(text: str, plain: str, runs: list[_Run]) -> list[_Run]:
    """Entries cut at the marks within them, where a text lost its line breaks."""
    answer: list[_Run] = []
    reached: dict[str, int] = {}
    for number, run in enumerate(runs):
        if run.value:
            reached = {run.style: run.value}
        lonely = len(runs) == 1 or (number == 0 and not any(other.style for other in runs))
        dashes = lonely and (run.style == "-" or " - " in plain[run.start : run.start + 3])
        marks = []
        if run.end - run.start > _SHORT:
            marks = bullets.within(text, plain, run.body, run.end, dashes=dashes, known=reached)
        if not marks:
            answer.append(run)
            continue
        answer.append(
            _Run(run.start, marks[0].start, run.body, run.indent, run.style, run.inline or lonely, run.value)
        )
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            stop = following.start if following else run.end
            answer.append(_Run(mark.start, stop, mark.text, run.indent, mark.style, True, mark.value))
            if mark.value:
                reached[mark.style] = mark.value
    return answer
