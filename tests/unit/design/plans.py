"""Plans that the tests of this folder run: one for each analysis and each design."""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {
    "title": "a trial",
    "population": {"size": 20_000},
    "criteria": {"inclusion": ["subset = diffuse", "months_since_first_non_raynaud <= 60"]},
}
EVENTS: list[dict[str, Any]] = [
    {"name": "death", "fatal": True, "per_year": [0.09, 0.05], "years": [0, 1]},
    {"name": "organ failure", "per_year": [0.06]},
]
RANKS: list[dict[str, Any]] = [
    {"measure": "death"},
    {"measure": "event_free_survival"},
    {"measure": "fvc_percent_change", "threshold": 10},
    {"measure": "mrss_change", "threshold": 5},
]
SITES = {"count": 30, "screened_per_month": 1.5}
STRATA = ["months_since_first_non_raynaud < 18", "anti_scl70"]


def visits(measure: str, **more: Any) -> dict[str, Any]:
    """An endpoint at a year with a visit each quarter."""
    return {"measure": measure, "week": 52, "visits": [13, 26, 39], **more}


def n(patients: int, **more: Any) -> dict[str, Any]:
    """Arms."""
    return {"n": patients, **more}


FIVE_YEARS = {"measure": "event_free_survival", "week": 260}

# Every plan assumes no effect; `level` of the tests says how often it may claim one.
ANALYSES: dict[str, dict[str, Any]] = {
    "ancova": {"endpoint": visits("mrss_change"), "arms": n(120)},
    "ancova, stratified": {"endpoint": visits("mrss_change"), "arms": n(120, strata=STRATA)},
    "ancova, 2:1": {"endpoint": visits("haq_di_change"), "arms": n(120, ratio=[2, 1])},
    "ancova of an index": {"endpoint": visits("acr_criss"), "arms": n(120)},
    "ancova of slopes": {"endpoint": visits("fvc_ml_slope"), "arms": n(120)},
    "mmrm": {"endpoint": visits("mrss_change"), "arms": n(120), "analysis": {"method": "mmrm"}},
    "mmrm, stratified": {
        "endpoint": visits("fvc_percent_change"),
        "arms": n(120, strata=["anti_scl70"]),
        "analysis": {"method": "mmrm"},
    },
    "random slope": {
        "endpoint": visits("fvc_ml_slope"),
        "arms": n(120),
        "analysis": {"method": "random_slope"},
    },
    "score": {"endpoint": visits("mrss_responder"), "arms": n(120)},
    "fisher": {
        "endpoint": visits("mrss_responder", dropout="failure", rescue="failure"),
        "arms": n(120),
        "analysis": {"method": "fisher"},
    },
    "cmh": {
        "endpoint": visits("acr_criss_responder"),
        "arms": n(160, strata=["anti_scl70"]),
        "analysis": {"method": "cmh"},
    },
    "log-rank": {"endpoint": FIVE_YEARS, "events": EVENTS, "arms": n(120)},
    "log-rank, stratified": {
        "endpoint": FIVE_YEARS,
        "events": EVENTS,
        "risk": {"age": 1.05},
        "arms": n(160, strata=["age >= 50"]),
    },
    "cox": {
        "endpoint": FIVE_YEARS,
        "events": EVENTS,
        "arms": n(160, strata=["age >= 50"]),
        "analysis": {"method": "cox"},
    },
    "rmst": {"endpoint": FIVE_YEARS, "events": EVENTS, "arms": n(160), "analysis": {"method": "rmst"}},
    "finkelstein–schoenfeld": {
        "endpoint": {"measure": "hierarchy", "week": 234, "hierarchy": RANKS},
        "events": EVENTS,
        "arms": n(75),
    },
    "win ratio": {
        "endpoint": {"measure": "hierarchy", "week": 234, "hierarchy": RANKS},
        "events": EVENTS,
        "arms": n(100),
        "analysis": {"method": "win_ratio"},
    },
}
# Rubin's rules overstate the error of reference-based imputation: it claims less often than alpha.
IMPUTED: dict[str, dict[str, Any]] = {
    "missing at random, imputed": {
        "endpoint": visits("mrss_change", rescue="missing"),
        "arms": n(120),
        "analysis": {"missing": "at_random"},
    },
    "jump to reference": {
        "endpoint": visits("mrss_change", rescue="missing"),
        "arms": n(120),
        "analysis": {"missing": "jump_to_reference"},
    },
}
TWO_SIDED: dict[str, dict[str, Any]] = {
    "group-sequential": {
        "endpoint": visits("mrss_change"),
        "arms": n(120),
        "design": {"kind": "group_sequential", "looks": [0.5, 0.75, 1.0]},
    },
    "group-sequential, Pocock": {
        "endpoint": visits("mrss_responder"),
        "arms": n(200),
        "design": {"kind": "group_sequential", "looks": [0.5, 1.0], "spending": "pocock"},
    },
    "group-sequential log-rank": {
        "endpoint": FIVE_YEARS,
        "events": EVENTS,
        "arms": n(200),
        "design": {"kind": "group_sequential", "looks": [0.5, 1.0], "spending": "hwang_shih_decani"},
    },
    "delayed start": {
        "endpoint": visits("mrss_change"),
        "arms": n(120),
        "design": {"kind": "delayed_start", "switch_week": 26},
    },
    "platform": {
        "endpoint": visits("mrss_change"),
        "design": {"kind": "platform", "opens": [0, 6], "patients": [60, 60]},
        "sites": SITES,
    },
}
ONE_SIDED: dict[str, dict[str, Any]] = {
    "re-estimation": {
        "endpoint": visits("mrss_change"),
        "arms": n(120),
        "design": {"kind": "reestimation", "largest": 240},
    },
    "re-estimation of responders": {
        "endpoint": visits("mrss_responder"),
        "arms": n(160),
        "design": {"kind": "reestimation", "largest": 320},
    },
}
AT_MOST: dict[str, dict[str, Any]] = {
    "futility": {
        "endpoint": visits("mrss_change"),
        "arms": n(120),
        "design": {"kind": "group_sequential", "looks": [0.5, 1.0], "futility": "hwang_shih_decani"},
    },
    "enrichment": {
        "endpoint": visits("mrss_change"),
        "arms": n(160),
        "design": {"kind": "enrichment", "subgroup": "anti_rna_polymerase_iii"},
    },
}
DOSES: dict[str, dict[str, Any]] = {
    "3 + 3": {"design": {"kind": "three_plus_three", "toxicity": [0.05, 0.1, 0.25, 0.4]}},
    "crm": {"design": {"kind": "crm", "toxicity": [0.05, 0.1, 0.25, 0.4], "target": 0.25}},
    "boin": {"design": {"kind": "boin", "toxicity": [0.05, 0.1, 0.25, 0.4], "target": 0.25}},
}
SIMON = {"endpoint": visits("mrss_responder"), "design": {"kind": "simon", "poor": 0.3, "good": 0.5}}
