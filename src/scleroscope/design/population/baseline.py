"""Who the patients are on the day of screening: columns of the patient contract.

The order follows the disease: subset and antibody first, since antibodies drive the organs more than the
subset does (EUSTAR 2006, PMC1954657); then person and duration, skin, lung, other organs, laboratory and
background treatment, each given what came before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scleroscope.design.population.draw import Flags, Floats, lognormal, positive, score, tied, yes
from scleroscope.design.population.parameters import Values

if TYPE_CHECKING:
    import polars as pl

Mix = Literal["eustar", "royal_free"]
ANTIBODIES = ("anti_scl70", "anticentromere", "anti_rna_polymerase_iii", "u3_rnp", "other")
_EARLY_MONTHS = 18.0  # where early disease ends: PMC8677444

Columns = dict[str, Any]


def draw_population(
    n: int,
    seed: int = 0,
    *,
    mix: Mix = "eustar",
    overrides: Mapping[str, float] | None = None,
    treatments: bool = True,
) -> pl.DataFrame:
    """`n` virtual patients as a frame, one row each; columns are ids of the patient contract.

    `mix` names the registry whose antibody and subset shares are used; `overrides` replaces parameters of
    `population.csv` by id. With `treatments=False` the list column of background treatment is left out.
    The column `true_mrss`, beside those of the contract, is the skin without the rater's error: no trial
    sees it, `draw_course` starts from it. The same seed gives the same patients. ValueError when `n` is
    below 1 or an override is not known.

    >>> draw_population(3, seed=1)["id"].to_list()
    ['v1', 'v2', 'v3']
    """
    import polars as pl

    if n < 1:
        raise ValueError("a population needs at least one patient")
    values = Values(overrides)
    # One stream a step, so that a step that draws more leaves the others as they were.
    streams = iter(
        np.random.Generator(np.random.Philox(key)) for key in np.random.SeedSequence(seed).spawn(8)
    )
    columns: Columns = {}
    diffuse, antibody = _subset_and_antibody(next(streams), values, mix, n)
    columns |= _person(next(streams), values, diffuse)
    columns |= _serology(next(streams), values, diffuse, antibody)
    columns |= _skin(next(streams), values, diffuse, antibody, columns)
    columns |= _lung(next(streams), values, diffuse, antibody, columns)
    columns |= _other_organs(next(streams), values, diffuse, antibody, columns)
    columns |= _laboratory(next(streams), values, columns)
    frame = pl.DataFrame({"id": np.char.add("v", np.arange(1, n + 1).astype(str))} | columns)
    if treatments:
        from scleroscope.design.population.background import draw_treatments

        frame = frame.with_columns(draw_treatments(next(streams), values, diffuse))
    return frame


def _subset_and_antibody(
    rng: np.random.Generator, values: Values, mix: Mix, n: int
) -> tuple[Flags, np.ndarray[Any, np.dtype[np.int64]]]:
    """Whether each has diffuse disease, and the place of the antibody in `ANTIBODIES`."""
    shares = _joint_eustar(values) if mix == "eustar" else _joint_royal_free(values)
    cell = rng.choice(shares.size, size=n, p=shares.ravel())
    return cell // len(ANTIBODIES) == 1, cell % len(ANTIBODIES)


def _joint_eustar(values: Values) -> Floats:
    """Shares of limited (row 0) and diffuse (row 1) × antibody; what is left over is `other`."""
    share = values["subset.diffuse.share"]
    table = np.zeros((2, len(ANTIBODIES)))
    for row, subset, weight in ((0, "limited", 1 - share), (1, "diffuse", share)):
        known = values.below(f"antibody.{subset}")
        rest = 1.0 - sum(known.values())
        if rest < 0:
            raise ValueError(f"antibody.{subset}: the shares add up to more than 1")
        table[row] = [weight * known.get(name, rest) for name in ANTIBODIES]
    return table


def _joint_royal_free(values: Values) -> Floats:
    """The same from counts; antibodies that the source does not split by subset are split by assumption."""
    table = np.zeros((2, len(ANTIBODIES)))
    for row, subset in ((0, "limited"), (1, "diffuse")):
        known = values.below(f"royal_free.{subset}")
        table[row] = [known.get(name, 0.0) for name in ANTIBODIES]
    for name, count in values.below("royal_free.any").items():
        part = values[f"royal_free.diffuse_share.{name}"]
        table[:, ANTIBODIES.index(name)] += (count * (1 - part), count * part)
    return np.asarray(table / table.sum(), dtype=np.float64)


def _by_subset(values: Values, name: str, tail: str, diffuse: Flags) -> Floats:
    return np.where(diffuse, values[f"{name}.diffuse.{tail}"], values[f"{name}.limited.{tail}"])


def _by_antibody(values: Values, name: str, antibody: Any) -> Floats:
    by_place = np.array([values[f"{name}.{each}"] for each in ANTIBODIES])
    return np.asarray(by_place[antibody], dtype=np.float64)


def _person(rng: np.random.Generator, values: Values, diffuse: Flags) -> Columns:
    n = diffuse.size
    female = yes(rng, _by_subset(values, "sex", "female", diffuse), n)
    duration = lognormal(
        rng,
        _by_subset(values, "duration", "median", diffuse),
        _by_subset(values, "duration", "log_sd", diffuse),
        n,
    ).clip(0.5, 480.0)
    onset = _by_subset(values, "age_at_onset", "mean", diffuse)
    onset = onset + _by_subset(values, "age_at_onset", "sd", diffuse) * rng.standard_normal(n)
    age = (onset.clip(10.0, 80.0) + duration / 12.0).clip(18.0, 92.0)
    lead = rng.exponential(_by_subset(values, "raynaud_lead", "mean", diffuse), n)
    delay = np.minimum(rng.exponential(values["diagnosis_delay.mean"], n), duration)
    weight = positive(rng, values["weight.mean"], values["weight.sd"], n) * np.where(female, 0.96, 1.15)
    fertile = female & (age < 50.0)  # half of women are past the menopause at about 50
    return {
        "age": age,
        "sex": np.where(female, "female", "male"),
        "weight": weight.clip(35.0, 180.0),
        "smoker": yes(rng, values["smoker.share"], n),
        "childbearing_potential": fertile,
        "pregnant": np.zeros(n, dtype=bool),
        "breastfeeding": np.zeros(n, dtype=bool),
        "months_since_first_non_raynaud": duration,
        "months_since_first_raynaud": duration + lead,
        "months_since_diagnosis": duration - delay,
    }


def _serology(rng: np.random.Generator, values: Values, diffuse: Flags, antibody: Any) -> Columns:
    n = diffuse.size
    named = {name: antibody == place for place, name in enumerate(ANTIBODIES[:3])}
    known = antibody < len(ANTIBODIES) - 1
    # Those with a named antibody count as ANA positive; the others make up the published share.
    others = max(0.0, (values["ana.share"] - known.mean()) / max(1e-9, 1.0 - known.mean()))
    everyone = np.ones(n, dtype=bool)
    return {
        "ssc": everyone,
        "acr_eular_2013": everyone,
        "subset": np.where(diffuse, "diffuse", "limited"),
        "localized_scleroderma": ~everyone,
        "overlap_disease": yes(rng, values["overlap_disease.share"], n),
        **named,
        "ana": known | yes(rng, others, n),
    }


def _skin(
    rng: np.random.Generator, values: Values, diffuse: Flags, antibody: Any, so_far: Columns
) -> Columns:
    n = diffuse.size
    months: Floats = so_far["months_since_first_non_raynaud"]
    excess = values["mrss.diffuse.early_excess"] * np.exp(-months / values["mrss.diffuse.excess_months"])
    mean = values["mrss.diffuse.late_mean"] + excess
    mean = mean * np.where(antibody == 2, values["mrss.rna_polymerase_iii_factor"], 1.0)
    thick = positive(rng, mean, values["mrss.diffuse.cv"] * mean, n)
    thin = lognormal(rng, values["mrss.limited.median"], values["mrss.limited.log_sd"], n)
    true = np.where(diffuse, thick, thin).clip(0.0, 51.0)
    seen = (true + values["mrss.intra_observer_sd"] * rng.standard_normal(n) * (true > 1)).round().clip(0, 51)
    early = np.exp(-months / _EARLY_MONTHS)
    rubs_late = values["tendon_friction_rubs.diffuse.late"]
    rubs = rubs_late + (values["tendon_friction_rubs.diffuse.early"] - rubs_late) * np.minimum(1, 1.6 * early)
    ulcers = yes(
        rng,
        np.where(diffuse, values["digital_ulcer_history.diffuse"], values["digital_ulcer_history.limited"]),
        n,
    )
    now = ulcers & yes(rng, values["active_digital_ulcers.given_history"], n)
    return {
        "mrss": seen,
        "true_mrss": true,
        "raynaud": yes(rng, values["raynaud.share"], n),
        "tendon_friction_rubs": yes(rng, np.where(diffuse, rubs, values["tendon_friction_rubs.limited"]), n),
        "digital_ulcer_history": ulcers,
        "active_digital_ulcers": np.where(
            now, 1 + rng.poisson(values["active_digital_ulcers.mean_more"], n), 0
        ).astype(np.float64),
        "calcinosis": yes(
            rng, np.where(diffuse, values["calcinosis.diffuse"], values["calcinosis.limited"]), n
        ),
    }


def _lung(
    rng: np.random.Generator, values: Values, diffuse: Flags, antibody: Any, so_far: Columns
) -> Columns:
    n = diffuse.size
    chance = _by_antibody(values, "ild", antibody)
    chance = chance * np.where(diffuse | (antibody == 0), 1.0, values["ild.limited_factor"])
    ild = yes(rng, chance, n)
    pah = yes(rng, _by_antibody(values, "pah", antibody), n)
    lung = rng.standard_normal(n)
    kind = np.where(ild, 0, 1)
    fvc_mean = np.array(
        [values["fvc_percent_predicted.ild.mean"], values["fvc_percent_predicted.no_ild.mean"]]
    )
    fvc_sd = np.array([values["fvc_percent_predicted.ild.sd"], values["fvc_percent_predicted.no_ild.sd"]])
    fvc = fvc_mean[kind] + fvc_sd[kind] * lung
    fvc = (fvc + values["fvc_percent_predicted.limited_shift"] * ~diffuse).clip(20.0, 160.0)
    dlco_mean = np.array(
        [values["dlco_percent_predicted.ild.mean"], values["dlco_percent_predicted.no_ild.mean"]]
    )
    gas = tied(rng, lung, values["dlco_fvc.correlation"])
    dlco = dlco_mean[kind] + values["dlco_percent_predicted.sd"] * gas
    months: Floats = so_far["months_since_first_non_raynaud"]
    early = values["dlco_percent_predicted.early_excess"] * np.exp(
        -months / values["dlco_percent_predicted.excess_months"]
    )
    dlco = dlco + np.where(diffuse, early, values["dlco_percent_predicted.limited_shift"])
    dlco = (dlco - values["dlco_percent_predicted.pah_drop"] * pah).clip(10.0, 140.0)
    extent = lognormal_score(
        values["hrct_extent_percent.median"],
        values["hrct_extent_percent.log_sd"],
        tied(rng, lung, values["hrct_fvc.correlation"]),
    )
    predicted = np.where(
        so_far["sex"] == "female", values["predicted_fvc.female_at_50"], values["predicted_fvc.male_at_50"]
    )
    predicted = predicted + values["predicted_fvc.per_year"] * (so_far["age"] - 50.0)
    predicted = (predicted + values["predicted_fvc.sd"] * rng.standard_normal(n)).clip(1500.0, 6500.0)
    return {
        "ild": ild,
        "pah": pah,
        "hrct_extent_percent": np.where(ild, extent.clip(1.0, 90.0), 0.0),
        "fvc_percent_predicted": fvc,
        "fvc_ml": fvc / 100.0 * predicted,
        "dlco_percent_predicted": dlco,
        "six_minute_walk_m": positive(
            rng, values["six_minute_walk_m.mean"], values["six_minute_walk_m.sd"], n
        ).clip(30.0, 900.0),
        "oxygen_therapy": (dlco < 30.0) & yes(rng, 0.5, n),
    }


def lognormal_score(median: float, log_sd: float, normal: Floats) -> Floats:
    """Log-normal numbers made of standard normal ones, so that their order is kept."""
    return np.asarray(median * np.exp(log_sd * normal), dtype=np.float64)


_SHARES = (
    "arrhythmia", "heart_failure", "coronary_disease", "diabetes", "liver_disease", "active_malignancy",
    "hepatitis_b", "hepatitis_c", "hiv", "active_infection", "latent_tuberculosis", "myositis",
)  # fmt: skip


def _other_organs(
    rng: np.random.Generator, values: Values, diffuse: Flags, antibody: Any, so_far: Columns
) -> Columns:
    n = diffuse.size
    skin = score(np.log1p(so_far["true_mrss"]))
    haq = np.where(diffuse, values["haq_di.diffuse.mean"], values["haq_di.limited.mean"])
    haq = haq + values["haq_di.sd"] * tied(rng, skin, values["haq_mrss.correlation"])
    doctor_score = tied(rng, skin, values["physician_global_mrss.correlation"])
    doctor = values["physician_global.mean"] + values["physician_global.sd"] * doctor_score
    patient = values["patient_global.mean"] + values["patient_global.sd"] * tied(
        rng, doctor_score, values["globals.correlation"]
    )
    classes = values.below("nyha_class")
    nyha = rng.choice(np.array([float(name) for name in classes]), size=n, p=np.array(list(classes.values())))
    crisis = yes(rng, _by_antibody(values, "renal_crisis", antibody), n)
    arthritis = np.where(diffuse, values["arthritis.diffuse"], values["arthritis.limited"])
    lvef = values["lvef_percent.mean"] + values["lvef_percent.sd"] * rng.standard_normal(n)
    columns: Columns = {name: yes(rng, values[f"{name}.share"], n) for name in _SHARES}
    return columns | {
        "arthritis": yes(rng, arthritis, n),
        "renal_crisis": crisis,
        "haq_di": ((haq / 0.125).round() * 0.125).clip(0.0, 3.0),  # the index moves in eighths
        "patient_global": patient.clip(0.0, 10.0),
        "physician_global": doctor.clip(0.0, 10.0),
        "nyha_class": np.where(so_far["pah"], np.maximum(nyha, 2.0), nyha),
        "lvef_percent": lvef.clip(20.0, 80.0),
        "solid_organ_transplant": np.zeros(n, dtype=bool),
        "stem_cell_transplant": np.zeros(n, dtype=bool),
        "informed_consent": np.ones(n, dtype=bool),
        "contraception": np.ones(n, dtype=bool),
    }


_LABORATORY = (
    "hemoglobin_g_dl", "platelets_10e9_l", "wbc_10e9_l", "neutrophils_10e9_l", "lymphocytes_10e9_l", "egfr",
    "creatinine_mg_dl", "alt_x_uln", "ast_x_uln", "bilirubin_x_uln", "albumin_g_dl", "systolic_bp_mmhg",
    "diastolic_bp_mmhg", "esr_mm_h", "qtc_ms",
)  # fmt: skip


def _laboratory(rng: np.random.Generator, values: Values, so_far: Columns) -> Columns:
    n = so_far["age"].size
    columns: Columns = {
        name: positive(rng, values[f"{name}.mean"], values[f"{name}.sd"], n) for name in _LABORATORY
    }
    columns["crp_mg_l"] = lognormal(rng, values["crp_mg_l.median"], values["crp_mg_l.log_sd"], n)
    return columns
