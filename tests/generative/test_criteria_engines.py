"""Every engine gives every patient the answer that `evaluate` gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scleroscope.criteria.compile import screen
from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.planes import unpacked
from scleroscope.knowledge.fields import fields
from scleroscope.match.match import prepare
from scleroscope.match.readings import Reading
from scleroscope.match.screen import screen as planes_of
from scleroscope.model.criterion import Clause, Criterion
from scleroscope.model.truth import truth
from scleroscope.patients.profile import patient

pl = pytest.importorskip("polars")

TREATMENT = {
    "name": pl.String,
    "taking": pl.Boolean,
    "dose": pl.String,
    "stable_weeks": pl.Float64,
    "weeks_since_last": pl.Float64,
    "total_weeks": pl.Float64,
    "route": pl.String,
    "intolerant": pl.Boolean,
}
TYPES = {"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}
SCHEMA = {
    "id": pl.String,
    **{one.id: TYPES[one.type] for one in fields().values()},
    "treatments": pl.List(pl.Struct(TREATMENT)),
    "complete": pl.List(pl.String),
}

Answers = Callable[[Any, dict[str, Criterion]], list[dict[str, Any]]]


def on_polars(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
    return screen(frame, trees).to_dicts()


def on_lazy_polars(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
    return screen(frame.lazy(), trees).collect().to_dicts()


def on_planes(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
    clauses = tuple(
        Clause(id=name, kind="inclusion", text="", start=0, end=0, tree=tree, reading="computable")
        for name, tree in trees.items()
    )
    trials = prepare((Reading(id="T", clauses=clauses, plain=("",) * len(clauses), how="curated"),))
    ((_, found),) = planes_of(frame, trials)
    no, unknown = unpacked(found.not_met, frame.height), unpacked(found.unknown, frame.height)
    return [
        {"id": identity} | {name: None if unknown[n, row] else not no[n, row] for n, name in enumerate(trees)}
        for row, identity in enumerate(frame["id"])
    ]


def on_duckdb(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
    duckdb = pytest.importorskip("duckdb")
    table = frame.to_arrow()
    with duckdb.connect() as connection:
        return screen(connection.from_arrow(table), trees).pl().to_dicts()


def cohort(records: list[dict[str, Any]]) -> Any:
    rows = [
        {name: record.get(name) for name in SCHEMA}
        | {"treatments": [{key: one.get(key) for key in TREATMENT} for one in record.get("treatments", [])]}
        for record in records
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def agree(answers: Answers, records: list[dict[str, Any]], trees: dict[str, Criterion]) -> None:
    found = {row["id"]: row for row in answers(cohort(records), trees)}
    assert len(found) == len(records)
    for record in records:
        one = patient(record)
        for name, tree in trees.items():
            assert truth(found[record["id"]][name]) is evaluate(tree, one), (name, tree, record)


def numbered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record | {"id": f"p{number}"} for number, record in enumerate(records)]


def drawn(some: SimpleNamespace, data: st.DataObject) -> tuple[list[dict[str, Any]], dict[str, Criterion]]:
    records = [
        record | {"id": f"p{n}"} for n, record in enumerate(data.draw(st.lists(some.patients(), max_size=6)))
    ]
    trees = data.draw(st.lists(some.trees, min_size=1, max_size=4))
    return records, {f"t{n}": tree for n, tree in enumerate(trees)}


slow_start = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


@pytest.mark.parametrize("answers", [on_polars, on_lazy_polars])
@settings(max_examples=15, deadline=None, suppress_health_check=slow_start)
@given(data=st.data())
def test_polars_agrees(answers: Answers, some: SimpleNamespace, data: st.DataObject) -> None:
    agree(answers, *drawn(some, data))


@settings(max_examples=6, deadline=None, suppress_health_check=slow_start)
@given(data=st.data())
def test_duckdb_agrees(some: SimpleNamespace, data: st.DataObject) -> None:
    agree(on_duckdb, *drawn(some, data))


def many_treated(some: SimpleNamespace, seed: int) -> tuple[list[dict[str, Any]], dict[str, Criterion]]:
    """Many treatment leaves and many treated patients at once, so that every bound is met by some dose."""
    chance = Random(seed)
    leaves = {f"t{number}": some.random_taking(chance) for number in range(120)}
    return numbered([some.random_treated(chance) for _ in range(200)]), leaves


@pytest.mark.parametrize(
    ("answers", "seed"),
    [(on_lazy_polars, 1), (on_lazy_polars, 5), (on_planes, 1), (on_planes, 2), (on_planes, 5)],
)
def test_polars_agrees_on_treatments(answers: Answers, some: SimpleNamespace, seed: int) -> None:
    agree(answers, *many_treated(some, seed))


@settings(max_examples=150, deadline=None, suppress_health_check=slow_start)
@given(data=st.data())
def test_planes_agree(some: SimpleNamespace, data: st.DataObject) -> None:
    agree(on_planes, *drawn(some, data))


def test_duckdb_agrees_on_treatments(some: SimpleNamespace) -> None:
    records, trees = many_treated(some, 3)
    agree(on_duckdb, records, dict(list(trees.items())[:50]))


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local[1]").appName("scleroscope")
    settings_ = {
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
        "spark.default.parallelism": "1",
    }
    for key, value in settings_.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=5, deadline=None, suppress_health_check=slow_start)
@given(data=st.data())
def test_spark_agrees(spark: Any, some: SimpleNamespace, data: st.DataObject) -> None:
    def on_spark(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
        rows = spark.createDataFrame(frame.to_dicts(), schema=_spark_schema())
        return [row.asDict() for row in screen(rows, trees).collect()]

    agree(on_spark, *drawn(some, data))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_spark_agrees_on_treatments(spark: Any, some: SimpleNamespace) -> None:
    def on_spark(frame: Any, trees: dict[str, Criterion]) -> list[dict[str, Any]]:
        rows = spark.createDataFrame(frame.to_dicts(), schema=_spark_schema())
        return [row.asDict() for row in screen(rows, trees).collect()]

    records, trees = many_treated(some, 4)
    agree(on_spark, records[:50], dict(list(trees.items())[:30]))


def _spark_schema() -> str:
    names = {pl.String: "string", pl.Boolean: "boolean", pl.Float64: "double"}
    inner = ", ".join(f"{name}: {names[kind]}" for name, kind in TREATMENT.items())
    flat = [
        f"{name} {names[kind]}" for name, kind in SCHEMA.items() if name not in ("treatments", "complete")
    ]
    return ", ".join([*flat, f"treatments array<struct<{inner}>>", "complete array<string>"])
