"""How the disease goes on after screening, without the treatment under test.

Skin is a mixture of people who worsen, stay and improve (one bell curve cannot give both the registry's and
the trials' spread); lung function loses a nearly independent amount each year (who fell last year says little
of this year: pubmed 32988845), not a straight line for life; patient-reported items move around their start;
drop-out, rescue and death come at constant hazards that worsening raises. Every visit adds the rater's or
the machine's error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scleroscope.design.population.draw import Floats, score, tied
from scleroscope.design.population.parameters import Values

if TYPE_CHECKING:
    import polars as pl

WEEKS_A_YEAR = 365.25 / 7
_EARLY_MONTHS = 18.0  # SENSCIS and PMC8677444 cut here


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is seen of `n` patients at `v` visits; week 0 is the baseline visit after screening.

    - `mrss`, `fvc_ml`, `fvc_percent`, `haq_di`, `patient_global`, `physician_global`: arrays (n, v).
    - `dropout_week`, `rescue_week`, `death_week`: arrays (n,), infinite when it never happens.
    - `skin_class`: 1 worsens, 0 stays, -1 improves, as drawn (never seen in a trial).
    """

    weeks: Floats
    mrss: Floats
    fvc_ml: Floats
    fvc_percent: Floats
    haq_di: Floats
    patient_global: Floats
    physician_global: Floats
    dropout_week: Floats
    rescue_week: Floats
    death_week: Floats
    skin_class: NDArray[np.int8]


def draw_course(
    population: pl.DataFrame,
    weeks: Sequence[float],
    seed: int = 0,
    *,
    overrides: Mapping[str, float] | None = None,
) -> Course:
    """The course of each patient at these visits (weeks from baseline, starting with 0).

    `population` has the columns of `draw_population`. ValueError when the weeks do not start with 0 or do
    not increase.
    """
    times = np.asarray(weeks, dtype=np.float64)
    if times.size == 0 or times[0] != 0 or np.any(np.diff(times) <= 0):
        raise ValueError("visits: weeks must start with 0 and increase")
    values = Values(overrides)
    streams = iter(
        np.random.Generator(np.random.Philox(key)) for key in np.random.SeedSequence(seed).spawn(4)
    )
    # A cohort from a clinic has no true score beside the seen one.
    needed = (*_NEEDED, "true_mrss") if "true_mrss" in population.columns else _NEEDED
    column = {name: population[name].to_numpy() for name in needed}
    months = column["months_since_first_non_raynaud"]
    skin_class, mrss, worsening = _skin(next(streams), values, column, months, times)
    fvc_ml, decline = _lung(next(streams), values, column, months, times)
    core = _core_items(next(streams), values, column, worsening, times)
    predicted = column["fvc_ml"] / column["fvc_percent_predicted"]
    events = _events(next(streams), values, column, score(worsening) + score(decline))
    return Course(
        weeks=times,
        mrss=mrss,
        fvc_ml=fvc_ml,
        fvc_percent=fvc_ml / predicted[:, None],
        skin_class=skin_class,
        **core,
        **events,
    )


_NEEDED = (
    "subset", "months_since_first_non_raynaud", "tendon_friction_rubs", "anti_rna_polymerase_iii", "mrss",
    "ild",
    "fvc_ml", "fvc_percent_predicted", "haq_di", "patient_global", "physician_global",
)  # fmt: skip


def _skin(
    rng: np.random.Generator, values: Values, column: Mapping[str, Any], months: Floats, times: Floats
) -> tuple[NDArray[np.int8], Floats, Floats]:
    """Class, seen mRSS at each visit, and the true change of the first year."""
    n = months.size
    worse = values["course.mrss.progressor_share"]
    better = values["course.mrss.regressor_share"]
    odds = worse / (1 - worse) * np.where(months < _EARLY_MONTHS, values["course.mrss.early_odds"], 1.0)
    odds = odds * np.where(column["tendon_friction_rubs"], values["course.mrss.friction_rubs_odds"], 1.0)
    odds = odds * np.where(
        column["anti_rna_polymerase_iii"], values["course.mrss.rna_polymerase_iii_odds"], 1.0
    )
    chance = odds / (1 + odds)
    draw = rng.random(n)
    skin_class = np.where(draw < chance, 1, np.where(draw > 1 - better, -1, 0)).astype(np.int8)
    start = column.get("true_mrss", column["mrss"])
    means = np.select(
        [skin_class > 0, skin_class < 0],
        [values["course.mrss.progressor_mean"], values["course.mrss.regressor_fraction"] * start],
        values["course.mrss.stable_fraction"] * start,
    )
    change = means + values["course.mrss.class_sd"] * rng.standard_normal(n)
    change = change * np.where(column["subset"] == "diffuse", 1.0, 0.5)  # limited skin moves less
    years = times / WEEKS_A_YEAR
    # Most of a year's change comes in its first half; later years go on at a quarter of the pace.
    shape = np.where(years <= 1, 1 - (1 - np.minimum(years, 1)) ** 2, 1 + 0.25 * (years - 1))
    true = start[:, None] + change[:, None] * shape[None, :]
    seen = true + values["mrss.intra_observer_sd"] * rng.standard_normal(true.shape)
    return skin_class, seen.round().clip(0, 51), change


def _lung(
    rng: np.random.Generator, values: Values, column: Mapping[str, Any], months: Floats, times: Floats
) -> tuple[Floats, Floats]:
    """Seen FVC in mL at each visit, and the true loss of the first year."""
    ild, diffuse = column["ild"], column["subset"] == "diffuse"
    mean = np.where(diffuse, values["course.fvc.ild_mean"], values["course.fvc.limited_ild_mean"])
    mean = np.where(months < _EARLY_MONTHS, values["course.fvc.early_ild_mean"], mean)
    mean = np.where(ild, mean, values["course.fvc.no_ild_mean"])
    spread = values["course.fvc.slope_sd"] * np.where(ild, 1.0, 0.6)
    years = times / WEEKS_A_YEAR
    last = int(np.ceil(years[-1])) if years[-1] > 0 else 1
    rho = values["course.fvc.year_correlation"]
    pace = rng.standard_normal(months.size)
    first = mean + spread * pace
    true = np.zeros((months.size, times.size))
    slope = first
    for year in range(last):
        if year > 0:
            pace = tied(rng, pace, rho)
            slope = mean + spread * pace
        true += slope[:, None] * np.clip(years - year, 0.0, 1.0)[None, :]
    seen = column["fvc_ml"][:, None] + true
    seen = seen + values["course.fvc.measurement_sd"] * rng.standard_normal(true.shape)
    return seen.clip(300.0, None), -first


def _core_items(
    rng: np.random.Generator, values: Values, column: Mapping[str, Any], worsening: Floats, times: Floats
) -> dict[str, Floats]:
    """HAQ-DI and the two global assessments; their changes go with the skin's."""
    years = np.minimum(times / WEEKS_A_YEAR, 1.5)
    skin = score(worsening)
    items = {}
    for name, top, step in (
        ("haq_di", 3.0, 0.125),
        ("patient_global", 10.0, 1.0),
        ("physician_global", 10.0, 1.0),
    ):
        go_along = tied(rng, skin, values["course.core_items.correlation"])
        sd = values[f"course.{name}.sd"]
        # Half of the spread of a year's change is there at any visit (mood, rater), half builds up.
        change = values[f"course.{name}.mean"] * years[None, :]
        change = change + np.sqrt(0.5) * sd * go_along[:, None] * np.sqrt(years)[None, :]
        change = change + 0.5 * sd * rng.standard_normal((skin.size, times.size))
        seen = column[name][:, None] + change
        items[name] = ((seen / step).round() * step).clip(0.0, top)
    return items


def _events(
    rng: np.random.Generator, values: Values, column: Mapping[str, Any], burden: Floats
) -> dict[str, Floats]:
    """Weeks until drop-out, rescue treatment and death; infinite beyond ten years."""
    n = burden.size
    tilt = values["course.dropout.worsening_odds"] ** (burden / np.sqrt(2.0))
    tilt = tilt / tilt.mean()
    death = np.where(
        column["subset"] == "diffuse",
        values["course.death.diffuse.per_year"],
        values["course.death.limited.per_year"],
    )
    events = {}
    for name, share in (
        ("dropout_week", values["course.dropout.per_year"]),
        ("rescue_week", values["course.rescue.per_year"]),
        ("death_week", death),
    ):
        hazard = -np.log1p(-np.asarray(share)) * tilt
        with np.errstate(divide="ignore"):  # a share of 0: never
            week = rng.exponential(1.0, n) / hazard * WEEKS_A_YEAR
        events[name] = np.where(week > 10 * WEEKS_A_YEAR, np.inf, week)
    return events
