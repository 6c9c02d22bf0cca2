"""How well eligibility texts are read, on hand-labelled probes, beside a threshold regex.

    python benchmarks/criteria_accuracy.py PROBES.jsonl TEXTS_FOLDER [--json]

A probe is a patient, a place in a text and what the criterion there must answer (`expect`):
`not_met`, `met`, `unknown`, `not_excluded` (anything but not_met), `no_not_met` (nothing in the text
may keep the patient out). The first line of a text is its source address. Printed by measure:
exclusions found, wrong exclusions, met answered, unknown kept; how much of the texts is understood;
characters accounted for. The same for two halves of the files, told apart by a hash of their names.

The baseline is what a user could have instead in an afternoon: one regex for
"measure, sign, number" in each entry, over the measures whose names it knows.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from scleroscope.criteria.evaluate import evaluate
from scleroscope.criteria.normal import normal
from scleroscope.criteria.read import read
from scleroscope.criteria.split import split
from scleroscope.knowledge.load import cells, rows
from scleroscope.model.criterion import All, Clause, Compare, Criterion, Eligibility, Opaque
from scleroscope.model.patient import Patient
from scleroscope.model.truth import Truth
from scleroscope.patients.profile import patient

AIMS = {"exclusions_found": 0.90, "wrong_exclusions": 0.005, "met_answered": 0.80, "unknown_kept": 0.70}


def baseline(text: str) -> Eligibility:
    """One regex a measure, in the field's own unit, joined by "and"; all other entries opaque."""
    patterns = [
        (
            cells(row["fields"])[0],
            re.compile(rf"\b{re.escape(word)}\b[^.;<>≥≤=]{{0,25}}?([<>≥≤]=?)\s*([\d.]+)"),
        )
        for row in rows("phrases_measures")
        if row["fields"]
        for word in cells(row["words"])[:3]
    ]
    plain = normal(text)
    clauses = []
    for number, piece in enumerate(p for p in split(text) if p.role == "criterion"):
        found = [
            _threshold(field, match[1], match[2])
            for field, pattern in patterns
            if (match := pattern.search(plain, piece.start, piece.end)) and match[2].strip(".")
        ]
        body = text[piece.start : piece.end]
        tree: Criterion = All(parts=tuple(found)) if found else Opaque(text=body)
        clauses.append(
            Clause(
                id=str(number), kind=piece.kind, text=body, start=piece.start, end=piece.end, tree=tree,
                reading="computable" if found else "opaque",
            )
        )  # fmt: skip
    return Eligibility(clauses=tuple(clauses))


def _threshold(field: str, sign: str, value: str) -> Compare:
    number = float(value.rstrip("."))
    is_open = sign in "<>"
    if sign[0] in ">≥":
        return Compare(field=field, low=number, low_open=is_open)
    return Compare(field=field, high=number, high_open=is_open)


def verdicts(eligibility: Eligibility, person: Patient) -> list[tuple[int, int, str]]:
    """(start, end, met | not_met | unknown) of each criterion, seen from the patient."""
    answers = []
    for clause in eligibility.clauses:
        truth = evaluate(clause.tree, person)
        truth = ~truth if clause.kind == "exclusion" else truth
        word = {Truth.YES: "met", Truth.NO: "not_met", Truth.UNKNOWN: "unknown"}[truth]
        answers.append((clause.start, clause.end, word))
    return answers


def judge(probe: dict[str, Any], answers: list[tuple[int, int, str]], text: str) -> tuple[bool, bool]:
    """Whether the probe is answered as labelled, and whether it is a wrong exclusion."""
    expect = probe["expect"]
    if expect == "no_not_met":
        out = any(word == "not_met" for _, _, word in answers)
        return not out, out
    start = text.index(probe["anchor"])
    end = start + len(probe["anchor"])
    seen = {word for a, b, word in answers if a < end and b > start}
    right = {
        "not_met": "not_met" in seen,
        "met": "met" in seen and "not_met" not in seen,
        "unknown": seen == {"unknown"},
        "not_excluded": bool(seen) and "not_met" not in seen,
    }[expect]
    return right, expect != "not_met" and "not_met" in seen


def score(probes: list[dict[str, Any]], texts: dict[str, str], reader: Any) -> dict[str, float]:
    """The figures of one reader."""
    readings = {name: reader(text) for name, text in texts.items()}
    asked: collections.Counter[str] = collections.Counter()
    right: collections.Counter[str] = collections.Counter()
    wrong = may = 0
    for probe in probes:
        answers = verdicts(readings[probe["file"]], patient(probe["patient"]))
        good, out = judge(probe, answers, texts[probe["file"]])
        asked[probe["expect"]] += 1
        right[probe["expect"]] += good
        may += probe["expect"] != "not_met"
        wrong += out
    kinds = collections.Counter(clause.reading for one in readings.values() for clause in one.clauses)
    share = {name: right[name] / max(1, asked[name]) for name in asked}
    return {
        "probes": len(probes),
        "exclusions_found": round(share.get("not_met", 0.0), 4),
        "wrong_exclusions": round(wrong / max(1, may), 4),
        "met_answered": round(share.get("met", 0.0), 4),
        "unknown_kept": round(share.get("unknown", 0.0), 4),
        "baselines_clean": round(share.get("no_not_met", 0.0), 4),
        "computable_or_partly": round((kinds["computable"] + kinds["partly"]) / max(1, kinds.total()), 4),
        "characters_accounted_for": round(_accounted(texts), 6),
    }


def _accounted(texts: dict[str, str]) -> float:
    total = held = 0
    for text in texts.values():
        plain = normal(text)
        inside = [False] * len(plain)
        for piece in split(text):
            inside[piece.start : piece.end] = [True] * (piece.end - piece.start)
        total += sum(not char.isspace() for char in plain)
        held += sum(there and not char.isspace() for there, char in zip(inside, plain, strict=True))
    return held / max(1, total)


def half(name: str) -> str:
    """Which half of the files a text belongs to, by a hash of its name."""
    return "first half" if hashlib.sha256(name.encode()).digest()[0] % 2 == 0 else "second half"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("probes", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    probes = [json.loads(line) for line in given.probes.read_text(encoding="utf-8").splitlines()]
    names = sorted({probe["file"] for probe in probes})
    texts = {name: (given.texts / name).read_text(encoding="utf-8").split("\n", 1)[1] for name in names}
    table = {"all files": score(probes, texts, read)}
    for part in ("first half", "second half"):
        chosen = {name: text for name, text in texts.items() if half(name) == part}
        table[part] = score([probe for probe in probes if probe["file"] in chosen], chosen, read)
    table["threshold regex, all files"] = score(probes, texts, baseline)
    if given.json:
        print(json.dumps(table))
        return
    for name, figures in table.items():
        print(name)
        for measure, value in figures.items():
            aim = AIMS.get(measure)
            said = "" if aim is None else f"   aim {'≤' if measure == 'wrong_exclusions' else '≥'} {aim}"
            print(f"  {measure:26} {value:>8}{said}")


if __name__ == "__main__":
    main()
