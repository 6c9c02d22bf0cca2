"""The one way in which a knowledge file is written, and the command that brings it there.

    python -m scleroscope.knowledge.format           rewrite what differs
    python -m scleroscope.knowledge.format --check   only name what differs; exit code 1 if anything does

Rows stand in order of their id, the parts of a list in alphabetical order and once each, cells
without blanks around them; quotes only where the comma asks for them.
"""

from __future__ import annotations

import csv
import sys
from importlib.resources import files
from io import StringIO
from pathlib import Path

from scleroscope.knowledge.load import LIST_MARK, cells, rows

# Table → columns that hold lists whose order means nothing.
TABLES: dict[str, tuple[str, ...]] = {
    "classes": ("aliases", "family", "parent"),
    "conditions": ("aliases", "implies"),
    "drugs": ("aliases", "atc", "classes", "rxnorm", "targets"),
    "families": (),
    "half_lives": (),
    "instruments": ("aliases",),
    "mismatches": (),
    "not_treatments": (),
    "purposes": ("wording",),
    "sponsor_words": (),
    "sponsors": ("aliases",),
    "steroid_equivalents": (),
    "synonyms": ("aliases", "classes", "instruments", "manifestations", "targets", "words"),
    "targets": ("aliases",),
}


def canonical(name: str) -> str:
    """The text of one knowledge file as it should be."""
    table = rows(name)
    columns = list(table[0])
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in sorted(table, key=lambda row: row[columns[0]]):
        writer.writerow([_cell(row[column], column in TABLES[name]) for column in columns])
    return text.getvalue()


def _cell(cell: str, is_list: bool) -> str:
    if not is_list:
        return " ".join(cell.split())
    parts = {" ".join(part.split()) for part in cells(cell)} - {""}
    return LIST_MARK.join(sorted(parts, key=lambda part: (part.lower(), part)))


def main(arguments: list[str]) -> int:
    """Rewrite the files that differ from their canonical form, or with `--check` only name them."""
    folder = Path(str(files("scleroscope.knowledge") / "data"))
    differing = 0
    for name in TABLES:
        path = folder / f"{name}.csv"
        text = canonical(name)
        if path.read_text(encoding="utf-8") == text:
            continue
        differing += 1
        if "--check" in arguments:
            sys.stdout.write(f"{path}: not in canonical form; run python -m scleroscope.knowledge.format\n")
        else:
            path.write_text(text, encoding="utf-8", newline="")
            sys.stdout.write(f"{path}: rewritten\n")
    return int("--check" in arguments and differing > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
