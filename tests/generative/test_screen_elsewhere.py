"""A cohort gives the same answers in a file, in memory, in DuckDB and on Spark, in any order of rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from tests.generative.test_screen_laws import holed

from scleroscope.api.screen import Screening, screen_cohort, whatif
from scleroscope.catalogue import Catalogue, open_catalogue
from scleroscope.catalogue.shipped import shipped_catalogue, shipped_studies
from scleroscope.match.elsewhere import counted_elsewhere, masks_elsewhere
from scleroscope.match.masks import masks
from scleroscope.match.match import prepare
from scleroscope.match.readings import readings
from scleroscope.match.screen import Tally, counted, screen
from scleroscope.patients.cohort import cohort
from scleroscope.patients.elsewhere import ready
from scleroscope.patients.files import PatientError

SOME = ("NCT02453256", "NCT01532869", "NCT03398837")


@pytest.fixture(scope="module")
def catalogue() -> Iterator[Catalogue]:
    with open_catalogue(shipped_catalogue(), read_only=True) as opened:
        yield opened


def frame(rows: int = 300) -> pl.DataFrame:
    # Words as people write them, and in no order of ids.
    found = holed(rows, 21).with_columns(
        pl.col("subset").str.to_titlecase(), pl.col("sex").str.to_uppercase()
    )
    return found.sample(fraction=1, shuffle=True, seed=1)


def rows_of(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path).sort("trial", "id")


def test_tables_files_and_relations_are_screened_alike(catalogue: Catalogue, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    whole = frame()
    whole.write_parquet(tmp_path / "c.parquet")
    with duckdb.connect(str(tmp_path / "c.duckdb")) as connection:
        connection.execute(f"create table people as from '{tmp_path / 'c.parquet'}'")
        connection.execute("create table wards (ward text)")
    cohorts: dict[str, Any] = {
        "parquet": tmp_path / "c.parquet",
        "duckdb": tmp_path / "c.duckdb",
        "frame": whole,
        "lazy": whole.lazy(),
        "arrow": whole.to_arrow(),
        "relation": duckdb.connect().from_arrow(whole.to_arrow()),
    }
    found: dict[str, Screening] = {}
    for name, each in cohorts.items():
        out = tmp_path / f"{name}.out.parquet"
        found[name] = screen_cohort(catalogue, each, studies=SOME, out=out, batch=70)
        assert found[name] == found["parquet"], name
        assert rows_of(out).equals(rows_of(tmp_path / "parquet.out.parquet")), name
    one, other = (whatif(catalogue, SOME[0], cohorts[name], drop=["I1"]) for name in ("frame", "relation"))
    assert one == other


def agree_elsewhere(native: Any, whole: pl.DataFrame, step: int) -> None:
    trials = tuple(one for one in readings(shipped_studies()[::step]) if one.clauses)
    here = cohort(whole)
    there = ready(nw.from_native(native).lazy())
    expected = {reading.id: (reading, found) for reading, found in screen(here, prepare(trials))}
    seen = 0
    for reading, counts in counted_elsewhere(there, trials):
        one, other = Tally(reading), Tally(reading)
        one.add(counts)
        other.add(counted(expected[reading.id][1]))
        assert one.done() == other.done()
        seen += 1
    assert seen == len(trials)
    for ids, reading, held in masks_elsewhere(there, trials):
        place = here.select("id").with_row_index("place")
        order = ids.join(place, on="id", how="left", maintain_order="left")["place"].to_numpy()
        local = masks(expected[reading.id][1], here.height)
        assert (held.not_met == local.not_met[order]).all()
        assert (held.unknown == local.unknown[order]).all()


def test_an_engine_counts_and_answers_every_cell_as_here() -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    whole = frame(120)
    with duckdb.connect() as connection:
        agree_elsewhere(connection.from_arrow(whole.to_arrow()), whole, 40)


@pytest.mark.slow
def test_an_engine_answers_every_cell_of_every_trial_as_here() -> None:
    duckdb = pytest.importorskip("duckdb")
    whole = frame(200)
    with duckdb.connect() as connection:
        agree_elsewhere(connection.from_arrow(whole.to_arrow()), whole, 1)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local[1]").appName("scleroscope")
    for key in ("spark.sql.shuffle.partitions", "spark.default.parallelism"):
        builder = builder.config(key, "1")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.filterwarnings("ignore")
def test_spark_is_screened_where_it_lives(spark: Any, catalogue: Catalogue, tmp_path: Path) -> None:
    whole = frame(200)
    whole.write_parquet(tmp_path / "c.parquet")
    there = spark.read.parquet(str(tmp_path / "c.parquet"))
    answers = [
        screen_cohort(catalogue, each, studies=SOME, out=tmp_path / f"{number}.parquet")
        for number, each in enumerate((whole, there))
    ]
    assert answers[0] == answers[1]
    assert rows_of(tmp_path / "0.parquet").equals(rows_of(tmp_path / "1.parquet"))
    agree_elsewhere(there, whole, 8)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"id": ["a"], "mrrs": [1.0]}, "did you mean mrss"),
        ({"id": ["a"], "mrss": ["secret"]}, "mrss: a column of a number is needed"),
        ({"id": ["a"], "fvc_percent_predicted": [680.0]}, "outside the plausible range"),
        ({"id": ["a", "a"], "mrss": [1.0, 2.0]}, "with an id that another row has"),
        ({"id": ["a", None], "mrss": [1.0, 2.0]}, "without one"),
        ({"id": ["a"], "subset": ["secret"]}, "must be one of"),
    ],
)
def test_a_mistake_in_an_engine_names_column_and_rule_and_no_value(
    columns: dict[str, Any], said: str
) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    table = pl.DataFrame(columns).to_arrow()
    with duckdb.connect() as connection, pytest.raises(PatientError) as caught:
        ready(nw.from_native(connection.from_arrow(table)).lazy())
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "680" not in str(caught.value)
