"""The same act on several dossiers: what would happen to each, then what happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import (
    Dossier,
    DossierMark,
    Message,
    User,
    db,
)
from surveyapp.services.dossiers import bulk
from tests.dossiers import COORDINATION, in_service, know
from tests.web.checking import Browser
from tests.web.registering import (
    LONG_AGO,
    SHOW,
    TABLE,
    TODAY,
    names,
    three,
    ticked,
)


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    in_service("installation", on=LONG_AGO)
    return Browser(coordination)


def test_a_decision_is_foreseen_for_each_dossier_then_taken(browser: Browser) -> None:
    arbre, buisson, chene = three()
    know(arbre, on=TODAY, motif_issue="projet")
    know(chene, on=TODAY, motif_issue="projet")
    page = browser.get(TABLE)
    page = page.submit(SHOW, acte="passage:abandonner", dossier=ticked(page, arbre, buisson, chene))
    assert page.text.count("Cette décision demande un motif") == 2
    assert "Choisissez d’abord le motif de l’issue." in page.text
    page = page.submit("Mettre l’aperçu à jour", motif="Plus de projet ici.")
    assert "2 dossiers changeraient" in page.text
    assert "« Recueil » → « Projet abandonné »." in page.text
    assert "« Entretien » → « Projet abandonné »." in page.text
    assert "1 dossier ne changerait pas" in page.text
    assert db.session.get_one(Dossier, arbre).stage == "contact"
    page = page.submit("Faire pour ces 2 dossiers")
    assert page.heading == "C’est fait"
    db.session.rollback()
    stages = {n: db.session.get_one(Dossier, n).stage for n in (arbre, buisson, chene)}
    assert stages == {arbre: "abandon", buisson: "contact", chene: "abandon"}
    marks = db.session.scalars(sa.select(DossierMark).where(DossierMark.name == "abandonner")).all()
    assert [mark.reason for mark in marks] == ["Plus de projet ici."] * 2
    assert page.follow("Revenir à la liste").heading == "Installations"


def test_a_dossier_that_changed_since_the_preview_is_left_alone(browser: Browser) -> None:
    arbre, buisson, _ = three()
    page = browser.get(TABLE)
    page = page.submit(SHOW, acte="evenement:rdv_propose", dossier=ticked(page, arbre, buisson))
    assert "« Rendez-vous proposé » est noté. 1 mail part." in page.text
    know(arbre, on=TODAY, lieu_installation="Lons-Demo")
    done = page.submit("Faire pour ces 2 dossiers")
    assert done.heading == "C’est fait en partie"
    assert "Ce dossier a changé depuis l’aperçu" in done.text
    marks = sa.select(DossierMark.dossier_id).where(DossierMark.name == "rdv_propose")
    assert set(db.session.scalars(marks)) == {buisson, _}
    mails = db.session.scalars(sa.select(Message.recipient).where(Message.dossier_id == buisson))
    assert list(mails).count("personne2@demo.example") == 1
    again = page.submit("Faire pour ces 2 dossiers")
    assert again.heading == "Rien n’a changé"


def test_an_event_has_its_date_and_its_limits(browser: Browser) -> None:
    arbre, _, chene = three()
    page = browser.get(TABLE)
    both = ticked(page, arbre, chene)
    for day, said in {
        TODAY - timedelta(days=1): "Cette date précède l’ouverture du dossier.",
        TODAY + timedelta(days=3000): "Cette date est trop lointaine",
    }.items():
        found = page.submit(SHOW, acte="evenement:rdv_propose", dossier=both, le=day.isoformat())
        assert said in found.text
        assert "Rien de tel ne se note à l’étape « Entretien »" in found.text
    ahead = TODAY + timedelta(days=3)
    found = page.submit(SHOW, acte="evenement:rdv_propose", dossier=both, le=ahead.isoformat())
    found.submit("Faire pour ce dossier")
    marks = sa.select(DossierMark.on).where(DossierMark.dossier_id == arbre)
    assert ahead in db.session.scalars(marks.where(DossierMark.name == "rdv_propose")).all()
    assert (
        "Écrivez la date avec le jour"
        in page.submit(SHOW, acte="evenement:rdv_propose", dossier=both, le="demain").text
    )


def test_dossiers_of_the_filters_are_given_to_a_colleague(browser: Browser) -> None:
    arbre, buisson, chene = three()
    me = db.session.scalars(sa.select(User.id)).one()
    page = browser.get(f"{TABLE}&etape=contact")
    page = page.submit(SHOW, acte=f"suivi:{me}", lesquels="tous")
    assert "Suivi par : personne → Personne coordination." in page.text
    page = page.submit("Faire pour ces 2 dossiers")
    db.session.rollback()
    owners = {n: db.session.get_one(Dossier, n).owner_id for n in (arbre, buisson, chene)}
    assert owners == {arbre: me, buisson: me, chene: None}
    page = browser.get(f"{TABLE}&suivi=moi").submit(SHOW, acte=f"suivi:{me}", lesquels="tous")
    assert "2 dossiers ne changeraient pas" in page.text
    page = browser.get(f"{TABLE}&suivi=moi").submit(SHOW, acte="suivi:personne", lesquels="tous")
    page.submit("Faire pour ces 2 dossiers")
    assert names(browser.get(f"{TABLE}&suivi=moi")) == []


def test_giving_many_dossiers_reads_colleagues_once(app: Flask, browser: Browser) -> None:
    three()
    ids = list(db.session.scalars(sa.select(Dossier.id).order_by(Dossier.id)))
    act = bulk.Act(bulk.OWNER, str(db.session.scalars(sa.select(User.id)).one()), TODAY)
    found: list[str] = []

    def seen(_c: object, _u: object, statement: str, *_: object) -> None:
        found.append(statement)

    def cost(count: int) -> int:
        db.session.rollback()
        found.clear()
        fates = bulk.preview(ids[:count], act, viewer=COORDINATION, today=TODAY)
        assert all("Suivi par" in fate.does for fate in fates)
        return len(found)

    sa.event.listen(db.engine, "before_cursor_execute", seen)
    costs = cost(1), cost(3)
    sa.event.remove(db.engine, "before_cursor_execute", seen)
    assert costs[0] == costs[1]


def test_what_was_not_chosen_is_said(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    arbre, buisson, _ = three()
    page = browser.get(TABLE)
    assert (
        "Choisissez d’abord ce qu’il faut faire."
        in page.submit(SHOW, dossier=ticked(page, arbre)).text
    )
    assert "Cochez au moins un dossier." in page.submit(SHOW, acte="suivi:personne").text
    monkeypatch.setattr(bulk, "MOST", 1)
    found = page.submit(SHOW, acte="suivi:personne", dossier=ticked(page, arbre, buisson))
    assert "Au plus 1 dossier à la fois" in found.text
    options = [e.get("value") for e in page.find("acte").iter("option")]
    assert "passage:abandonner" in options
    sent = page.fields(SHOW)
    sent["acte"] = "passage:effacer-tout"
    forged = browser.post(page.form(SHOW).get("action") or "", sent)
    assert "Choisissez d’abord ce qu’il faut faire." in forged.text
