"""What was found: published results as printed, trial by trial. Nothing is pooled or computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from scleroscope.knowledge import drugs
from scleroscope.landscape.vocabulary import name_of
from scleroscope.model.result import ArmHarm, ArmResult, Contrast, Harm, Origin, Published, Result

if TYPE_CHECKING:
    from polars import DataFrame

RANDOMISED, NOT_RANDOMISED, NOT_STATED = "randomised", "not randomised", "randomisation not stated"

_STATISTICS = {
    "mean_difference": "difference", "standardised_mean_difference": "standardised difference",
    "change": "change", "median": "median", "mean": "mean", "rate": "a year", "percent": "%",
    "count": "participants", "pairwise_percent": "% of pairs won", "survival_percent": "% alive",
}  # fmt: skip
_LEVELS = ("primary", "secondary", None, "extension", "post_hoc")
_DIRECTIONS = {"better": "better", "worse": "worse", "no_difference": "no difference"}


def findings(trials: DataFrame, published: Mapping[str, Published]) -> DataFrame:
    """One row a published result of these trials: its primary ones, or all where none is called primary.

    Columns: id, trial (acronym or title), design (randomised or not), tests, targets, families, level,
    endpoint, week, finding (as `finding` words it), n, note, source (addresses), `result` as JSON text.
    Randomised trials come first, then larger ones.
    """
    import msgspec
    import polars as pl

    rows: list[dict[str, Any]] = []
    for trial in trials.to_dicts():
        known = published.get(trial["id"])
        if known is None:
            continue
        primary = [each for each in known.results if each.level == "primary"]
        others = sorted(known.results, key=lambda each: _LEVELS.index(each.level))
        rows += (
            {
                "id": trial["id"],
                "trial": trial["acronym"] or trial["title"] or trial["id"],
                "design": _design(trial["allocation"], known),
                "tests": [name_of("drugs", each) for each in trial["treatments"] or ()],
                "targets": trial["targets"],
                "families": trial["families"],
                "enrolment": trial["enrolment"],
                "level": (each.level or "level not stated").replace("_", " "),
                "endpoint": endpoint(each),
                "week": _number(each.weeks) if each.weeks is not None else None,
                "finding": finding(each),
                "n": participants(each),
                "note": each.note,
                "source": [origin(known.sources[key]) for key in each.source],
                "result": msgspec.json.encode(each).decode(),
            }
            for each in primary or others
        )
    order = {RANDOMISED: 0, NOT_RANDOMISED: 1, NOT_STATED: 2}
    rows.sort(key=lambda row: (order[row["design"]], -(row["enrolment"] or 0), row["id"]))
    text, texts = pl.String, pl.List(pl.String)
    schema: dict[str, Any] = {
        "id": text, "trial": text, "design": text, "tests": texts, "targets": texts, "families": texts,
        "enrolment": pl.Int64, "level": text, "endpoint": text, "week": text, "finding": text, "n": text,
        "note": text, "source": texts, "result": text,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def says(table: DataFrame, trials: int) -> str:
    """How many trials have results here, and how to read them."""
    if table.is_empty():
        return "No published result of these trials is in the curated facts."
    each = table.unique("id")["design"].to_list()
    return (
        f"Published results of {len(each)} of {trials} trials are in the curated facts"
        f" ({each.count(RANDOMISED)} randomised), as their sources print them, with 95 % intervals unless"
        " said otherwise. Nothing is pooled."
    )


def finding(result: Result) -> str:
    """A result in words and numbers: the contrasts, and the arms where no contrast has an estimate.

    >>> finding(Result(endpoint="mrss", statistic="change", source=(), contrast_statistic="mean_difference",
    ...     contrasts=(Contrast(arm="A", against="B", estimate=-1.5, low=-3.0, high=0.2, p=0.08),)))
    'A against B: difference −1.5 (−3 to 0.2), p = 0.08'
    """
    arms = ", ".join(arm(each, result) for each in result.arms if each.value is not None)
    contrasts = "; ".join(contrast(each, result) for each in result.contrasts)
    estimated = any(each.estimate is not None for each in result.contrasts)
    return "; ".join(filter(None, (contrasts if estimated else arms, "" if estimated else contrasts))) or (
        result.note or "no number printed"
    )


def contrast(each: Contrast, result: Result) -> str:
    """One arm against another, with interval and p where they are printed."""
    if each.estimate is None:
        said = f"printed as {_DIRECTIONS[each.direction]}" if each.direction else ""
    else:
        statistic = result.contrast_statistic or "estimate"
        said = f"{_STATISTICS.get(statistic, statistic.replace('_', ' '))} {_number(each.estimate)}"
        said += _unit(result) if statistic == "mean_difference" else ""
        said += _interval(each.low, each.high, result.confidence)
    p = ""
    if each.p is not None:
        p = f"p = {_number(each.p)}"
    elif each.p_below is not None:
        p = f"p < {_number(each.p_below)}"
    if p and each.one_sided:
        p += " (one-sided)"
    told = ", ".join(filter(None, (said, p))) or "no number printed"
    return f"{each.arm} against {each.against}: {told}"


def arm(each: ArmResult, result: Result) -> str:
    """One arm: its value, spread and interval, and how many were analysed."""
    said = each.arm
    if each.value is not None:
        said += f" {_number(each.value)}{_unit(result)}"
        said += f" ± {_number(each.spread)}" if each.spread is not None else ""
        said += f" {each.spread_kind.upper()}" if each.spread is not None and each.spread_kind else ""
        said += _interval(each.low, each.high, result.confidence)
    return said + (f" [n {each.n}]" if each.n is not None else "")


def harm(each: Harm) -> str:
    """One kind of harm, by arm, in the source's own counts."""
    when = f" to week {_number(each.weeks)}" if each.weeks is not None else ""
    return f"{each.event}{when}: {', '.join(map(_harmed, each.arms)) or each.note or 'no number printed'}"


def endpoint(result: Result) -> str:
    """What was measured, how its values are expressed, and in whom."""
    name = name_of("instruments", result.endpoint)
    statistic = {"change": "change", "median": "median", "rate": "rate a year"}.get(result.statistic)
    return ", ".join(filter(None, (name, result.measure or statistic, result.population)))


def participants(result: Result) -> str | None:
    """How many were analysed, by arm where the source says so."""
    if result.arms and all(each.n is not None for each in result.arms):
        return " + ".join(str(each.n) for each in result.arms)
    return str(result.n) if result.n is not None else None


def origin(each: Origin) -> str:
    """An address, or a registry's record."""
    record = " ".join(filter(None, (each.registry, each.record, each.date and f"of {each.date}")))
    return each.url or record or each.what or "source not named"


def tried(trials: DataFrame) -> DataFrame:
    """What each family of mechanism tried: family, id, name, targets, trials; what was tried most first."""
    import polars as pl

    counts: Counter[tuple[str, str]] = Counter()
    for treatments in trials["treatments"].to_list():
        counts.update((family, each) for each in treatments or () for family in drugs.families(each))
    rows = [
        (family, each, name_of("drugs", each), list(drugs.targets(each)), count)
        for (family, each), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    ]
    text = pl.String
    schema: dict[str, Any] = {
        "family": text,
        "id": text,
        "name": text,
        "targets": pl.List(text),
        "trials": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


class Family(NamedTuple):
    """A family, how many trials it has and of how many there are results; the trials told under it."""

    id: str | None
    name: str
    trials: int
    with_results: int
    told: list[list[dict[str, Any]]]  # a trial's findings each


def by_family(table: DataFrame, families: DataFrame) -> Iterator[Family]:
    """The families; a trial of several families is told under the rarest of them."""
    trials: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_dicts():
        trials.setdefault(row["id"], []).append(row)
    size = {family["id"]: family["trials"] for family in families.to_dicts()}
    for family in families.to_dicts():
        inside = [rows for rows in trials.values() if family["id"] in (rows[0]["families"] or (None,))]
        told = [
            rows
            for rows in inside
            if family["id"] == min(rows[0]["families"] or (None,), key=lambda each: size.get(each, 0))
        ]
        if family["id"] or inside:
            name = family["name"] if family["id"] else "In no family yet"
            yield Family(family["id"], name, family["trials"], len(inside), told)


def varied(trials: Sequence[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The same trials, so that everything that was tested appears before anything is repeated."""
    seen: Counter[str] = Counter()
    rank = []
    for position, rows in enumerate(trials):
        key = " ".join(sorted(rows[0]["targets"] or rows[0]["tests"] or ()))
        seen[key] += 1
        rank.append((seen[key], position))
    return [trials[position] for _, position in sorted(rank)]


def _design(allocation: str | None, known: Published) -> str:
    randomised = known.randomised if allocation is None else allocation == "randomized"
    return NOT_STATED if randomised is None else RANDOMISED if randomised else NOT_RANDOMISED


def _unit(result: Result) -> str:
    if result.unit:
        return f" {result.unit}"
    return " %" if result.statistic in ("percent", "survival_percent") else ""


def _interval(low: float | None, high: float | None, confidence: float) -> str:
    level = "" if confidence == 0.95 else f"{confidence:.0%}: ".replace("%", " %")
    if low is not None and high is not None:
        return f" ({level}{_number(low)} to {_number(high)})"
    if low is not None:
        return f" ({level}from {_number(low)}, upper limit not seen)"
    return f" ({level}to {_number(high)}, lower limit not seen)" if high is not None else ""


def _harmed(each: ArmHarm) -> str:
    of = f" of {each.n}" if each.n is not None else ""
    if each.count is not None:
        percent = f" ({_number(each.percent)} %)" if each.percent is not None else ""
        return f"{each.arm} {each.count}{of}{percent}"
    return f"{each.arm} {_number(each.percent)} %{of}" if each.percent is not None else each.arm


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}".replace("-", "−")
