"""A small questionnaire, published and open: what tests of answering start from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask

from surveyapp.models import Campaign, CampaignState, Response, ResponseStatus, db
from surveyapp.services.publish import publish
from surveyapp.services.transaction import transaction
from tests.core.samples import form

NOTICE = """
notice:
  controller: "{structure}, {address}"
  purpose: Tester.
  legal_basis: Intérêt légitime.
  recipients: La coordination.
  retention: Douze mois.
  rights: Réclamation possible à la CNIL.
  contact: "{dpo}"
"""

#: Three pages, anonymous: nothing required but one choice.
ANONYMOUS = (
    NOTICE
    + """
title: Votre avis
mode: anonymous
k: 5
retention_months: unlimited
duration_minutes: 3
introduction: |
  Bonjour, **merci** de votre temps.
thanks: |
  À bientôt à {structure}.
safety_box: |
  En cas de détresse : **3114**.
submit_label: Envoyer mes réponses
choices:
  on: [{name: oui, label: Oui}, {name: non, label: Non}]
survey:
  - type: group
    name: profil
    label: Vous
    items:
      - {type: select_one on, name: liberal, label: Êtes-vous libéral ?, required: true}
      - {type: integer, name: annees, label: Années d’exercice}
  - type: group
    name: travail
    label: Votre travail
    relevant: "${liberal} = 'oui'"
    items:
      - type: range
        name: stress
        label: Votre stress
        parameters: {min_label: Aucun, max_label: Extrême}
      - {type: text, appearance: multiline, name: libre, label: Un mot}
  - type: group
    name: fin
    label: Pour finir
    items:
      - {type: date, name: jour, label: Quel jour}
"""
)

#: Two pages, nominative, with a prerequisite on the first.
NOMINATIVE = (
    NOTICE
    + """
title: Votre candidature
mode: nominative
k: 5
retention_months: 12
draft_retention_days: 90
email_question: courriel
identity_questions: [prenom, nom]
thanks: |
  Nous revenons vers vous.
submit_label: Envoyer ma candidature
prerequisites:
  - section: identite
    expression: "${a_jour} = 'oui'"
    label: Votre adhésion n’est pas à jour
    message: |
      Réglez votre cotisation auprès de {contact}, puis reprenez.
choices:
  on: [{name: oui, label: Oui}, {name: non, label: Non}]
survey:
  - type: group
    name: identite
    label: Qui êtes-vous
    items:
      - {type: text, name: prenom, label: Prénom, required: true, autocomplete: given-name}
      - {type: text, name: nom, label: Nom, required: true}
      - {type: email, name: courriel, label: Courriel, required: true}
      - {type: select_one on, name: a_jour, label: À jour de cotisation, required: true}
      - {type: text, appearance: rpps, name: rpps, label: Numéro RPPS}
  - type: group
    name: envie
    label: Votre envie
    items:
      - {type: text, appearance: multiline, name: motivation, label: Votre motivation}
"""
)

CONFIDENTIAL = ANONYMOUS.replace("mode: anonymous", "mode: confidential").replace(
    "retention_months: unlimited", "retention_months: 12"
)


def opened(body: str, slug: str = "avis", **columns: Any) -> Campaign:
    """Publish a questionnaire and open a campaign of it."""
    version = publish(form(body))
    settings = {"title": "Votre avis compte", "state": CampaignState.OPEN, **columns}
    campaign = Campaign(slug=slug, version_id=version.id, **settings)
    with transaction() as session:
        session.add(campaign)
    return campaign


def change(campaign: Campaign, **columns: Any) -> None:
    """Change a campaign as the coordination would."""
    identifier = campaign.id
    with transaction() as session:
        session.execute(sa.update(Campaign).where(Campaign.id == identifier).values(**columns))


def sent() -> list[Response]:
    """Every answer that was sent."""
    return _with(ResponseStatus.SUBMITTED)


def drafts() -> list[Response]:
    return _with(ResponseStatus.DRAFT)


def _with(status: ResponseStatus) -> list[Response]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Response).where(Response.status == status)))


def together(app: Flask, count: int, act: Callable[[int], object]) -> list[object]:
    """Run ``act`` in as many threads, at the same moment; what each returned or raised."""
    results: list[object] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[number] = act(number)
            except Exception as error:
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
