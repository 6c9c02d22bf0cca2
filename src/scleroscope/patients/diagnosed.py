"""What a diagnosis or a procedure tells of the fields, whatever the format of the record."""

from __future__ import annotations

from collections.abc import Sequence

from scleroscope.knowledge.codes import Code, Finding, finding
from scleroscope.model.patient import Value
from scleroscope.patients.days import Day
from scleroscope.patients.record import Fact, Person, Said, Since, Taken


def finding_of(codes: Sequence[Code]) -> Finding | None:
    """What the codes of one diagnosis tell together; None where nothing."""
    found = [known for code in codes if (known := finding(code)) is not None]
    return together(found) if found else None


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
    over: bool,
    ended: Day | None,
    lasts: bool = False,
) -> None:
    """Add the statements of one diagnosis or procedure.

    `begun` is when it began, `written` of which day the record speaks, `ended` when it ended. What is `over`
    tells nothing of now, but that it `lasts` where it cannot be over.
    """
    facts: list[tuple[tuple[str, Value], float | None]] = [(fact, None) for fact in known.ever]
    facts += [(fact, None) for fact in known.lasting if not over or lasts]
    facts += [(fact, known.holds_weeks) for fact in known.now if not over]
    before = len(person.statements)
    for (name, value), holds in facts:
        person.statements.append(Fact(said=here, field=name, value=value, on=written, holds_weeks=holds))
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
        person.leave(here, "over: tells nothing of now" if over else "no day is told")
