"""One trial's criteria as people write them today: by hand in Polars, as a pandas row function, as CQL.

SENSCIS (NCT02597933), all criteria that look at no treatment. Every way counts the same things (of each
criterion: not met, unknown; and who is left), and the counts must be equal before a time is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from scleroscope.criteria.compile import takings
from scleroscope.match.readings import Reading

TRIAL = "NCT02597933"
CQL = Path(__file__).parents[1] / "tests" / "functional" / "cql"


def without_treatments(reading: Reading) -> Reading:
    """The trial with the criteria that look at no treatment."""
    kept = [place for place, clause in enumerate(reading.clauses) if not takings(clause.tree)]
    clauses, plain = (tuple(whole[place] for place in kept) for whole in (reading.clauses, reading.plain))
    return Reading(id=reading.id, clauses=clauses, plain=plain, how=reading.how)


def by_hand(frame: pl.LazyFrame) -> tuple[list[int], list[int], int]:
    """Of each criterion how many it stands against and for how many it is unknown; whom nothing rules out."""
    c = pl.col
    names = frame.collect_schema().names()
    absent = ("fev1_fvc_ratio", "creatinine_clearance", "inr", "bleeding_disorder", "malabsorption")
    frame = frame.with_columns(
        pl.lit(None, dtype=pl.Boolean if name == "bleeding_disorder" else pl.Float64).alias(name)
        for name in absent
        if name not in names
    ).with_columns(
        # What follows: no disease, not classified; fibrosis is ILD, no ILD no fibrosis; never ulcers, none.
        pl.coalesce(c("acr_eular_2013"), pl.when(~c("ssc")).then(pl.lit(value=False))),
        pl.coalesce(c("ild"), pl.when(c("hrct_extent_percent") > 0).then(pl.lit(value=True))),
        pl.coalesce(c("hrct_extent_percent"), pl.when(~c("ild")).then(0.0)),
        pl.coalesce(c("active_digital_ulcers"), pl.when(~c("digital_ulcer_history")).then(0.0)),
    )
    unknown = pl.lit(None, dtype=pl.Boolean)
    stands = [
        c("age") < 18,
        ~c("acr_eular_2013"),
        c("months_since_first_non_raynaud") > 84,
        ~(c("ild") & (c("hrct_extent_percent") >= 10)),
        c("fvc_percent_predicted") < 40,
        (c("dlco_percent_predicted") < 30) | (c("dlco_percent_predicted") > 89),
        (c("alt_x_uln") > 1.5) | (c("ast_x_uln") > 1.5),
        c("bilirubin_x_uln") > 1.5,
        c("creatinine_clearance") < 30,
        c("fev1_fvc_ratio") < 0.7,
        unknown,
        c("pah") & unknown,
        unknown,
        ((c("active_digital_ulcers") > 3) & unknown) | unknown,
        (c("inr") > 2) | unknown,
        unknown,
        unknown,
        c("stem_cell_transplant") | unknown,
        c("liver_disease"),
    ]
    told = frame.select(each.alias(f"{place}") for place, each in enumerate(stands))
    places = [f"{place}" for place in range(len(stands))]
    row = (
        told.select(
            *(c(place).sum().alias(f"not met {place}") for place in places),
            *(c(place).null_count().alias(f"unknown {place}") for place in places),
            (~pl.any_horizontal(c(place).fill_null(value=False) for place in places)).sum().alias("left"),
        )
        .collect()
        .row(0, named=True)
    )
    return [row[f"not met {p}"] for p in places], [row[f"unknown {p}"] for p in places], row["left"]


def of(row: Any, name: str) -> Any:
    """A cell of a pandas row; None where it is unknown."""
    value = row.get(name)
    return None if value is None or value != value else value


def either(*parts: bool | None) -> bool | None:
    return True if True in parts else (None if None in parts else False)


def both(*parts: bool | None) -> bool | None:
    return False if False in parts else (None if None in parts else True)


def below(value: Any, bound: float) -> bool | None:
    return None if value is None else value < bound


def above(value: Any, bound: float) -> bool | None:
    return None if value is None else value > bound


def opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def by_rows(frame: Any) -> tuple[list[int], list[int], int]:
    """The same with pandas: a function applied to every row."""

    def criteria(row: Any) -> list[bool | None]:
        classified, ild, extent = of(row, "acr_eular_2013"), of(row, "ild"), of(row, "hrct_extent_percent")
        ulcers, dlco = of(row, "active_digital_ulcers"), of(row, "dlco_percent_predicted")
        if classified is None and of(row, "ssc") is False:
            classified = False
        if ild is None and extent is not None and extent > 0:
            ild = True
        if extent is None and ild is False:
            extent = 0.0
        if ulcers is None and of(row, "digital_ulcer_history") is False:
            ulcers = 0.0
        return [
            below(of(row, "age"), 18),
            opposite(classified),
            above(of(row, "months_since_first_non_raynaud"), 84),
            opposite(both(ild, opposite(below(extent, 10)))),
            below(of(row, "fvc_percent_predicted"), 40),
            either(below(dlco, 30), above(dlco, 89)),
            either(above(of(row, "alt_x_uln"), 1.5), above(of(row, "ast_x_uln"), 1.5)),
            above(of(row, "bilirubin_x_uln"), 1.5),
            below(of(row, "creatinine_clearance"), 30),
            below(of(row, "fev1_fvc_ratio"), 0.7),
            None,
            both(of(row, "pah"), None),
            None,
            None,
            either(above(of(row, "inr"), 2), None),
            None,
            None,
            either(of(row, "stem_cell_transplant"), None),
            of(row, "liver_disease"),
        ]

    answers = frame.apply(criteria, axis=1).tolist()
    turned = list(zip(*answers, strict=True))
    return (
        [each.count(True) for each in turned],
        [each.count(None) for each in turned],
        sum(True not in each for each in answers),
    )


def cql_folder() -> Path | None:
    """Where cql-execution is installed: the tests' folder (`make cql`), or SCLEROSCOPE_CQL; None: nowhere."""
    folder = Path(os.environ.get("SCLEROSCOPE_CQL", CQL))
    return folder if (folder / "node_modules" / "cql-execution").is_dir() else None


def by_cql(folder: Path, reading: Reading, people: list[dict[str, Any]]) -> tuple[Any, float]:
    """The same with cql-execution on the exported CQL; and its processor seconds, translation left out."""
    from scleroscope.criteria.exchange.cql import facts_for_cql, to_cql
    from scleroscope.model.criterion import Eligibility
    from scleroscope.patients.profile import patient

    given = {
        "cql": to_cql(Eligibility(clauses=reading.clauses), reading.id),
        "patients": [facts_for_cql(patient(one)) for one in people],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(given, file)
        file.flush()
        with Path(file.name).open() as opened:
            done = subprocess.run(
                ["node", str(folder / "run.mjs")], stdin=opened, capture_output=True, text=True, check=True
            )
    answers = json.loads(done.stdout)
    ids = [(clause.id, clause.kind == "exclusion") for clause in reading.clauses]
    stands = [[_opposed(one[name], opposite=not exclusion) for name, exclusion in ids] for one in answers]
    turned = list(zip(*stands, strict=True))
    counts = (
        [each.count(True) for each in turned],
        [each.count(None) for each in turned],
        sum(True not in each for each in stands),
    )
    return counts, float(json.loads(done.stderr.splitlines()[-1])["seconds"])


def _opposed(value: bool | None, *, opposite: bool) -> bool | None:
    return value if value is None or not opposite else not value
