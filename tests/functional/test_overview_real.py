"""The landscape of real records: it adds up, and every trial can be shown."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from scleroscope.api.page import overview_page
from scleroscope.api.scope import Scope
from scleroscope.catalogue import open_catalogue
from scleroscope.catalogue.intake import import_files
from scleroscope.cli.show_screen import show_trial
from scleroscope.landscape.count import FATES

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scope]:
    """A catalogue of the real scleroderma records."""
    path = tmp_path_factory.mktemp("real") / "catalogue.sqlite"
    with open_catalogue(path) as catalogue:
        books = import_files(
            catalogue, [shared / "data" / "ssc" / part for part in ("xml", "xml_transcribed", "json_v2")]
        )
        assert books.balanced
    with Scope(path) as scope:
        yield scope


def test_tables_add_up_to_the_trials_of_the_catalogue(real: Scope) -> None:
    view = real.overview()
    trials = len(real.catalogue)
    assert view.totals.trials == view.phases["trials"].sum() == view.years["trials"].sum() == trials
    assert view.years.select(pl.sum_horizontal(FATES)).to_series().sum() == trials
    assert view.sponsor_classes["trials"].sum() == trials
    assert view.totals.recruiting == view.open.height == view.phases["recruiting"].sum()


def test_filters_split_the_trials_without_a_rest(real: Scope) -> None:
    trials = real.trials()
    for name, values in (
        ("status", trials["status"].drop_nulls().unique().to_list()),
        ("status", ["not_stated"]),
    ):
        chosen = real.select(**{name: values})
        rest = trials.height - chosen.trials.height - chosen.not_stated
        assert rest == trials.filter(pl.col("status").is_not_null() & (values == ["not_stated"])).height


def test_every_trial_is_shown_with_its_own_words(real: Scope) -> None:
    for trial in real.catalogue.ids():
        shown = real.show(trial)
        out = io.StringIO()
        show_trial(shown, Console(file=out, width=100))
        assert trial in out.getvalue()
        text = shown.study.eligibility.text if shown.study.eligibility else None
        if text:
            first = text.split()[:4]
            assert " ".join(first[:2]) in " ".join(out.getvalue().split())


def test_the_page_of_real_records_says_how_many_there_are(real: Scope) -> None:
    page = overview_page(real.overview())
    assert f'<dd style="color:var(--ink)">{len(real.catalogue)}</dd>' in page
