"""What referents and partners see of a dossier, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Dossier, User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.page.todo import days_until, urgency
from surveyapp.web.dossiers.blueprint import today
from tests import dossiers
from tests.web.checking import Browser, words

DAY = timedelta(days=1)
Add = Callable[[str], User]
Sign = Callable[[User], FlaskClient]


@pytest.fixture
def day(app: Flask) -> date:
    """The day on which the pages are read."""
    return today()


def address(key: int) -> str:
    return f"/coordination/dossiers/{key}"


def noted(key: int, day: date) -> None:
    """An internal note and a shared one."""
    for text, shared in (("Note interne.", False), ("Note partagée.", True)):
        acts.add_note(
            key, text, shared=shared, viewer=dossiers.COORDINATION, now=dossiers.at(day), today=day
        )


def test_a_referent_gives_an_opinion_and_takes_the_step(
    day: date, add_user: Add, sign_in: Sign
) -> None:
    dossiers.in_service("ambassadeur", on=day - 30 * DAY)
    key = dossiers.begin("ambassadeur", on=day - 10 * DAY)
    dossiers.know(key, on=day - 9 * DAY, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=day - 8 * DAY, reason="")
    noted(key, day)
    browser = Browser(sign_in(add_user("referent")))
    page = browser.get(address(key))
    assert "Recueillir l’avis des référents dans 7 jours" in page.text
    assert "06 39 98 00 00" in page.text
    assert "Note partagée." in page.text
    assert "Note interne." not in page.text
    for hidden in (
        "Corriger",
        "Mails envoyés",
        "Attribuer",
        "Effacer",
        "Voir sa fiche",
        "Modifier",
    ):
        assert hidden not in page.text, hidden
    dossiers.fill(key, "avis_referent", on=day, avis="favorable")
    page = browser.get(address(key)).follow("Proposer un entretien")
    page = page.submit("Proposer un entretien")
    assert "à l’étape « Entretien »" in page.text
    assert db.session.get_one(Dossier, key).stage == "entretien"
    page = page.submit("Ajouter la note", text="Un profil rare.")
    assert "Un profil rare. Personne referent" in page.text


def test_a_referent_does_not_correct_assign_or_erase(
    day: date, add_user: Add, sign_in: Sign
) -> None:
    dossiers.in_service("ambassadeur", "installation", on=day - 30 * DAY)
    key = dossiers.begin("ambassadeur", on=day)
    client = sign_in(add_user("referent"))
    for path in ("attribution", "effacement", "traces/1/date", "traces/1/retrait"):
        assert client.get(f"{address(key)}/{path}").status_code == 403
    page = Browser(client).get(f"{address(key)}/donnees")
    page = page.submit("Enregistrer", adhesion_a_jour="oui")
    assert page.status == 409
    assert "revient à la coordination" in page.text
    page = Browser(client).get(f"{address(key)}/passage/instruire")
    assert "Cette décision ne vous revient pas" in page.text
    other = dossiers.begin("installation", on=day, number=2)
    assert client.get(address(other)).status_code == 404
    assert client.post(f"{address(other)}/notes", data={"text": "x"}).status_code == 404
    assert client.post(f"{address(other)}/formulaires/recueil").status_code == 404


def test_a_partner_sees_what_is_shared_while_the_person_agrees(
    day: date, add_user: Add, sign_in: Sign
) -> None:
    dossiers.in_service("installation", on=day - 30 * DAY)
    key = dossiers.begin("installation", on=day - 10 * DAY)
    alone = dossiers.begin("installation", on=day - 10 * DAY, number=2, accord_cls=False)
    noted(key, day)
    browser = Browser(sign_in(add_user("partenaire")))
    assert browser.get(address(alone)).status == 404
    page = browser.get(address(key))
    assert "Lieu d’installation" in page.text
    assert "Motif de l’issue" not in page.text
    assert "Note interne." not in page.text
    assert [words(e) for e in page.tree.iter("summary") if "Recueil" in words(e)]
    page = page.follow("Noter « Rendez-vous proposé »").submit("Noter")
    assert "C’est noté." in page.text
    page = page.follow("Passer à l’entretien").submit("Passer à l’entretien")
    assert db.session.get_one(Dossier, key).stage == "entretien"
    entry = dossiers.fill(key, "recueil", on=day, accord_cls=False)
    assert entry
    assert browser.get(address(key)).status == 404


@pytest.mark.parametrize(
    ("shift", "said", "kind"),
    [
        (-2, "en retard de 2 jours", "late"),
        (-1, "en retard de 1 jour", "late"),
        (0, "aujourd’hui", "today"),
        (1, "demain", "soon"),
        (7, "dans 7\u00a0jours", "soon"),
        (8, "dans 8\u00a0jours", "later"),
    ],
)
def test_how_near_a_deadline_is(shift: int, said: str, kind: str) -> None:
    day = date(2028, 2, 28)
    assert days_until(day + shift * DAY, day).replace("\u00a0", " ") == said.replace("\u00a0", " ")
    assert urgency(day + shift * DAY, day) == kind
