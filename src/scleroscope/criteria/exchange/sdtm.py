"""Criteria as the SDTM Trial Inclusion/Exclusion (TI) table, in CSV.

Variables as in the CDISC SDTM Implementation Guide: IETESTCD has at most 8 characters, IETEST at most
200; TIRL holds the rule in computable form, here the notation.
"""

from __future__ import annotations

import csv
from io import StringIO

from scleroscope.criteria.bullets import unmarked
from scleroscope.criteria.notation import format_tree
from scleroscope.model.criterion import Eligibility

COLUMNS = ("STUDYID", "DOMAIN", "IETESTCD", "IETEST", "IECAT", "TIRL", "TIVERS")
LONGEST = 200


def to_ti(eligibility: Eligibility, study: str, version: str = "1") -> str:
    """One row a criterion."""
    out = StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    counts = {"inclusion": 0, "exclusion": 0}
    for clause in eligibility.clauses:
        counts[clause.kind] += 1
        code = f"{'INCL' if clause.kind == 'inclusion' else 'EXCL'}{counts[clause.kind]:03d}"
        text = " ".join(unmarked(clause.text).split())
        shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        table.writerow([study, "TI", code, shown, clause.kind.upper(), format_tree(clause.tree), version])
    return out.getvalue()
