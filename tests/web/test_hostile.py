"""Requests made by hand: an answer in French, never an error of ours, never their HTML."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from surveyapp.core.bilan.entry import row_count
from surveyapp.core.bilan.rows import Operation, Verb, operate
from surveyapp.services import respond
from surveyapp.services.respond import Draft
from tests.answering import ANONYMOUS, CONFIDENTIAL, drafts, opened

#: Python refuses to read it as a number, databases to store it.
HUGE = "9" * 4999
REPEATED = """
  - type: group
    name: famille
    label: Vos enfants
    items:
      - type: repeat
        name: enfants
        label: Enfant
        parameters: {min: 0, max: 3, add_label: Ajouter un enfant}
        items:
          - {type: integer, name: age, label: Âge}
"""
FORGED = 'x"><h1>Envoyez votre mot de passe<x>'


@pytest.mark.parametrize("name", ["%00", "a" * 3000, "@inconnu.css", "../wsgi.py"])
def test_a_file_that_cannot_exist_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/123/{name}").status_code == 404


@pytest.mark.parametrize("number", [2**63, 10**40])
@pytest.mark.parametrize(
    "address",
    [
        "/coordination/documents/{}",
        "/coordination/taches/{}",
        "/coordination/collectes/avis/reponses/{}",
    ],
)
def test_a_number_that_no_row_has_is_not_found(
    coordination: FlaskClient, address: str, number: int
) -> None:
    opened(CONFIDENTIAL)
    assert coordination.get(address.format(number)).status_code == 404


def test_a_number_that_no_column_holds_is_refused(coordination: FlaskClient) -> None:
    mails = coordination.post("/coordination/courriels", data={"id": str(10**40)})
    notice = coordination.post("/coordination/vu", data={"kind": "job", "id": str(10**40)})
    assert {mails.status_code, notice.status_code} <= {302, 400}


@pytest.mark.parametrize("field", ["_action", "enfants-count"])
def test_a_turn_of_thousands_of_digits_is_no_turn(client: FlaskClient, field: str) -> None:
    opened(ANONYMOUS + REPEATED)
    values = {"_action": f"remove:enfants:{HUGE}", "enfants-count": HUGE}
    answer = client.post("/q/avis/famille", data={"enfants-count": "1", field: values[field]})
    assert answer.status_code < 500


@pytest.mark.parametrize("name", ["calendar-rows", f"calendar-{HUGE}-step"])
def test_a_row_of_thousands_of_digits_is_no_row(name: str) -> None:
    inputs = {"calendar-rows": ["1"], "calendar-0-step": ["Choisir"], name: [HUGE]}
    kept, _ = operate(inputs, Operation(Verb.DOWN, "calendar", 0))
    assert row_count(kept, "calendar") in (0, 1)


def test_a_token_made_by_hand_is_not_taken(client: FlaskClient) -> None:
    opened(ANONYMOUS)
    client.post("/q/avis/profil", data={"_token": FORGED, "liberal": "oui"})
    html = client.get("/q/avis/travail").text
    assert "mot de passe" not in html
    assert re.search(r'name="_token" value="[A-Za-z0-9_-]{32}"', html)


def test_a_link_to_go_on_cannot_carry_html(client: FlaskClient) -> None:
    """Somebody who has a draft under such a token could send its link to somebody else."""
    opened(CONFIDENTIAL)
    _draft_of("avis", FORGED)
    answer = client.get(f"/reprise/{quote(FORGED)}", follow_redirects=True)
    assert "Vous" in answer.text
    assert "<h1>Envoyez" not in answer.text


def test_nobody_is_led_into_the_anonymous_draft_of_somebody_else(client: FlaskClient) -> None:
    """Whoever sent the link could read what is typed there."""
    opened(ANONYMOUS)
    token = respond.new_token()
    _draft_of("avis", token)
    assert len(drafts()) == 1
    assert client.get(f"/reprise/{token}").status_code == 410


def _draft_of(slug: str, token: str) -> None:
    campaign = respond.find(slug)
    assert campaign is not None
    draft = Draft(version_id=campaign.version_id)
    respond.save(campaign, token, draft, today=date(2026, 7, 1))
