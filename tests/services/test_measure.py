"""Figures for indicators."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from surveyapp.core.definition import Mode
from surveyapp.models import Campaign, CampaignState
from surveyapp.services.measure import Measure, Measured, MeasureError, MeasureKind, measure
from tests.collecting import TODAY, answer, campaign_of, form, mixed

K = MeasureKind


def figure(campaign: Campaign, wanted: Measure, **options: Any) -> Measured:
    return measure(campaign, wanted, today=TODAY, **options)


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    """Notes 3, 4, 5, 6, 3, 4 …; two thirds from the north."""
    found = campaign_of(form(more=""))
    answer(found, *mixed(12))
    return found


def test_a_mean_with_its_provenance(campaign: Campaign) -> None:
    found = figure(campaign, Measure(K.MEAN, "note"))
    assert (found.value, found.n, found.withheld) == (4.5, 12, "")
    assert (found.text, found.unit) == ("4,5/6", "/6")
    assert found.what == "moyenne de «\u00a0Votre note\u00a0»"
    assert (found.campaign, found.on) == ("Essai", TODAY)


def test_a_share_of_answers_at_or_over_a_value(campaign: Campaign) -> None:
    found = figure(campaign, Measure(K.AT_LEAST, "note", threshold=5))
    assert (found.value, found.text, found.n) == (0.5, "50\u00a0%", 12)


def test_a_share_of_choices(app: Flask) -> None:
    campaign = campaign_of(form())
    themes = [{"themes": ["soin"]}] * 3 + [{"themes": ["soin", "lien"]}] * 3
    answer(campaign, *themes, *[{"themes": ["lien"]}] * 2, {})
    found = figure(campaign, Measure(K.SHARE, "themes", choices=("soin",)))
    assert (found.value, found.n) == (0.75, 8)
    assert found.what == "part des réponses «\u00a0Le soin\u00a0» à «\u00a0Vos thèmes\u00a0»"
    both = figure(campaign, Measure(K.SHARE, "themes", choices=("soin", "lien")))
    assert both.value == 1.0


def test_counts(campaign: Campaign) -> None:
    assert figure(campaign, Measure(K.COUNT)).text == "12"
    assert figure(campaign, Measure(K.COUNT, "idee")).value == 12


def test_a_figure_that_the_screen_withholds_is_withheld(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(4))
    found = figure(campaign, Measure(K.MEAN, "note"))
    assert (found.value, found.n, found.text) == (None, None, "")
    assert "moins de 5" in found.withheld


def test_participation_is_never_withheld(app: Flask) -> None:
    campaign = campaign_of(form(k=10), state=CampaignState.OPEN)
    assert figure(campaign, Measure(K.COUNT)).value == 0
    answer(campaign, *mixed(4))
    assert figure(campaign, Measure(K.COUNT)).value == 4


def test_a_confidential_figure_is_shown_inside_only(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    answer(campaign, *mixed(4))
    assert figure(campaign, Measure(K.MEAN, "note")).value is None
    assert figure(campaign, Measure(K.MEAN, "note"), internal=True).value == 4.5


def test_shares_of_a_profile_follow_its_cells(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(30))
    assert figure(campaign, Measure(K.SHARE, "secteur", choices=("sud",))).value == pytest.approx(
        1 / 3
    )
    answer(campaign, *[{"note": 1}] * 3, *[{"secteur": "sud"}] * 2)
    assert figure(campaign, Measure(K.SHARE, "secteur", choices=("sud",))).value is None
    assert figure(campaign, Measure(K.COUNT, "secteur")).value is None


def test_without_answers_there_is_no_mean(app: Flask) -> None:
    campaign = campaign_of(form(Mode.NOMINATIVE))
    answer(campaign, {})
    found = figure(campaign, Measure(K.MEAN, "note"), internal=True)
    assert (found.value, found.withheld) == (None, "Personne n’a encore répondu.")


@pytest.mark.parametrize(
    "wanted",
    [
        Measure(K.MEAN),
        Measure(K.MEAN, "inconnue"),
        Measure(K.MEAN, "idee"),
        Measure(K.MEAN, "secteur"),
        Measure(K.SHARE, "secteur"),
        Measure(K.SHARE, "secteur", choices=("ouest",)),
        Measure(K.AT_LEAST, "note"),
    ],
)
def test_a_measure_without_meaning_is_refused(campaign: Campaign, wanted: Measure) -> None:
    with pytest.raises(MeasureError):
        figure(campaign, wanted)
