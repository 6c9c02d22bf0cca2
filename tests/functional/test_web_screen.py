"""A cohort in the browser: whom each trial could take, whom each criterion costs, and nothing is left."""

from __future__ import annotations

import io
import logging
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.functional.asgi import Client
from tests.functional.browser import site

pytest.importorskip("fastapi")

TABLE = "id,age,subset,mrss,pregnant,breastfeeding,dialysis,fvc_percent_predicted\n" + "".join(
    f"p{number},{age},diffuse,20,false,false,false,{fvc}\n"
    for number, (age, fvc) in enumerate([(50, 80), (50, 40), (80, 80), (80, 40), (50, "")])
)
MARK = "Zyxwvut"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    from scleroscope.web.app import create_app

    return Client(create_app(site.catalogue(tmp_path_factory.mktemp("screen"))))


def ask(
    client: Client, table: bytes | str = TABLE, name: str = "c.csv", path: str = "/screen", **fields: Any
) -> Any:
    content = table.encode() if isinstance(table, str) else table
    return client.post(path, files={"file": (name, content)}, data=fields)


def test_every_open_trial_tells_whom_it_could_take_and_what_each_criterion_costs(client: Client) -> None:
    found = ask(client, path="/screen.json").json()["screening"]
    (trial,) = found["trials"]
    assert found["patients"] == 5
    # One is within all bounds (but for what was not read), one of whom FVC is unknown; three are ruled out.
    assert trial["counts"] == {"eligible": 0, "possible": 2, "not_known": 0, "ineligible": 3}
    falls = {step["id"]: step["not_met"] for step in trial["attrition"]}
    assert falls["I1"] == 2  # both of 80 years
    page = ask(client)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "5 patients against 1 trial" in page.text
    assert re.search(r"<strong>2</strong> perhaps, 3 are ruled out", page.text)


def test_what_if_tells_who_is_gained(client: Client) -> None:
    page = ask(client, trial="SOFT", drop="I1").text
    assert "1 more patient would not be ruled out without I1" in page
    page = ask(client, trial="SOFT", relax="fvc_percent_predicted < 30").text
    assert "would not be ruled out with fvc_percent_predicted &lt; 30" in page


def test_unknown_rules_nobody_out(client: Client) -> None:
    found = ask(client, "id,age\na,\nb,\n", path="/screen.json").json()["screening"]["trials"][0]
    assert found["counts"]["ineligible"] == 0


def test_virtual_people_can_be_screened_without_a_table(client: Client) -> None:
    answer = client.post("/screen", files={"x": ("", b"")}, data={"cohort": "virtual"})
    assert answer.status_code == 200
    assert "5,000 patients (virtual)" in answer.text


def test_a_parquet_table_is_taken(client: Client, tmp_path: Path) -> None:
    import polars as pl

    table = io.BytesIO()
    pl.read_csv(io.StringIO(TABLE)).write_parquet(table)
    assert "5 patients" in ask(client, table.getvalue(), "c.parquet").text


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("c.csv", ""), ("c.csv", "id\n"), ("c.csv", "nonsense\n1\n"), ("c.csv", b"\xff\xfe\x00"),
        ("c.csv", f"id,age\na,{MARK}\n"), ("c.parquet", "PAR1 no"), ("c.xlsx", "x"), ("", "id,age\na,1\n"),
        ("../../c.csv", "id,id\n1,1\n"), ("c.csv", "id,age\n" + "a,1\n" * 200_002),
    ],
)  # fmt: skip
def test_a_table_that_is_none_is_told_so_without_quoting_it(client: Client, name: str, table: Any) -> None:
    answer = ask(client, table, name)
    assert answer.status_code == 400
    assert MARK not in answer.text
    assert tempfile.gettempdir() not in answer.text


def test_a_table_that_unpacks_to_too_much_is_refused_before_it_is_read(client: Client) -> None:
    import polars as pl

    def packed(frame: pl.DataFrame) -> bytes:
        file = io.BytesIO()
        frame.write_parquet(file, compression="zstd")
        return file.getvalue()

    rows = packed(pl.select(id=pl.int_range(3_000_000).cast(pl.String), smoker=pl.lit(value=True)))
    assert "larger than is taken here" in ask(client, rows, "c.parquet").text
    wide = packed(pl.select(id=pl.lit("x" * 60_000).repeat_by(9_000).explode()))
    assert len(wide) < 2_000_000
    assert "larger than is taken here" in ask(client, wide, "c.parquet").text


def test_a_table_is_taken_in_no_further_than_it_may_be_large(client: Client) -> None:
    assert ask(client, b"id\n" + b"a\n" * 26_000_000).status_code == 413


@pytest.mark.parametrize("trial", ["NCT0", "../../etc", "<script>alert(1)</script>"])
def test_a_trial_that_is_not_there_is_told_so(client: Client, trial: str) -> None:
    answer = ask(client, trial=trial)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("relax", ["mrss", "drop table", "mrss >= ", "a\r\nX: y"])
def test_a_bound_that_is_none_is_told_so(client: Client, relax: str) -> None:
    assert ask(client, trial="SOFT", relax=relax).status_code == 400


def test_another_site_cannot_send_a_form_without_a_file(client: Client) -> None:
    assert client.post("/screen", data={"cohort": "virtual"}).status_code == 415


def test_nothing_of_a_table_is_logged_or_left(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    large = "id,malignancy_type\n" + "".join(f"{MARK}{number},{MARK}\n" for number in range(100_000))
    for table in (large, f"id,age\n{MARK},{MARK}\n", f"id,{MARK}\n1,2\n"):
        assert ask(client, table).status_code in (200, 400)
    ours = [each for each in caplog.records if not each.name.startswith(("httpx", "asyncio", "httpcore"))]
    assert not any(MARK in each.getMessage() for each in ours)
    told = capfd.readouterr()
    assert MARK not in told.out + told.err
    assert not list(tmp_path.iterdir())
