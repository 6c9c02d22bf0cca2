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

from scleroscope.design.endpoints.slope import yearly_slope
from scleroscope.design.examples import example
from scleroscope.design.outcome import outcomes
from scleroscope.design.plan import Effect, Endpoint
from scleroscope.design.population import draw_population
from scleroscope.design.population.course import draw_course
from scleroscope.design.population.parameters import Values
from scleroscope.design.simulate import simulate


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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = trial_rows(asked.trials) + population_rows()
    if asked.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'figure':42} {'published':>10} {'ours':>10}  source")
    for row in rows:
        print(f"{row['what']:42} {row['published']:10.3g} {row['ours']:10.3g}  {row['source']}")


if __name__ == "__main__":
    main()
