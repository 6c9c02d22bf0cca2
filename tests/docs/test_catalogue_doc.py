"""docs/catalogue.md says what is so: its examples run, its tables are the tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.invented import trial

from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.intake import import_files

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def test_every_sql_example_runs_and_every_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_text(json.dumps(trial()))
    with open_catalogue(tmp_path / "c.sqlite") as catalogue:
        import_files(catalogue, [tmp_path / "records.jsonl"])
        run = catalogue.connection.execute
        examples = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
        assert len(examples) == 3
        for example in examples:
            run(example).fetchall()
        tables = {row[0] for row in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))))
    assert told == {name for name in tables if not name.startswith("texts_")} - {"meta"}


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("records.jsonl").write_text(json.dumps(trial()))
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(example, {})
