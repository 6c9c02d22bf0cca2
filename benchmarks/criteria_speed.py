"""How many criteria a second are read, on one core.

    python benchmarks/criteria_speed.py TEXTS.jsonl.gz [--every N]

Each line is an object with `eligibilityCriteria`. Printed: criteria, seconds of processor time, criteria a
second (the aim is 5,000), the slowest text, and the time of an adversarial text of 200,000 characters.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import time
from pathlib import Path

from scleroscope.criteria.read import read

AIM = 5_000
ADVERSARIES = (
    "age > 18 or ",
    "(",
    "1. FVC < 5 ",
    "- HIV\n",
    "no ",
    "at least one of ",
    "Inclusion criteria: ",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--every", type=int, default=10, help="read each Nth text")
    given = parser.parse_args()
    with gzip.open(given.texts, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["eligibilityCriteria"] or "" for line in lines][:: given.every]
    begin = time.process_time()
    read("Age > 18")  # compiles the vocabulary
    print(f"vocabulary compiled in    {time.process_time() - begin:.3f} s")
    gc.freeze()
    slowest = 0.0
    count = 0
    begin = time.process_time()
    for text in texts:
        start = time.process_time()
        count += len(read(text).clauses)
        slowest = max(slowest, time.process_time() - start)
    seconds = time.process_time() - begin
    print(f"texts                     {len(texts)}")
    print(f"criteria                  {count}")
    print(f"criteria a second         {count / seconds:.0f}   aim ≥ {AIM}")
    print(f"slowest text              {slowest:.3f} s")
    for unit in ADVERSARIES:
        text = unit * (200_000 // len(unit))
        start = time.process_time()
        read(text)
        print(f"200,000 characters of {unit.strip()!r:24} {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
