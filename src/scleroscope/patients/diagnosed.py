"""What a diagnosis or a procedure tells of the fields, whatever the format of the record."""

from __future__ import annotations

from collections.abc import Sequence

from scleroscope.knowledge import drugs
from scleroscope.knowledge.codes import Code, Finding, finding
from scleroscope.patients.days import Day
from scleroscope.patients.record import Fact, Person, Said, Since, Taken

_NOTHING = Finding()  # of a code that is known to tell nothing here


def finding_of(codes: Sequence[Code]) -> Finding | None:
    """What the codes of one diagnosis tell together; None where nothing."""
    found = [known for code in codes if (known := finding(code)) is not None and known != _NOTHING]
    return together(found) if found else None


def take_named(person: Person, here: Said, *, done: Day | None) -> bool:
    """Add a procedure that was done by its name; whether the name, as a whole, is one that is known.

    A name that only holds one ("evaluation for …") may be of something else.
    """
    name = here.words.strip().removesuffix("(procedure)").strip()
    found = [one for one in drugs.find(name) if (one.start, one.end) == (0, len(name))]
    if len(found) != 1:
        return False
    person.statements.append(Taken(said=here, treatment=found[0].id, taking=False, began=done, ended=done))
    return True


def together(found: Sequence[Finding]) -> Finding:
    """Of several codes for one diagnosis: each fact once; times of the first that dates any."""
    if all(other == found[0] for other in found[1:]):
        return found[0]
    dated = next((one for one in found if one.since or one.ended), found[0])
    return Finding(
        now=tuple(dict.fromkeys(fact for one in found for fact in one.now)),
        lasting=tuple(dict.fromkeys(fact for one in found for fact in one.lasting)),
        ever=tuple(dict.fromkeys(fact for one in found for fact in one.ever)),
        since=dated.since,
        event=dated.event,
        later_than=dated.later_than,
        diagnosed=next((one.diagnosed for one in found if one.diagnosed), ""),
        ended=dated.ended,
        treatment=next((one.treatment for one in found if one.treatment), ""),
        holds_weeks=min((one.holds_weeks for one in found if one.holds_weeks), default=None),
    )


def take_finding(
    person: Person,
    here: Said,
    known: Finding,
    *,
    begun: Day | None,
    written: Day | None,
    over: bool | None,
    ended: Day | None,
    lasts: bool = False,
) -> None:
    """Add the statements of one diagnosis or procedure.

    `begun` is when it began, `written` of which day the record speaks, `ended` when it ended. What is `over`
    tells nothing of now, but that it `lasts` where it cannot be over; where that is not told (None), what can
    pass may have passed.
    """
    before = len(person.statements)
    for name, value in known.ever:
        person.statements.append(Fact(said=here, field=name, value=value, on=written, ever=True))
    for name, value in known.lasting if not over or lasts else ():
        person.statements.append(Fact(said=here, field=name, value=value, on=written))
    for name, value in known.now if over is False else ():
        person.statements.append(
            Fact(said=here, field=name, value=value, on=written, holds_weeks=known.holds_weeks)
        )
    if known.since and begun:
        person.statements.append(
            Since(
                said=here, field=known.since, on=begun, earliest=not known.event, later_than=known.later_than
            )
        )
    if known.ended and over and ended:
        person.statements.append(Since(said=here, field=known.ended, on=ended))
    if known.treatment:
        person.statements.append(
            Taken(said=here, treatment=known.treatment, taking=False, began=begun, ended=ended)
        )
    if len(person.statements) == before:
        untold = "no day is told" if over is False else "whether it is so now is not told"
        person.leave(here, "over: tells nothing of now" if over else untold)
