"""What was found: published results as printed, trial by trial. Nothing is pooled or computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

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

    Columns: id, trial (acronym or title), design (randomised or not), tests, classes, targets, families,
    level, endpoint, week, finding (as `finding` words it), n, note, source (addresses), `result` as JSON
    text; and, the same for every result of a trial, its harms (deaths first) and their addresses.
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
        harms = sorted(known.harms, key=_gravity)
        rows += (
            {
                "id": trial["id"],
                "trial": trial["acronym"] or trial["title"] or trial["id"],
                "design": _design(trial["allocation"], known),
                "tests": [name_of("drugs", each) for each in trial["treatments"] or ()],
                "classes": trial["classes"],
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
                "harms": [harm(one) for one in harms],
                "harm_source": [origin(known.sources[key]) for key in _keys(harms)],
                "result": msgspec.json.encode(each).decode(),
            }
            for each in primary or others
        )
    order = {RANDOMISED: 0, NOT_RANDOMISED: 1, NOT_STATED: 2}
    rows.sort(key=lambda row: (order[row["design"]], -(row["enrolment"] or 0), row["id"]))
    text, texts = pl.String, pl.List(pl.String)
    schema: dict[str, Any] = {
        "id": text, "trial": text, "design": text, "tests": texts, "classes": texts, "targets": texts,
        "families": texts, "enrolment": pl.Int64, "level": text, "endpoint": text, "week": text,
        "finding": text, "n": text, "note": text, "source": texts, "harms": texts, "harm_source": texts,
        "result": text,
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


def _gravity(each: Harm) -> int:
    """Deaths before serious adverse events before all else; those as their source orders them."""
    return next((rank for rank, word in enumerate(("death", "serious")) if word in each.event), 2)


def _keys(harms: Sequence[Harm]) -> list[str]:
    """The sources that harms cite, once each."""
    return list(dict.fromkeys(key for each in harms for key in each.source))


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
