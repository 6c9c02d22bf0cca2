"""Simulated trials beside what the published ones showed: one table.

    python benchmarks/design_published.py [--trials 5000] [--json]

Each row: the published figure with its source, and ours, from the plans that ship (`scleroscope design
--example NAME`) and from the virtual population. No plan is fitted to the trial on its row; where parameters
of the population were fitted to a source, `population.csv` says so. Months of recruitment are left out: the
plans' screening rates are set so that they come out.
"""

from __future__ import annotations

import argparse
import json
import sys

import msgspec
import numpy as np
import polars as pl

from scleroscope.design.curves import curves
from scleroscope.design.endpoints.slope import yearly_slope
from scleroscope.design.examples import example
from scleroscope.design.outcome import outcomes
from scleroscope.design.plan import Effect, Endpoint
from scleroscope.design.population import draw_population
from scleroscope.design.population.course import draw_course
from scleroscope.design.population.parameters import Values
from scleroscope.design.simulate import simulate
from scleroscope.design.stage import set_up


def standard_error(low: float, high: float) -> float:
    """From a 95 % interval."""
    return (high - low) / (2 * 1.959964)


# plan, what, published, source
TRIALS = [
    ("focussced", "se", standard_error(-3.78, 0.32), "scholars.duke.edu/pub1461592: -1.73 (-3.78 to 0.32)"),
    ("focussced", "control", -4.41, "scholars.duke.edu/pub1461592: LS mean on placebo"),
    ("fasscinate", "se", standard_error(-5.85, 0.45), "highwire/markup/237890: -2.70 (-5.85 to 0.45)"),
    ("fasscinate", "control", -1.22, "highwire/markup/237890: LS mean on placebo, week 24"),
    ("asset", "se", 1.62, "zora 172738: -1.75, p = 0.28"),
    ("asset", "control", -4.49, "zora 172738: adjusted mean on placebo"),
    ("senscis", "control", -93.3, "doi.org/10.1136/rmdopen-2022-002859: mL a year on placebo"),
    ("sls_1", "control", -4.2, "ncbi.nlm.nih.gov/pmc/articles/PMC3183128: % predicted a year on placebo"),
]  # fmt: skip


def trial_rows(trials: int) -> list[dict[str, object]]:
    answers = {}
    rows = []
    for name, what, published, source in TRIALS:
        if name not in answers:
            sys.stderr.write(f"{name} …\n")
            answers[name] = simulate(msgspec.structs.replace(example(name), trials=trials))
        it = answers[name]
        ours = {"se": it.se, "control": it.control.value}[what]
        rows.append({"what": f"{name}: {what}", "published": published, "ours": ours, "source": source})
    return rows


def population_rows() -> list[dict[str, object]]:
    people = draw_population(200_000, seed=11, treatments=False)
    skin = people.filter(pl.col("subset") == "diffuse", pl.col("mrss") >= 7)
    course = draw_course(skin, [0, 52], seed=12)
    start, change = course.mrss[:, 0], course.mrss[:, 1] - course.mrss[:, 0]
    counted = start >= 7
    lung = people.filter(
        "ild", pl.col("hrct_extent_percent") >= 10, pl.col("fvc_percent_predicted") >= 40,
        pl.col("months_since_first_non_raynaud") <= 84,
    )  # fmt: skip
    breath = draw_course(lung, [0, 2, 4, 6, 12, 24, 36, 52], seed=13)
    slopes, _ = yearly_slope(breath.fvc_ml, breath.weeks)
    fall = breath.fvc_percent[:, 0] - breath.fvc_percent[:, -1]
    early = people.filter(
        pl.col("subset") == "diffuse", pl.col("mrss").is_between(10, 35),
        pl.col("months_since_first_non_raynaud") <= 36,
    )  # fmt: skip
    criss = outcomes(
        draw_course(early, [0, 52], seed=14),
        Endpoint(measure="acr_criss", week=52, dropout="ignored"),
        Effect(),
        early["ild"].to_numpy(),
        Values(),
    )
    improved = ((change < -5) & (-change >= start / 4))[counted]
    worsened = ((change > 5) & (change >= start / 4))[counted]
    eustar = "ncbi.nlm.nih.gov/pmc/articles/PMC5036205, n = 919"
    senscis = "doi.org/10.1136/rmdopen-2022-002859"
    found = [
        ("skin improved by >5 and 25 % in a year", 0.24, improved.mean(), eustar),
        ("skin worsened by >5 and 25 % in a year", 0.10, worsened.mean(), eustar),
        ("FVC slope, mean, mL a year", -93.3, slopes.mean(), senscis),
        ("FVC slope, SD between patients", 233.0, slopes.std(), "derived from three intervals of the trial"),
        ("FVC fell by 3.3 % predicted or more", 0.434, np.mean(fall >= 3.3), "PMC9306495: 45.8 and 40.5 %"),
        (
            "ACR-CRISS 0.6 or more",
            0.32,
            np.mean(criss.untreated >= 0.6),
            "registry of 212 with early disease",
        ),
    ]
    return [{"what": w, "published": p, "ours": float(o), "source": s} for w, p, o, s in found]


JAMA = "jamanetwork.com/journals/jama/fullarticle/1883019"
RTI = "rti.org/publication/myeloablative-autologous-stem-cell-transplantation-severe-scleroderma"


def transplant_rows(trials: int) -> list[dict[str, object]]:
    """Early harm and late benefit. Control figures of both plans are set from the trials and left out; those
    of the treated arm follow from deaths of treatment and one hazard ratio for the disease's events."""
    found = {}
    for name in ("astis", "scot"):
        sys.stderr.write(f"{name} …\n")
        stage = set_up(msgspec.structs.replace(example(name), trials=trials))
        found[name] = stage, curves(stage, stage.entry.suitable())
    stage, astis = found["astis"]
    ratio = {each.years: each for each in astis.ratios}
    gone = 79 * (1 - np.interp(ENTRY_TO_END, astis.survival.years, astis.survival.treated)).mean()
    events = 79 * (1 - np.interp(ENTRY_TO_END, astis.event_free.years, astis.event_free.treated)).mean()
    early = 79 * (1 - np.interp(1.0, astis.survival.years, astis.survival.treated))
    rows = [
        ("astis: deaths of 79 transplanted, first year", 11, early, f"{JAMA}; NIHMS1672995 table 2"),
        ("astis: deaths of 79 transplanted, in all", 19, gone, f"{JAMA}; NIHMS1672995 table 2"),
        ("astis: events of 79 transplanted, in all", 22, events, JAMA),
        ("astis: HR of events at 3 months", 2.01, ratio[0.25].event_free, f"{JAMA}: 0.74 to 5.49"),
        ("astis: HR of events at 1 year", 0.52, ratio[1.0].event_free, f"{JAMA}: 0.28 to 0.96"),
        ("astis: HR of events at 2 years", 0.35, ratio[2.0].event_free, f"{JAMA}: 0.16 to 0.74"),
        ("astis: HR of death at 3 months", 2.40, ratio[0.25].survival, f"{JAMA}: 0.75 to 7.67"),
        ("astis: HR of death at 2 years", 0.29, ratio[2.0].survival, f"{JAMA}: 0.13 to 0.65"),
        ("astis: curves of events cross, year", 2.0, astis.event_free.crossing, JAMA),
    ]
    stage, scot = found["scot"]
    six = scot.survival.treated[-1] ** (
        6 / scot.survival.years[-1]
    )  # constant hazards but for the first year
    it = simulate(stage.plan)
    win = 0.5 + it.effect.value / 2 if it.effect else np.nan
    rows += [
        (
            "scot: event-free at 54 months, transplanted",
            0.79,
            scot.event_free.treated[-1],
            f"{RTI} (per protocol)",
        ),
        ("scot: alive at 72 months, transplanted", 0.86, six, f"{RTI} (Kaplan–Meier)"),
        ("scot: pairs won by the transplanted", 0.67, win, RTI),
    ]
    return [{"what": w, "published": p, "ours": float(o), "source": s} for w, p, o, s in rows]


# ASTIS: entry evenly from March 2001 to October 2009, followed to October 2013, at most ten years of curves.
ENTRY_TO_END = np.clip(np.linspace(4.0, 12.6, 200), 0, 10)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = trial_rows(asked.trials) + transplant_rows(asked.trials) + population_rows()
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'figure':42} {'published':>10} {'ours':>10}  source")
    for row in rows:
        print(f"{row['what']:42} {row['published']:10.3g} {row['ours']:10.3g}  {row['source']}")


if __name__ == "__main__":
    main()
