"""A new catalogue, and files to import into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scleroscope.catalogue import Catalogue, open_catalogue


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with open_catalogue(tmp_path / "catalogue.sqlite") as opened:
        yield opened


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """Write records (or raw text) as JSON lines: `lines("a.jsonl", trial(), "not json")`."""

    def _write(name: str, *records: dict[str, Any] | str) -> Path:
        path = tmp_path / name
        texts = [each if isinstance(each, str) else json.dumps(each) for each in records]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return path

    return _write
