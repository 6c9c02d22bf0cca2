"""Published results are told as printed, with their sources, and never mixed."""

from __future__ import annotations

import pytest
from tests.unit.landscape.frame import frame, trial

from scleroscope.api.page import overview_page
from scleroscope.catalogue.published import published
from scleroscope.landscape import evidence, findings
from scleroscope.landscape.overview import overview
from scleroscope.model.problem import BadRequest
from scleroscope.model.result import ArmResult, Contrast, Harm, Origin, Published, Result


def result(**facts: object) -> Result:
    return Result(**{"endpoint": "mrss", "statistic": "change", "source": ("paper",), **facts})  # type: ignore[arg-type]


def known(*results: Result, randomised: bool | None = True) -> Published:
    return Published(
        results=results, sources={"paper": Origin(url="https://example.org/a?b=1")}, randomised=randomised
    )


PRIMARY = result(
    level="primary", weeks=48, contrast_statistic="mean_difference",
    contrasts=(Contrast(arm="drug", against="placebo", estimate=-1.73, low=-3.78, high=0.32),),
)  # fmt: skip


def test_an_interval_of_another_level_says_so() -> None:
    contrast = Contrast(arm="A", against="B", estimate=2.0, low=1.0, high=3.5, p=0.03, one_sided=True)
    told = findings.contrast(contrast, result(confidence=0.9, contrast_statistic="hazard_ratio"))
    assert told == "A against B: hazard ratio 2 (90 %: 1 to 3.5), p = 0.03 (one-sided)"


def test_half_an_interval_is_told_as_half_an_interval() -> None:
    told = findings.contrast(Contrast(arm="A", against="B", estimate=2.5, low=0.3, p_below=0.03), result())
    assert "from 0.3, upper limit not seen" in told
    assert "p < 0.03" in told


def test_without_an_estimate_the_arms_are_told() -> None:
    arms = (ArmResult(arm="A", value=-6.3, n=28), ArmResult(arm="B", value=2.1, spread=5.5, spread_kind="sd"))
    assert findings.finding(result(arms=arms)) == "A −6.3 [n 28], B 2.1 ± 5.5 SD"


def test_a_result_without_numbers_claims_none() -> None:
    said = Contrast(arm="A", against="B", direction="no_difference")
    assert findings.finding(result(contrasts=(said,))) == "A against B: printed as no difference"
    assert findings.finding(result()) == "no number printed"


def test_primary_results_stand_for_a_trial_and_others_only_where_there_is_none() -> None:
    secondary, post_hoc = result(level="secondary"), result(level="post_hoc")
    trials = frame(trial(id="NCT1"), trial(id="NCT2"))
    table = findings.findings(trials, {"NCT1": known(secondary, PRIMARY), "NCT2": known(post_hoc, secondary)})
    assert table.select("id", "level").rows() == [
        ("NCT1", "primary"), ("NCT2", "secondary"), ("NCT2", "post hoc"),
    ]  # fmt: skip


def test_unknown_randomisation_is_not_called_randomised() -> None:
    trials = frame(trial(id="NCT1", allocation=None), trial(id="NCT2", allocation=None))
    table = findings.findings(
        trials, {"NCT1": known(PRIMARY, randomised=None), "NCT2": known(PRIMARY, randomised=False)}
    )
    assert dict(table.select("id", "design").rows()) == {
        "NCT1": "randomisation not stated", "NCT2": "not randomised",
    }  # fmt: skip


def test_a_trial_is_told_once_under_the_rarest_of_its_families() -> None:
    trials = frame(
        trial(id="NCT1", families=["jak", "vascular"]), trial(id="NCT2", families=["vascular"]),
        trial(id="NCT3", families=["vascular"]),
    )  # fmt: skip
    view = overview(trials, published={"NCT1": known(PRIMARY), "NCT2": known(PRIMARY)})
    groups = {each.id: each for each in evidence.groups(trials, view.findings)}
    assert [rows[0]["id"] for rows in groups["jak"].told] == ["NCT1"]
    assert [rows[0]["id"] for rows in groups["vascular"].told] == ["NCT2"]
    assert groups["vascular"].elsewhere == ["NCT1"]
    assert groups["vascular"].with_results == 2


def test_the_telling_are_randomised_large_and_in_numbers() -> None:
    trials = frame(
        trial(id="NCT1", enrolment=60, families=["jak"], treatments=["tofacitinib"]),
        trial(id="NCT2", enrolment=500, families=["jak"], treatments=["tofacitinib"]),
        trial(id="NCT3", enrolment=40, families=["vascular"]),
        trial(id="NCT4", enrolment=900, families=["jak"]),
        trial(id="NCT5", enrolment=900, families=["jak"]),
    )
    wordless = result(level="primary", contrasts=(Contrast(arm="A", against="B", direction="better"),))
    table = findings.findings(
        trials,
        {f"NCT{number}": known(PRIMARY) for number in (1, 2, 3)}
        | {"NCT4": known(PRIMARY, randomised=False), "NCT5": known(wordless)},
    )
    assert [row["id"] for row in evidence.telling(table)] == ["NCT2", "NCT1", "NCT3"]
    assert [row["id"] for row in evidence.telling(table, most=2)] == ["NCT2", "NCT1"]
    assert [row["id"] for row in evidence.telling(table, of_each=1)] == ["NCT2", "NCT3"]


def test_a_trial_is_told_by_its_last_estimate_and_its_deaths() -> None:
    early = result(level="primary", weeks=24, contrasts=(Contrast(arm="A", against="B", estimate=-9.0),))
    later = result(level="primary", weeks=96, arms=(ArmResult(arm="A", value=3.0),))
    harms = tuple(Harm(event=event, source=("paper",)) for event in ("nausea", "serious infection", "death"))
    facts = Published(
        results=(early, PRIMARY, later), harms=harms, randomised=True,
        sources={"paper": Origin(url="https://example.org")},
    )  # fmt: skip
    (row,) = evidence.telling(findings.findings(frame(trial(id="NCT1")), {"NCT1": facts}))
    assert (row["week"], row["short"]) == ("48", "mRSS")
    assert [each.partition(":")[0] for each in row["harms"]] == ["death", "serious infection", "nausea"]
    assert row["harm_source"] == ["https://example.org"]


@pytest.mark.parametrize("by", ["family", "class", "target"])
def test_every_finding_is_told_once_whatever_it_is_gathered_by(by: evidence.By) -> None:
    trials = frame(
        trial(id="NCT1", families=["jak"], targets=["JAK1", "TYK2"], classes=["jak_inhibitor", "biologic"]),
        trial(id="NCT2", families=["jak"], targets=["JAK1"], classes=["jak_inhibitor"]),
        trial(id="NCT3"),
    )
    view = overview(trials, published={f"NCT{number}": known(PRIMARY, PRIMARY) for number in (1, 2, 3)})
    groups = evidence.groups(trials, view.findings, by)
    assert sorted(row["id"] for group in groups for told in group.told for row in told) == [
        "NCT1", "NCT1", "NCT2", "NCT2", "NCT3", "NCT3",
    ]  # fmt: skip
    assert groups[-1].id is None


def test_no_other_grouping_is_known() -> None:
    with pytest.raises(BadRequest, match="family, class, target"):
        evidence.groups(frame(), findings.findings(frame(), {}), "colour")  # type: ignore[arg-type]


def test_the_page_links_the_source_of_a_result() -> None:
    view = overview(frame(trial(id="NCT1")), published={"NCT1": known(PRIMARY)})
    page = overview_page(view)
    assert 'href="https://example.org/a?b=1"' in page
    assert "difference −1.73 (−3.78 to 0.32)" in page


def test_every_number_that_ships_has_a_source_that_leads_somewhere() -> None:
    for trial_id, each in published().items():
        for fact in (*each.results, *each.harms):
            assert fact.source, trial_id
            for key in fact.source:
                origin = each.sources[key]
                assert origin.url or origin.record, f"{trial_id}: {key} leads nowhere"


@pytest.mark.parametrize("trial_id", sorted(published()))
def test_every_result_and_harm_that_ships_can_be_told(trial_id: str) -> None:
    for each in published()[trial_id].results:
        told = [findings.contrast(one, each) for one in each.contrasts]
        told += [findings.arm(one, each) for one in each.arms]
        for one in (*each.arms, *each.contrasts):
            values = (getattr(one, "value", None), getattr(one, "estimate", None), one.low, one.high)
            for value in (value for value in values if value is not None):
                assert f"{value:.10g}".replace("-", "−") in " ".join(told)
        assert findings.finding(each)
    assert all(isinstance(each, Harm) and findings.harm(each) for each in published()[trial_id].harms)
