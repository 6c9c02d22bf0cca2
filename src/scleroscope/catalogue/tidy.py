"""Curated trial files in their one canonical form.

`python -m scleroscope.catalogue.tidy` rewrites every file that is not in it (the order of keys, the
order of facts within a list, quoting, spacing), so that a review sees facts and never layout.
Run with `--check`, it changes nothing, names the files and ends with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from scleroscope.registries.curated import CuratedTrial, decode_curated

FOLDER = Path(__file__).parent / "data" / "trials"

_DATE_ORDER = ("first_posted", "start", "enrolment_end", "primary_completion", "completion")
_TABLES = ("design", "sponsor", "eligibility")
_BLOCKS = ("results", "harms")


def canonical(trial: CuratedTrial) -> str:
    """The file of a trial: scalars, facts one a line, eligibility, results, harms and last the sources."""
    facts: dict[str, Any] = msgspec.to_builtins(_sorted(trial))
    out = [f"{key} = {_value(facts[key])}" for key in _scalar_keys(facts)]
    for key, value in facts.items():
        if _is_facts(value) and key not in _BLOCKS:
            out += ["", f"{key} = ["] + [f"    {_value(item)}," for item in value] + ["]"]
    for key in _TABLES:
        if key in facts:
            out += ["", f"[{key}]", *_table(facts[key])]
    for key in _BLOCKS:
        for block in facts.get(key, ()):
            out += ["", f"[[{key}]]", *_table(block)]
    out += _sources(facts["sources"])
    return "\n".join(out) + "\n"


def _sorted(trial: CuratedTrial) -> CuratedTrial:
    return msgspec.structs.replace(
        trial,
        ids=tuple(sorted(trial.ids, key=lambda entry: (entry.scheme, entry.value))),
        dates=tuple(sorted(trial.dates, key=lambda entry: _DATE_ORDER.index(entry.event))),
    )


def _scalar_keys(facts: Mapping[str, Any]) -> list[str]:
    return [key for key, value in facts.items() if not isinstance(value, Mapping) and not _is_facts(value)]


def _is_facts(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value)


def _sources(sources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return ["", "[sources]"] + [f"{key} = {_value(source)}" for key, source in sources.items()]


def _table(facts: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for key, value in facts.items():
        if key in ("inclusion", "exclusion") or _is_facts(value):
            lines += [f"{key} = [", *(f"    {_value(item)}," for item in value), "]"]
        else:
            lines.append(f"{key} = {_value(value)}")
    return lines


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    return "[" + ", ".join(_value(item) for item in value) + "]"


def _text(text: str) -> str:
    """Notation quotes its own texts with `"`: such a line stands in single quotes, unescaped."""
    if '"' in text and "'" not in text and "\n" not in text:
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    """Rewrite (or with --check only name) the files that are not canonical."""
    untidy = []
    for path in sorted(FOLDER.glob("*.toml")):
        raw = path.read_bytes()
        text = canonical(decode_curated(raw))
        if text.encode() != raw:
            untidy.append(path.name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8")
    if untidy:
        sys.stderr.write("not canonical: " + ", ".join(untidy) + "\n")
    return 1 if untidy and "--check" in arguments else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
