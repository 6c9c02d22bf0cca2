"""Records of invented trials beside the studies that they must become.

After a change that is meant, run pytest with `WRITE_GOLDEN=1` and read the difference line by line.
"""

import json
import os
from pathlib import Path

import msgspec
import pytest

from scleroscope.model.study import Study
from scleroscope.registries.ctgov import read
from scleroscope.registries.files import records
from scleroscope.registries.record import RawRecord

HERE = Path(__file__).parent / "ctgov"
RECORDS = sorted(
    path for path in HERE.iterdir() if path.suffix in (".xml", ".json") and ".study" not in path.suffixes
)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_a_record_becomes_the_study_beside_it(path: Path) -> None:
    (record,) = records(path)
    assert isinstance(record, RawRecord)
    study = read(record)
    golden = path.with_suffix(".study.json")
    written = json.loads(msgspec.json.encode(study))
    if os.environ.get("WRITE_GOLDEN"):
        golden.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert written == json.loads(golden.read_text(encoding="utf-8"))
    assert msgspec.json.decode(golden.read_bytes(), type=Study) == study
