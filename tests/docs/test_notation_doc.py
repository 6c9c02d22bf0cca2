"""Every line of docs/notation.md is notation, and its mistakes are the mistakes that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scleroscope.criteria.notation import NotationError, format_tree, parse

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "notation.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
MISTAKES = re.findall(r"^(\S.*?)  +column (\d+): (.+)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", LINES)
def test_a_documented_line_is_notation(line: str) -> None:
    tree = parse(line)
    assert parse(format_tree(tree)) == tree


@pytest.mark.parametrize(("line", "column", "message"), MISTAKES)
def test_a_documented_mistake_is_told_so(line: str, column: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        parse(line)
    assert caught.value.column == int(column)
    assert str(caught.value).startswith(f"column {column}: {message.rstrip('?')}")


def test_the_page_has_lines_and_mistakes() -> None:
    assert len(LINES) > 25
    assert len(MISTAKES) == 4
