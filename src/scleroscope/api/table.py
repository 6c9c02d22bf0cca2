"""A cohort table that somebody brings to a page: bounded before it is read, by what it really unpacks to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from scleroscope.api.match import PatientError
from scleroscope.model.problem import BadRequest

__all__ = ["ROWS", "UNPACKED", "brought_table"]

ROWS = 200_000
UNPACKED = 400_000_000  # bytes
_PIECE = 1 << 20
_BATCH = 10_000


@contextmanager
def brought_table(source: BinaryIO, name: str) -> Iterator[Path]:
    """The table as a file, for as long as the block lasts; then it is deleted. PatientError when too large.

    `name` is the file's own, of which only the ending counts.
    """
    ending = Path(name).suffix.lower()
    if ending not in (".csv", ".parquet"):
        raise PatientError("a cohort is a .csv or a .parquet file")
    with TemporaryDirectory(prefix="scleroscope-") as folder:
        path = Path(folder) / f"cohort{ending}"
        with path.open("xb") as file:
            lines = 0
            while piece := source.read(_PIECE):
                lines += piece.count(b"\n")
                file.write(piece)
        if ending == ".csv" and lines > ROWS + 1:
            raise _too_large()
        if ending == ".parquet":
            _unpack(path)
        try:
            yield path
        except BadRequest as error:
            raise BadRequest(str(error).replace(f"{path}: ", "")) from None


def _unpack(path: Path) -> None:
    """Hold a Parquet file against the limits: first what it says of itself, then what it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as table:
            told = table.metadata
            size = sum(told.row_group(place).total_byte_size for place in range(told.num_row_groups))
            if told.num_rows > ROWS or size > UNPACKED:
                raise _too_large()
            rows, held = 0, 0
            for batch in table.iter_batches(batch_size=_BATCH):
                rows, held = rows + batch.num_rows, held + batch.nbytes
                if rows > ROWS or held > UNPACKED:
                    raise _too_large()
    except PatientError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise PatientError("not a Parquet file") from None


def _too_large() -> PatientError:
    return PatientError(
        f"larger than is taken here: at most {ROWS:,} patients and {UNPACKED // 1_000_000} MB unpacked "
        "(`scleroscope screen` has no such limit)"
    )
