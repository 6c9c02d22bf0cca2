"""Arms, interventions, outcomes, eligibility, references and documents of an API record."""

from __future__ import annotations

from scleroscope.model.study import (
    AgeBound,
    Arm,
    Document,
    EligibilityText,
    Intervention,
    Outcome,
    OutcomeLevel,
    Reference,
)
from scleroscope.registries.ctgov import vocabulary
from scleroscope.registries.fields import Fields

# Ours: beyond it a reader should know that a text is no ordinary one. Nothing is cut.
_UNUSUALLY_LONG = 100_000
# Then the id's last two digits, the id, the file: …/large-docs/52/NCT04501952/Prot_000.pdf
_DOCUMENTS = "https://cdn.clinicaltrials.gov/large-docs"


def _word(fields: Fields, key: str) -> str | None:
    text = fields.text(key)
    return vocabulary.word(text) if text else None


def arms(fields: Fields) -> tuple[Arm, ...]:
    """The arms; "Drug: Placebo" under an arm names the intervention Placebo."""
    found = []
    for part in fields.parts("armGroups"):
        label = part.text("label")
        if label is None:
            part.note("label", "an arm without a label is left out", None)
            continue
        found.append(
            Arm(
                label=label,
                kind=_word(part, "type"),
                description=part.prose("description"),
                interventions=part.texts("interventionNames"),
            )
        )
    return tuple(found)


def interventions(fields: Fields) -> tuple[Intervention, ...]:
    """What is given or done."""
    found = []
    for part in fields.parts("interventions"):
        name = part.prose("name")
        if name is None:
            part.note("name", "an intervention without a name is left out", None)
            continue
        found.append(
            Intervention(
                name=name,
                kind=_word(part, "type"),
                description=part.prose("description"),
                other_names=part.texts("otherNames"),
                arms=part.texts("armGroupLabels"),
            )
        )
    return tuple(found)


def outcomes(fields: Fields) -> tuple[Outcome, ...]:
    """Primary, secondary and other outcomes, in this order."""
    levels: tuple[tuple[OutcomeLevel, str], ...] = (
        ("primary", "primaryOutcomes"),
        ("secondary", "secondaryOutcomes"),
        ("other", "otherOutcomes"),
    )
    found = []
    for level, key in levels:
        for part in fields.parts(key):
            measure = part.prose("measure")
            if measure is None:
                part.note("measure", "an outcome without a measure is left out", None)
                continue
            found.append(
                Outcome(
                    level=level,
                    measure=measure,
                    description=part.prose("description"),
                    time_frame=part.prose("timeFrame"),
                )
            )
    return tuple(found)


def eligibility(fields: Fields) -> EligibilityText | None:
    """Who may take part."""
    if not fields:
        return None
    text = fields.prose("eligibilityCriteria")
    if text and len(text) > _UNUSUALLY_LONG:
        fields.note(
            "eligibilityCriteria", "over the registry's limit of 20,000 characters, kept whole", len(text)
        )
    # The registry derives the standard age groups from the two bounds, and writes no bound where there
    # is no limit: CHILD without a lower bound, OLDER_ADULT without an upper one, are open bounds.
    groups = {vocabulary.word(group) for group in fields.texts("stdAges")}
    return EligibilityText(
        text=text,
        minimum_age=_bound(fields, "minimumAge", open_ended="child" in groups),
        maximum_age=_bound(fields, "maximumAge", open_ended="older_adult" in groups),
        sex=_sex(fields),
        healthy_volunteers=_healthy(fields),
        sampling=_word(fields, "samplingMethod"),
        population=fields.prose("studyPopulation"),
    )


def _bound(fields: Fields, key: str, *, open_ended: bool) -> AgeBound | None:
    if fields.text(key) is not None:
        return fields.read(key, vocabulary.age_bound, "not an age")
    return AgeBound() if open_ended and not fields.holds(key) else None


def _sex(fields: Fields) -> vocabulary.Sex | None:
    return fields.read("sex", vocabulary.sex, "neither all, female nor male")


def _healthy(fields: Fields) -> bool | None:
    if fields.holds("healthyVolunteers", "Accepts Healthy Volunteers"):
        return True
    return fields.flag("healthyVolunteers")


def references(fields: Fields) -> tuple[Reference, ...]:
    """Publications, then links."""
    found = []
    for part in fields.parts("references"):
        reference = Reference(
            citation=part.text("citation"),
            pmid=part.text("pmid"),
            kind=_word(part, "type"),
            retracted_by=tuple(pmid for notice in part.parts("retractions") if (pmid := notice.text("pmid"))),
        )
        if reference.citation or reference.pmid:
            found.append(reference)
        else:
            part.note("citation", "a reference without citation and PubMed id is left out", None)
    for part in fields.parts("seeAlsoLinks"):
        url = part.text("url")
        if url:
            found.append(Reference(citation=part.prose("label"), url=url, kind="see_also"))
        else:
            part.note("url", "a link without address is left out", part.text("label"))
    return tuple(found)


def documents(fields: Fields, section: Fields, nct: str) -> tuple[Document, ...]:
    """Documents that the registry holds, then data and documents held elsewhere."""
    found = []
    for part in section.part("largeDocumentModule").parts("largeDocs"):
        name = part.text("filename")
        url = part.text("url") or (f"{_DOCUMENTS}/{nct[-2:]}/{nct}/{name}" if name else None)
        found.append(
            Document(label=part.text("label") or name or "document", date=part.date("date"), url=url)
        )
    for part in fields.parts("availIpds"):
        label, number, comment = part.text("type"), part.text("id"), part.prose("comment")
        shown = " ".join(filter(None, (label, number))) or "document"
        found.append(Document(label=shown, url=part.text("url"), comment=comment))
    return tuple(found)
