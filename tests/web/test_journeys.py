"""Journeys in service from their page; forms of dossiers from the links to the last page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    Campaign,
    CampaignState,
    Dossier,
    DossierMark,
    JourneyUse,
    Response,
    User,
    db,
    now,
)
from surveyapp.services.dossiers import installed, journeys, stage_forms
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.stage_forms import ask, link_for
from surveyapp.services.transaction import transaction
from tests.dossiers import DAY, at, begin, in_service, know, move
from tests.web.checking import Browser, Page

ADDRESS = "/coordination/parcours"


def rows(model: Any) -> list[Any]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(model)))


def local(address: str) -> str:
    return address.removeprefix("http://localhost")


def fill_request(page: Page, *, mail: str = "lea@demo.example") -> Page:
    """The two pages of a request for an ambassador, then its review."""
    page = page.submit(
        "Continuer",
        prenom="Léa",
        nom="Martin-Demo",
        courriel=mail,
        profession="60",
        commune="Lons-Demo",
    )
    return page.submit(
        "Relire mes réponses",
        situation="moins_6_mois",
        besoins=["aides"],
        contact_prefere="courriel",
        accord_ambassadeur="oui",
        information_lue="oui",
    )


def public(slug: str = "accueil", form: str = "demande-accompagnement") -> None:
    internal = stage_forms.campaign_of(db.session, form)
    assert internal is not None
    version_id = internal.version_id
    with transaction() as session:
        session.add(
            Campaign(slug=slug, title="Accueil", version_id=version_id, state=CampaignState.OPEN)
        )


def test_a_journey_is_put_into_service_paused_and_resumed(coordination: FlaskClient) -> None:
    staff = Browser(coordination)
    page = staff.get(ADDRESS)
    assert page.heading == "Parcours"
    assert "Pas encore en service" in page.text
    page = page.follow("Accompagnement par un ambassadeur").submit("Mettre en service")
    assert "est en service" in page.text
    assert "Aucune collecte ne propose encore" in page.text
    [use] = rows(JourneyUse)
    assert not use.paused
    page = page.submit("Mettre le parcours en pause")
    assert "En pause" in page.text
    assert rows(JourneyUse)[0].paused
    assert "n’ouvre pas de dossier" in staff.get(f"{ADDRESS}/accompagnement/nouveau-dossier").text
    page = staff.get(f"{ADDRESS}/accompagnement").submit("Reprendre le parcours")
    assert not rows(JourneyUse)[0].paused
    assert staff.get(f"{ADDRESS}/inconnu").status == 404
    assert "stage" not in page.text


def test_a_journey_file_with_faults_says_them_and_is_not_used(
    coordination: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _copied(tmp_path, monkeypatch)
    path = folder / "conciergerie.yaml"
    path.write_text(path.read_text("utf-8").replace("entry_task: demande", "entry_task: perdue"))
    staff = Browser(coordination)
    page = staff.get(f"{ADDRESS}/conciergerie")
    assert "Fichier à corriger" in page.text
    assert "conciergerie.yaml, ligne" in page.text
    coordination.post(f"{ADDRESS}/conciergerie/service")
    assert rows(JourneyUse) == []


def test_a_new_version_is_seen_then_taken_by_each_dossier(
    coordination: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _copied(tmp_path, monkeypatch)
    in_service("ambassadeur")
    first, second = begin("ambassadeur"), begin("ambassadeur", number=2)
    path = folder / "ambassadeur.yaml"
    text = path.read_text("utf-8").replace('version: "2026.1"', 'version: "2026.2"')
    path.write_text(text.replace('label: "Vérifier l’adhésion"', 'label: "Contrôler l’adhésion"'))
    staff = Browser(coordination)
    page = staff.get(f"{ADDRESS}/ambassadeur")
    assert "Échéance « Contrôler l’adhésion » : modification." in page.text.replace("\xa0", " ")
    page = page.submit("Mettre cette version en service")
    assert "2 dossiers suivent une ancienne version" in page.text.replace("\xa0", " ")
    page = page.follow("Voir ce que changerait la version en service")
    assert "Contrôler l’adhésion" in page.text
    page = page.submit("Faire passer les dossiers cochés", dossier=str(first))
    assert "1 dossier suit" in page.text.replace("\xa0", " ")
    numbers = {row.id: row.version.number for row in rows(Dossier)}
    assert numbers == {first: 2, second: 1}
    page = staff.get(f"{ADDRESS}/ambassadeur/versions")
    page = page.submit("Faire passer les dossiers cochés", dossier=[])
    assert "Cochez au moins un dossier" in page.text


def _copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files, to be changed."""
    import shutil

    folder = tmp_path / "forms"
    shutil.copytree(journeys.FOLDER.parent, folder)
    monkeypatch.setattr(journeys, "FOLDER", folder / "journeys")
    for function in (installed.every, installed.one, journeys.put_into_service):
        _default_folder(function, folder / "journeys", monkeypatch)
    return folder / "journeys"


def _default_folder(function: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if function.__defaults__:
        monkeypatch.setattr(function, "__defaults__", (folder,))
    else:
        monkeypatch.setattr(function, "__kwdefaults__", {"folder": folder})


def test_answers_received_before_open_their_dossiers(coordination: FlaskClient) -> None:
    in_service("accompagnement")
    public()
    journeys.pause("accompagnement", True, author_id=None, now=now())
    staff, visitor = Browser(coordination), Browser(coordination.application.test_client())
    for mail in ("lea@demo.example", "ana@demo.example", "eva@demo.example"):
        page = visitor.get("/q/accueil").follow("Commencer")
        thanks = fill_request(page, mail=mail).submit("Envoyer ma demande")
        assert "Revenir au dossier" not in thanks.text
    assert rows(Dossier) == []
    staff.get(f"{ADDRESS}/accompagnement").submit("Reprendre le parcours")
    answer = rows(Response)[0].id
    page = staff.get(f"/coordination/collectes/accueil/reponses/{answer}")
    page.submit("Ouvrir un dossier")
    [row] = rows(Dossier)
    page = staff.get(f"/coordination/collectes/accueil/reponses/{answer}")
    assert page.link(row.reference).endswith(f"/{row.id}")
    page = staff.get(f"{ADDRESS}/accompagnement").submit("Ouvrir leurs 2 dossiers")
    assert "2 dossiers sont ouverts" in page.text.replace("\xa0", " ")
    assert len(rows(Dossier)) == 3
    assert "Réponses sans dossier" not in page.text


def test_the_coordination_opens_a_dossier_for_somebody(coordination: FlaskClient) -> None:
    """By the open campaign of the entry form, else by the internal one."""
    in_service("accompagnement")
    staff = Browser(coordination)
    for slug in ("dossier-demande-accompagnement", "accueil"):
        if slug == "accueil":
            public()
        page = staff.get(ADDRESS).follow("Nouveau dossier « Accompagnement par un ambassadeur »")
        page = page.submit("Remplir le formulaire")
        assert page.path == f"/q/{slug}"
        page = fill_request(page.follow("Commencer"), mail=f"{slug}@demo.example")
        page = page.submit("Envoyer ma demande")
        assert page.heading == "C’est enregistré"
        [mark] = [m for m in rows(DossierMark) if m.name == "demande"][-1:]
        newest = max(rows(Dossier), key=lambda row: row.created_at)
        assert page.link("Revenir au dossier") == f"/coordination/dossiers/{newest.id}"
        assert mark.actor is Actor.COORDINATION
    assert len(rows(Dossier)) == 2


def test_nobody_else_comes_in_by_the_token_of_a_colleague(client: FlaskClient, app: Flask) -> None:
    in_service("accompagnement")
    with client.session_transaction() as session:
        session["drafts"] = {"dossier-demande-accompagnement": ["dossier-" + "a" * 30, 0]}
    page = Browser(client).get("/q/dossier-demande-accompagnement")
    assert page.status == 403
    assert "lien personnel" in page.heading


def _candidature() -> int:
    in_service("ambassadeur")
    dossier_id = begin("ambassadeur")
    know(dossier_id, on=DAY, adhesion_a_jour="oui")
    move(dossier_id, "instruire", on=DAY)
    return dossier_id


def test_a_referent_fills_a_form_and_goes_back_to_the_dossier(
    app: Flask,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
    coordination: FlaskClient,
) -> None:
    dossier_id = _candidature()
    user = add_user("referent")
    viewer = Viewer(Actor.REFERENT, user.id)
    address = local(ask(dossier_id, "avis_referent", viewer=viewer, now=now()))
    assert app.test_client().get(address).status_code == 302  # sign in first
    assert Browser(coordination).get(address).status == 404  # not their link
    browser = Browser(sign_in(user))
    page = browser.get(address)
    assert page.path == "/q/dossier-avis-referents/avis_page"
    assert "Personne-Demo Prénom1" in browser.get("/q/dossier-avis-referents").text
    page = page.submit("Relire mes réponses", referent="Alix Demo", avis="favorable")
    page = page.submit("Enregistrer l’avis")
    assert page.link("Revenir au dossier") == f"/coordination/dossiers/{dossier_id}"
    [mark] = [m for m in rows(DossierMark) if m.name == "avis_referent"]
    assert (mark.actor, mark.user_id) == (Actor.REFERENT, user.id)
    assert browser.client.get(address).headers["Location"].endswith(f"/dossiers/{dossier_id}")
    # Their own filling can be corrected: the form opens on its review, filled.
    again = ask(dossier_id, "avis_referent", viewer=viewer, now=now(), corrects_id=mark.id)
    page = browser.get(local(again))
    assert page.path.endswith("/relire-et-envoyer")
    assert "Alix Demo" in page.text
    page.submit("Enregistrer l’avis")
    assert [m.withdrawn for m in rows(DossierMark) if m.name == "avis_referent"].count(True) == 1


def test_somebody_fills_a_form_by_the_link_of_a_mail(app: Flask, client: FlaskClient) -> None:
    dossier_id = _candidature()
    with transaction() as session:
        row = session.get_one(Dossier, dossier_id)
        first = link_for(session, row, "avis_referent", actor=Actor.REFERENT, now=at(DAY))
        assert link_for(session, row, "avis_referent", actor=Actor.REFERENT, now=at(DAY)) == first
        late = link_for(session, row, "avis_referent", actor=Actor.PERSON, now=at(DAY))
    browser = Browser(client)
    page = browser.get(local(first))
    assert page.path == "/q/dossier-avis-referents"
    page = page.follow("Commencer").submit(
        "Relire mes réponses", referent="Alix Demo", avis="favorable"
    )
    page = page.submit("Enregistrer l’avis")
    if "Confirmez votre envoi" in page.text:
        page = page.submit("Enregistrer l’avis")
    assert page.heading == "Merci, vos réponses sont bien arrivées"
    assert "Revenir au dossier" not in page.text
    assert len([m for m in rows(DossierMark) if m.name == "avis_referent"]) == 1
    assert Browser(app.test_client()).get(local(first)).heading.startswith("Merci")
    page = browser.get("/i/" + "x" * 43)
    assert page.status == 404
    move(dossier_id, "refuser", on=DAY)
    page = Browser(app.test_client()).get(local(late))
    assert (page.status, page.heading) == (410, "Ce formulaire n’est plus attendu")


def test_an_ambassador_has_no_business_with_journeys(
    add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    in_service("accompagnement")
    for role in ("ambassadeur", "referent", "partenaire", "lecture"):
        client = sign_in(add_user(role))
        assert client.get(ADDRESS).status_code == 403
        assert client.post(f"{ADDRESS}/accompagnement/nouveau-dossier").status_code == 403


def test_internal_collections_are_nowhere_for_the_coordination(coordination: FlaskClient) -> None:
    in_service("ambassadeur")
    staff = Browser(coordination)
    for page in ("/coordination/", "/coordination/collectes", "/coordination/questionnaires"):
        assert "Votre avis sur une candidature" not in staff.get(page).text
    for below in ("", "/resultats", "/reponses", "/partage", "/modifier"):
        address = f"/coordination/collectes/dossier-avis-referents{below}"
        assert coordination.get(address).status_code == 404
