"""Seconds from process start, beside the limit: an interpreter that only imports Polars.

    python benchmarks/start_up.py

Aims: `import scleroscope` and `--help` under 0.3 s, `overview` on the shipped catalogue under 1 s.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
COMMAND = ("-m", "scleroscope")
CASES = {
    "python alone": ("-c", "pass"),
    "import polars (the limit)": ("-c", "import polars"),
    "import scleroscope": ("-c", "import scleroscope"),
    "scleroscope --help": (*COMMAND, "--help"),
    "scleroscope overview": (*COMMAND, "overview"),
    "scleroscope search": (*COMMAND, "search", "digital ulcers"),
}


def seconds(arguments: tuple[str, ...]) -> float:
    """The median wall time of several runs, the first (which may fill caches) not counted."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    limit = 0.0
    for name, arguments in CASES.items():
        taken = seconds(arguments)
        limit = taken if "limit" in name else limit
        ratio = f"  {taken / limit:.1f} × the limit" if limit else ""
        print(f"{name:28} {taken:6.2f} s{ratio}")


if __name__ == "__main__":
    main()
