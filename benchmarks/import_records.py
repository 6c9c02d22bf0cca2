"""What an import costs beside merely parsing the same bytes, and what a search and the overview take.

    python benchmarks/import_records.py [--studies 20000] [--memory 200000] [--real FOLDER] [--json]

The limit is the fastest JSON decoder at hand (orjson, else msgspec) over the same lines of the same
file. Each time is the best of `--repeat` runs; beside it stands the ratio in processor time (of all
processes together), which says more on a machine that others use too. Peak memory is that of a process
of its own, with what its worker processes use beside it. Aims: default import at most 2 × the bare
parse, `--all` at most 8 ×, search under 10 ms, overview under 1 s, memory that does not grow with the
number of records.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

QUERIES: dict[str, list[list[str]]] = {
    "one drug": [["tocilizumab"]],
    "a drug's synonyms and skin": [["tocilizumab", "anti-IL6", "sarilumab"], ["skin", "mRSS", "rodnan"]],
    "an id": [["NCT90000042"]],
    "a disease": [["systemic sclerosis", "scleroderma", "SSc"]],
    "worst case: five diseases": [["breast cancer", "hypertension", "asthma", "stroke", "obesity"]],
    "worst case: a phrase in every second record": [["forced vital capacity"]],
}

CHILD = """
import resource, sys, time
from pathlib import Path
from scleroscope.catalogue import intake, open_catalogue
started, used = time.perf_counter(), time.process_time()
with open_catalogue(Path(sys.argv[1])) as catalogue:
    books = intake.import_files(catalogue, [Path(sys.argv[2])], everything=sys.argv[3] == "all")
seconds = time.perf_counter() - started
peak = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
unit = 1 if sys.platform == "darwin" else 1024
assert books.complete, books
children = resource.getrusage(resource.RUSAGE_CHILDREN)
processor = time.process_time() - used + children.ru_utime + children.ru_stime
print(seconds, processor, books.stored, peak[0] * unit / 1e6, peak[1] * unit / 1e6)
"""


def decoder() -> tuple[str, Callable[[bytes], object]]:
    """The fastest JSON decoder that is installed."""
    try:
        import orjson
    except ImportError:
        import msgspec

        return "msgspec", msgspec.json.decode
    return "orjson", orjson.loads


def bare_parse(path: Path, decode: Callable[[bytes], object]) -> tuple[float, float]:
    """Seconds, and processor seconds, to read the file and decode every line."""
    started, used = time.perf_counter(), time.process_time()
    with path.open("rb") as file:
        for line in file:
            decode(line)
    return time.perf_counter() - started, time.process_time() - used


def imported(path: Path, folder: Path, scope: str) -> tuple[float, float, int, float, float, Path]:
    """Seconds, processor seconds, studies stored, peak MB of the process and a worker, the catalogue."""
    catalogue = folder / f"{scope}-{time.monotonic_ns()}.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(catalogue), str(path), scope],
        capture_output=True, text=True, check=True, env=_environment(),
    )  # fmt: skip
    seconds, processor, stored, own, worker = map(float, done.stdout.split())
    return seconds, processor, int(stored), own, worker, catalogue


def repeated(source: Path, target: Path, times: int) -> Path:
    """The lines of `source` so often, each time under other ids."""
    with target.open("wb") as file:
        for turn in range(times):
            old, new = b'"nctId":"NCT9', f'"nctId":"NCT{turn:01d}'.encode()
            with source.open("rb") as lines:
                for line in lines:
                    file.write(line.replace(old, new, 1))
    return target


def search_times(catalogue: Path) -> dict[str, tuple[int, float]]:
    """Hits and milliseconds (median of 15, with snippets of the first 20) of each query."""
    from scleroscope.catalogue import open_catalogue

    found = {}
    with open_catalogue(catalogue, read_only=True) as opened:
        for name, groups in QUERIES.items():
            taken = []
            for _ in range(15):
                started = time.perf_counter()
                hits = opened.search(groups, limit=20)
                taken.append(time.perf_counter() - started)
            found[name] = (hits.total, sorted(taken)[7] * 1000)
    return found


def overview_seconds(catalogue: Path) -> float:
    """Seconds of `scleroscope overview`, from the start of the process to its end."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "scleroscope", "overview", "--catalogue", str(catalogue)],
        capture_output=True, check=True, env=_environment(),
    )  # fmt: skip
    return time.perf_counter() - started


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120"}


def _real_lines(folder: Path, target: Path) -> Path | None:
    """The real records of the API that are beside the checkout, as plain lines."""
    import gzip

    source = folder / "data" / "bulk" / "ctgov_api_v2.jsonl.gz"
    if not source.is_file():
        return None
    with gzip.open(source) as packed:
        target.write_bytes(re.sub(rb"\n+", b"\n", packed.read()))
    return target


def measure(arguments: argparse.Namespace, folder: Path, say: Callable[[str], None]) -> dict[str, object]:
    from benchmarks.generated import write_lines

    results: dict[str, object] = {}
    name, decode = decoder()
    generated = write_lines(folder / "generated.jsonl", arguments.studies)
    inputs = [(f"{arguments.studies:,} generated", generated)]
    if arguments.real and (real := _real_lines(Path(arguments.real), folder / "real.jsonl")):
        inputs.append(("real API records", real))
    for title, path in inputs:
        megabytes = path.stat().st_size / 1e6
        bare, bare_processor = min(bare_parse(path, decode) for _ in range(arguments.repeat))
        say(f"{title}: {megabytes:.0f} MB; bare parse with {name}: {bare:.2f} s")
        for scope in ("scleroderma", "all"):
            runs = [imported(path, folder, scope) for _ in range(arguments.repeat)]
            seconds, processor, stored, own, worker, catalogue = min(runs)
            say(
                f"  import, {scope:11s}: {seconds:6.2f} s = {seconds / bare:5.1f} × bare "
                f"({processor / bare_processor:.1f} × in processor time); {stored:,} stored; "
                f"peak {own:.0f} MB, workers {worker:.0f} MB; file {catalogue.stat().st_size / 1e6:.0f} MB"
            )
            results[f"{title}, {scope}"] = {
                "seconds": seconds,
                "bare": bare,
                "ratio": seconds / bare,
                "peak": own,
            }
            if path is generated:
                results[f"catalogue {scope}"] = str(catalogue)
    full, ours = Path(str(results["catalogue all"])), Path(str(results["catalogue scleroderma"]))
    for query, (hits, milliseconds) in search_times(full).items():
        say(f"  search, {query}: {milliseconds:.1f} ms, {hits:,} hits")
        results[f"search, {query}"] = milliseconds
    for title, catalogue in (("scleroderma only", ours), ("all studies", full)):
        seconds = min(overview_seconds(catalogue) for _ in range(3))
        say(f"  overview from process start, {title}: {seconds:.2f} s")
        results[f"overview, {title}"] = seconds
    if arguments.memory:
        times = max(1, arguments.memory // arguments.studies)
        many = repeated(generated, folder / "many.jsonl", min(times, 10))
        for scope in ("scleroderma", "all") if arguments.memory_all else ("scleroderma",):
            seconds, _, _, own, worker, _ = imported(many, folder, scope)
            count = arguments.studies * min(times, 10)
            say(f"{count:,} records, {scope}: {seconds:.1f} s, peak {own:.0f} MB, workers {worker:.0f} MB")
            results[f"many, {scope}"] = {"seconds": seconds, "peak": own}
    return results


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--studies", type=int, default=20_000)
    parser.add_argument("--memory", type=int, default=200_000, help="records of the memory run; 0: none")
    parser.add_argument("--memory-all", action="store_true", help="the memory run with --all as well (slow)")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--real", default=str(ROOT.parent / "shared"))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        say = (lambda text: print(text, file=sys.stderr)) if arguments.json else print
        results = measure(arguments, Path(folder), say)
    if arguments.json:
        print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
