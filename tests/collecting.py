"""A small questionnaire, its campaign and its answers, for the tests of results."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.loader import loads
from surveyapp.models import Campaign, CampaignState, Response, ResponseStatus, random_key
from surveyapp.services.publish import add_version
from surveyapp.services.transaction import transaction

TODAY = date(2026, 3, 1)
_FORM = """
name: essai-{mode}-{k}
title: Essai
version: "1"
mode: {mode}
k: {k}
retention_months: unlimited
notice:
  {{controller: CPTS, purpose: but, legal_basis: intérêt, recipients: CPTS, retention: "1 an",
    rights: droits}}
choices:
  secteurs: [{{name: nord, label: Nord}}, {{name: sud, label: Sud}}]
  themes: [{{name: soin, label: Le soin}}, {{name: lien, label: "Le lien, l’équipe"}}]
survey:
  - type: group
    name: page
    label: Votre avis
    items:
      - type: range
        name: note
        label: Votre note
        parameters: {{start: 0, end: 6}}
      - {{type: select_one secteurs, name: secteur, label: Votre secteur, profile: true}}
      - {{type: select_multiple themes or_other, name: themes, label: Vos thèmes}}
      - {{type: text, name: idee, label: Une idée ?, appearance: multiline}}
      - {{type: integer, name: actes, label: Actes par jour}}
      - {{type: date, name: jour, label: Quel jour ?}}
{more}
"""
MORE = """
  - type: group
    name: suite
    label: Vous
    items:
      - {type: text, name: nom, label: Votre nom}
      - {type: email, name: courriel, label: Courriel}
      - {type: tel, name: telephone, label: Téléphone}
      - {type: decimal, name: km, label: Distance}
      - {type: dateTime, name: rdv, label: Rendez-vous}
      - {type: rank themes, name: ordre, label: Classez}
      - {type: acknowledge, name: accord, label: J’accepte}
      - type: repeat
        name: enfants
        label: Enfants
        items:
          - {type: text, name: prenom, label: Prénom}
          - {type: integer, name: age, label: Âge}
"""


def form(mode: Mode = Mode.ANONYMOUS, *, k: int = 5, more: str = "") -> FormDefinition:
    """A note, a profile, several choices, an open question, a number, a date, and ``more``."""
    return loads(_FORM.format(mode=mode, k=k, more=more))


def campaign_of(
    definition: FormDefinition, *, state: CampaignState = CampaignState.CLOSED, **values: Any
) -> Campaign:
    """A campaign named « essai » on this questionnaire."""
    with transaction() as session:
        version = add_version(session, definition)
        campaign = Campaign(
            **{"slug": "essai", "title": "Essai", **values}, version_id=version.id, state=state
        )
        session.add(campaign)
    return campaign


def answer(campaign: Campaign, *documents: dict[str, Any], day: date = TODAY) -> list[int]:
    """Insert submitted answers; their ids."""
    rows = [
        {
            "id": random_key(),
            "campaign_id": campaign.id,
            "version_id": campaign.version_id,
            "anonymous": campaign.version.mode is Mode.ANONYMOUS,
            "status": ResponseStatus.SUBMITTED,
            "document": document,
            "saved_on": day,
            "submitted_on": day,
        }
        for document in documents
    ]
    with transaction() as session:
        session.execute(sa.insert(Response), rows)
    return [row["id"] for row in rows]


def mixed(count: int) -> list[dict[str, Any]]:
    """Answers in which no subgroup is unanimous."""
    return [
        {"note": 3 + i % 4, "secteur": "nord" if i % 3 else "sud", "idee": f"Idée {i}"}
        for i in range(count)
    ]


def move(campaign: Campaign, state: CampaignState) -> None:
    with transaction():
        campaign.state = state
