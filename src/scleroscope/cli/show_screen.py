"""One trial on the terminal: what is tested, in whom, where, and what became of the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scleroscope.cli.findings_screen import harms, results
from scleroscope.cli.palette import ACCENT, QUIET
from scleroscope.cli.search_screen import STATUS_STYLES, words

if TYPE_CHECKING:
    from scleroscope.api.search import Shown, Version


def show_trial(shown: Shown, console: Console) -> None:
    """Print everything that the record says, what was made of it, and its history."""
    study = shown.study
    head = Text(study.id, style=f"bold {ACCENT}")
    if study.acronym:
        head.append(f"  {study.acronym}", style="bold")
    head.append(f"  {words(study.status)}", style=STATUS_STYLES.get(study.status or "", QUIET))
    if study.registry == "curated" and study.status == "unknown" != study.registered_status:
        head.append(f", last seen {words(study.registered_status)}", style=QUIET)
    if study.status_date:
        head.append(f" as of {study.status_date}", style=QUIET)
    console.print(head)
    console.print(Text(study.title or study.official_title or "no title", style="bold"))
    if study.official_title and study.official_title != study.title:
        console.print(Text(study.official_title, style=QUIET))
    console.print()
    _facts(_about(shown), console)
    for title, body in _texts(shown):
        if not body:
            continue
        console.print()
        console.print(Text(title.upper(), style=f"bold {ACCENT}"))
        for line in body:
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def _about(shown: Shown) -> Iterable[tuple[str, str]]:
    study, labels, names = shown.study, shown.labels, shown.names
    yield "disease", words(labels.disease.group) + _brackets(labels.disease.why[:3])
    yield (
        "about",
        ", ".join(names[each] for each in (*labels.disease.manifestations, *labels.disease.subsets)),
    )
    tested = [each for each in labels.treatments if each.role == "tested"] or list(labels.treatments)
    yield "tests", ", ".join(dict.fromkeys(names[each.id] for each in tested))
    yield "acts on", ", ".join(f"{each} ({names[each]})" for each in labels.targets)
    yield "family", ", ".join(names[each] for each in labels.families)
    yield "phase", " and ".join(map(words, study.phases))
    design = study.design
    if design:
        parts = (
            study.study_type,
            design.allocation,
            design.intervention_model,
            design.masking,
            design.primary_purpose,
        )
        yield "design", ", ".join(words(each) for each in parts if each)
    if study.enrolment:
        kind = {"actual": "reached", "anticipated": "planned"}.get(study.enrolment.kind or "", "")
        yield "participants", f"{study.enrolment.count} {kind}".strip()
    dates = (
        ("began", study.start),
        ("primary completion", study.primary_completion),
        ("completion", study.completion),
    )
    yield (
        "dates",
        "; ".join(f"{name} {each.date}{_brackets([each.kind or ''])}" for name, each in dates if each),
    )
    yield "stopped because", study.why_stopped or ""
    sponsor = labels.sponsor or (study.sponsor.name if study.sponsor else "")
    yield "sponsor", sponsor + _brackets([words(labels.sponsor_class)] if labels.sponsor_class else [])
    yield "with", ", ".join(each.name for each in study.collaborators)
    yield "ids", ", ".join(f"{each.value} ({each.scheme})" for each in study.ids if each.value != study.id)
    yield "results", "posted at the registry" if study.results else ""
    yield "registry", study.url or study.registry


def _texts(shown: Shown) -> Iterable[tuple[str, list[str]]]:
    """Titles with their lines; a title without lines is not shown."""
    study, names = shown.study, shown.names
    yield "summary", _paragraphs(study.summary or "")
    yield (
        "arms",
        [_joined(each.label, each.kind and words(each.kind), each.description) for each in study.arms],
    )
    yield "interventions", [_joined(each.name, each.kind, each.description) for each in study.interventions]
    for level in ("primary", "secondary", "other"):
        outcomes = [each for each in study.outcomes if each.level == level]
        yield f"{level} outcomes", [_joined(each.measure, each.time_frame) for each in outcomes]
    read = ", ".join(dict.fromkeys(names[each.instrument] for each in shown.labels.endpoints))
    yield "outcomes, as recognised", [read] if read else []
    yield "published results", list(results(shown.published)) if shown.published else []
    yield "published harms", list(harms(shown.published)) if shown.published else []
    yield "who may take part", _who(shown)
    yield f"{len(study.sites)} sites", _sites(shown)
    yield "contact", [_joined(each.name, each.role, each.phone, each.email) for each in study.contacts]
    yield (
        "references",
        [_joined(each.citation, each.pmid and f"PMID {each.pmid}", each.url) for each in study.references],
    )
    yield "could not be taken over", list(study.notes)
    yield "not recognised", list(shown.labels.unclassified)
    yield "record", [_version(each) for each in shown.versions]


def _version(each: Version) -> str:
    updated = f", updated {each.updated}" if each.updated else ""
    count = f", {each.enrolment} participants" if each.enrolment is not None else ""
    return f"seen {each.seen[:10]}{updated}: {words(each.status)}{count}"


def _who(shown: Shown) -> list[str]:
    eligibility = shown.study.eligibility
    if eligibility is None:
        return []
    bounds = []
    for name, bound in (("from", eligibility.minimum_age), ("to", eligibility.maximum_age)):
        if bound and bound.age:
            bounds.append(f"{name} {bound.age}")
    lines = [
        ", ".join(
            [
                f"sex: {eligibility.sex}" if eligibility.sex else "",
                f"age {' '.join(bounds)}" if bounds else "",
            ]
        ).strip(", ")
    ]
    return [line for line in [*lines, *_paragraphs(eligibility.text or "")] if line]


def _sites(shown: Shown, most: int = 12) -> list[str]:
    if not shown.study.sites:
        return []
    sites = sorted(shown.study.sites, key=lambda site: site.status != "recruiting")
    countries = Counter(site.country or "country not stated" for site in sites)
    lines = [", ".join(f"{country} {count}" for country, count in countries.most_common())]
    lines += [
        _joined(each.facility, each.city, each.country, words(each.status) if each.status else None)
        for each in sites[:most]
    ]
    return lines + ([f"and {len(sites) - most} more (--json lists all)"] if len(sites) > most else [])


def _facts(pairs: Iterable[tuple[str, str]], console: Console) -> None:
    out = Table.grid(padding=(0, 2, 0, 0))
    for name, value in pairs:
        if value.strip():
            out.add_row(Text(name, style=QUIET), Text(value))
    console.print(out)


def _joined(*parts: str | None) -> str:
    return " · ".join(" ".join(part.split()) for part in parts if part)


def _brackets(parts: Iterable[str]) -> str:
    text = "; ".join(each for each in parts if each)
    return f" ({text})" if text else ""


def _paragraphs(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]
