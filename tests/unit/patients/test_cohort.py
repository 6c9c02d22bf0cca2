"""Cohorts: what is accepted, and how a mistake is told without telling a patient's data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from scleroscope.patients.cohort import cohort, read_batches
from scleroscope.patients.files import PatientError


def whole(path: Path, ignore: Sequence[str] = ()) -> pl.DataFrame:
    return pl.concat(read_batches(path, ignore))


def csv(folder: Path, content: str | bytes) -> Path:
    path = folder / "c.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no patients"),
        ("id,mrss\n", "no patients"),
        ("id,mrrs\na,88\n", "did you mean mrss"),
        ("id,mrss,mrss\na,1,2\n", "'mrss' is there twice"),
        ("id,mrss\na,88\n", "mrss: 1 row outside the plausible range 0 to 51 points"),
        ("id,fvc_percent_predicted\na,680\nb,70\n", "fvc_percent_predicted: 1 row outside"),
        ("id,mrss\na,secret\n", "mrss: a number is needed"),
        ("id,pregnant\na,secret\n", "pregnant: true or false"),
        ("id,subset\na,secret\n", "subset: must be one of"),
        ("id,mrss\na,1\na,2\n", "id: 1 row with an id that another row has"),
        ("id,mrss\n,1\n", "id: 1 row without one"),
        ("mrss\n1\n", "id: every patient needs one"),
        ("id,mrss\na,1,2,3\n", "cannot be read as a table"),
        ("id,country\na,Österreich\n".encode("latin-1"), "not UTF-8 text (line 2"),
        ('id,treatments\na,"[{""name"": ""x"", ""route"": ""secret""}]"\n', "route: must be one of"),
        ("id,treatments\na,secret\n", "not JSON"),
    ],
)
def test_a_mistake_names_column_and_rule_and_no_value(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    with pytest.raises(PatientError) as caught:
        whole(csv(tmp_path, content))
    # The folder's own name may hold any digits.
    told = str(caught.value).replace(str(tmp_path), "")
    assert said in told
    assert "secret" not in told
    assert "680" not in told
    assert "88" not in told


def test_what_is_not_stated_is_unknown(tmp_path: Path) -> None:
    found = whole(csv(tmp_path, "id,mrss,pregnant,subset\na,,,\nb,NA,no,Diffuse\nc,12.5,TRUE,limited\n"))
    assert found.rows() == [
        ("a", None, None, None), ("b", None, False, "diffuse"), ("c", 12.5, True, "limited")
    ]  # fmt: skip


def test_not_a_number_is_unknown_and_not_large() -> None:
    frame = cohort(pl.DataFrame({"id": [1, 2], "mrss": [float("nan"), 3.0]}))
    assert frame.rows() == [("1", None), ("2", 3.0)]


def test_a_column_can_be_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,mrss,ward\na,12,7\n")
    with pytest.raises(PatientError, match="--ignore leaves a column out"):
        whole(path)
    assert whole(path, ["ward"]).columns == ["id", "mrss"]


def test_treatments_of_a_cell_are_those_of_a_file(tmp_path: Path) -> None:
    cell = '"[{""name"": ""CellCept"", ""taking"": true, ""route"": ""oral""}]"'
    found = whole(csv(tmp_path, f"id,treatments,complete\na,{cell},treatments\n"))
    assert found["treatments"][0][0]["name"] == "CellCept"
    assert found["complete"][0].to_list() == ["treatments"]


@pytest.mark.parametrize("name", ["c.parquet", "c.xlsx"])
def test_what_is_no_table_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"secret")
    with pytest.raises(PatientError):
        whole(tmp_path / name)


def test_rows_of_a_later_batch_are_named_and_an_id_that_comes_again_is_seen(tmp_path: Path) -> None:
    lines = [f"p{number},{number % 40}" for number in range(90)]
    path = csv(tmp_path, "\n".join(["id,mrss", *lines, "q,77"]))
    with pytest.raises(PatientError, match=r"mrss: 1 row outside .* \(rows 81 to 91\)"):
        list(read_batches(path, size=40))
    path = csv(tmp_path, "\n".join(["id,mrss", *lines, "p3,1"]))
    with pytest.raises(PatientError, match="id: 1 row with an id that another row has"):
        list(read_batches(path, size=40))
    path = csv(tmp_path, "\n".join(["id,mrss", *lines]))
    assert [rows.height for rows in read_batches(path, size=40)] == [40, 40, 10]
