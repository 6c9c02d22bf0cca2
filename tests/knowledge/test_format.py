from __future__ import annotations

from importlib.resources import files

import pytest

from scleroscope.knowledge import format as knowledge_format

REPAIR = "run: python -m scleroscope.knowledge.format"


@pytest.mark.parametrize("name", knowledge_format.TABLES)
def test_files_are_written_the_one_way(name):
    text = (files("scleroscope.knowledge") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    assert text == knowledge_format.canonical(name), REPAIR


def test_check_names_nothing_when_all_is_well(capsys):
    assert knowledge_format.main(["--check"]) == 0
    assert capsys.readouterr().out == ""
