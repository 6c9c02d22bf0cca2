"""Trials and tables into files that other tools read. Written aside and renamed: never half a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scleroscope.model.problem import BadRequest, Problem

if TYPE_CHECKING:
    from polars import DataFrame

Format = Literal["csv", "parquet", "jsonl"]
SUFFIXES: dict[str, Format] = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LIST_MARK = " | "


def format_of(path: Path) -> Format:
    """The format that a file's name asks for; BadRequest lists the known ones."""
    if kind := SUFFIXES.get(path.suffix.lower()):
        return kind
    raise BadRequest(f"{path}: end the name in {', '.join(SUFFIXES)}, or say --format")


def as_text(frame: DataFrame, kind: Format) -> str:
    """The frame as CSV (lists joined by ` | `) or JSON lines; BadRequest for Parquet, which is not text."""
    if kind == "parquet":
        raise BadRequest("Parquet is not text: name a file with --to")
    return flat(frame).write_csv() if kind == "csv" else frame.write_ndjson()


def write(frame: DataFrame, path: Path, kind: Format | None = None) -> Path:
    """Write a frame to a file, in the format that its name asks for."""
    writers: dict[Format, Callable[[Path], object]] = {
        "csv": flat(frame).write_csv,
        "jsonl": frame.write_ndjson,
        "parquet": frame.write_parquet,
    }
    aside(path, writers[kind or format_of(path)])
    return path


def write_tables(tables: Mapping[str, DataFrame], folder: Path) -> list[Path]:
    """Write each table as a Parquet file of that name into the folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write(table, folder / f"{name}.parquet") for name, table in tables.items()]


def aside(path: Path, writer: Callable[[Path], object]) -> None:
    """Let `writer` write a file beside `path`, then put it in its place in one step."""
    if not path.parent.is_dir():
        raise Problem(f"{path}: there is no folder {path.parent}; make it, or name another place")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        writer(unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise Problem(f"{path}: {error.strerror or error}; make room, or name another place") from None
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def flat(frame: DataFrame) -> DataFrame:
    """Lists as text, for formats that have none."""
    import polars as pl

    lists = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(pl.col(lists).list.join(LIST_MARK)) if lists else frame
