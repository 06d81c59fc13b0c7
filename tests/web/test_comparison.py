"""The page that sets a wave beside the one before."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.definition import Mode
from surveyapp.models import Campaign, CampaignState
from surveyapp.services.transaction import transaction
from tests.collecting import answer, campaign_of, form, mixed
from tests.web.checking import Browser, Page, words
from tests.web.coordination import describe_structure

URL = "/coordination/collectes/suite/comparaison"


@pytest.fixture
def browser(coordination: FlaskClient, app: Flask) -> Browser:
    describe_structure()
    return Browser(coordination)


def waves(
    before: int, after: int, *, mode: Mode = Mode.ANONYMOUS, k: int = 5, state: str = "closed"
) -> Campaign:
    first = campaign_of(form(mode, k=k))
    answer(first, *[d | {"note": 2} for d in mixed(before)])
    with transaction() as session:
        second = Campaign(
            slug="suite", title="Suite", version_id=first.version_id,
            state=CampaignState(state), previous_id=first.id,
        )  # fmt: skip
        session.add(second)
    answer(second, *mixed(after))
    return second


def rows(page: Page, caption: str) -> list[list[str]]:
    for table in page.tree.iter("table"):
        if words(next(table.iter("caption"))) == caption:
            return [[words(cell) for cell in row] for row in table.iter("tr")]
    raise AssertionError(f"no table « {caption} »")


def test_both_waves_stand_side_by_side_with_their_gap(browser: Browser) -> None:
    waves(20, 24)
    page = browser.get("/coordination/collectes/suite").follow("Comparer les deux vagues")
    assert page.path == URL
    assert "Essai : 20 réponses comptées" in page.text
    assert "un écart de moins de 30 points sur une part peut venir du hasard" in page.text
    assert rows(page, "Votre note") == [
        ["Réponse", "Avant (N = 20)", "Maintenant (N = 24)", "Écart"],
        ["Moyenne", "2,0", "4,5", "+2,5"],
    ]
    shares = rows(page, "Votre secteur")
    assert [row[0] for row in shares[1:]] == ["Nord", "Sud", "Sans réponse"]
    assert all(row[3].endswith(("point", "points")) for row in shares[1:])
    results = browser.get("/coordination/collectes/suite/resultats")
    assert results.follow("Comparer avec la vague précédente").path == URL


@pytest.mark.parametrize(
    ("before", "after", "k", "state"),
    [(4, 24, 5, "closed"), (24, 4, 5, "closed"), (24, 24, 10, "open")],
)
def test_nothing_is_compared_before_both_may_be_shown(
    browser: Browser, before: int, after: int, k: int, state: str
) -> None:
    """Under the threshold, or an open campaign whose results wait for its close."""
    waves(before, after, k=k, state=state)
    page = browser.get(URL)
    assert "La comparaison apparaîtra quand" in page.text
    assert not list(page.tree.iter("table"))


def test_what_the_coordination_may_read_inside_is_not_compared(browser: Browser) -> None:
    """Identified answers below the threshold: the results page shows them, this one does not."""
    waves(3, 24, mode=Mode.CONFIDENTIAL)
    assert not list(browser.get(URL).tree.iter("table"))


def test_a_reworded_question_is_not_compared(browser: Browser) -> None:
    first = campaign_of(form())
    answer(first, *mixed(20))
    again = campaign_of(
        form(more="\n  - {type: group, name: z, label: Z, items: [{type: integer, name: neuf, "
             "label: Un nombre}]}"),
        slug="suite", previous_id=first.id,
    )  # fmt: skip
    answer(again, *[d | {"neuf": i} for i, d in enumerate(mixed(20))])
    page = browser.get(URL)
    assert "Cette question n’était pas posée la fois précédente." in page.text


def test_a_campaign_that_repeats_none_has_no_comparison(browser: Browser) -> None:
    campaign_of(form())
    assert browser.get("/coordination/collectes/essai/comparaison").status == 404
