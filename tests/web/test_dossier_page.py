"""The page of a dossier and its acts, as the coordination has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.models import Dossier, DossierMark, DossierNote, Event, Message, User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.erasing import anonymise
from surveyapp.web.dossiers.blueprint import today
from tests import dossiers
from tests.spaces import account_for, in_mandate, person_of
from tests.web.checking import Browser, Page, words

DAY = timedelta(days=1)


@pytest.fixture
def day(app: Flask) -> date:
    """The day on which the pages are read."""
    return today()


def address(key: int) -> str:
    return f"/coordination/dossiers/{key}"


def shown(coordination: FlaskClient, key: int) -> Page:
    return Browser(coordination).get(address(key))


def candidature(day: date) -> int:
    """A candidature received ten days ago."""
    dossiers.in_service("ambassadeur", on=day - 100 * DAY)
    return dossiers.begin("ambassadeur", on=day - 10 * DAY)


def in_interview(day: date) -> int:
    """The same, once an interview was proposed."""
    key = candidature(day)
    dossiers.know(key, on=day - 9 * DAY, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=day - 8 * DAY)
    dossiers.fill(key, "avis_referent", on=day - 6 * DAY, avis="favorable")
    dossiers.move(key, "proposer_entretien", on=day - 5 * DAY)
    return key


def row(key: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, key)


def mark(key: int, name: str) -> DossierMark:
    db.session.rollback()
    found = sa.select(DossierMark).where(DossierMark.dossier_id == key, DossierMark.name == name)
    return db.session.scalars(found.order_by(DossierMark.position.desc())).first()


def test_what_is_late_and_what_prevents_the_next_step_come_first(
    day: date, coordination: FlaskClient
) -> None:
    key = candidature(day)
    page = shown(coordination, key)
    now = words(page.find("maintenant")) and page.text
    assert "Vérifier l’adhésion en retard de 3 jours" in now
    assert "pas encore Demander l’avis des référents : Seul un adhérent à jour" in now
    assert page.link("Compléter les données") == f"{address(key)}/donnees"
    assert now.index("À faire maintenant") < now.index("06 39 98 00 00")
    assert now.index("06 39 98 00 00") < now.index("Chronologie")


def test_a_candidature_goes_from_facts_to_an_interview(
    day: date, coordination: FlaskClient
) -> None:
    key = candidature(day)
    page = shown(coordination, key).follow("Compléter les données")
    page = page.submit("Enregistrer", adhesion_a_jour="oui")
    assert "Les données sont enregistrées." in page.text
    assert "Données modifiées (Adhésion à jour de cotisation : rien → Oui)" in page.text
    page = page.follow("Demander l’avis des référents")
    assert "Échéance « Recueillir l’avis des référents »" in page.text
    assert "L’échéance « Vérifier l’adhésion » ne court plus." in page.text
    page = page.submit("Demander l’avis des référents")
    assert "C’est fait : le dossier est à l’étape « Avis des référents »." in page.text
    assert row(key).stage == "avis"
    dossiers.fill(key, "avis_referent", on=day, avis="favorable")
    page = shown(coordination, key).follow("Proposer un entretien")
    assert "« Votre candidature : convenons d’un entretien » part aussitôt" in page.text
    page = page.submit("Proposer un entretien")
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 1
    assert "Votre candidature : convenons d’un entretien" in page.text


def test_a_planned_event_is_announced_and_its_date_changed(
    day: date, coordination: FlaskClient
) -> None:
    key = in_interview(day)
    ahead = day + 3 * DAY
    page = shown(coordination, key).follow("Noter « Entretien de candidature »")
    page = page.submit("Noter", on=ahead.strftime("%d/%m/%Y"))
    assert "C’est prévu." in page.text
    assert "prévu Entretien de candidature" in page.text
    page = page.follow("changer la date")
    page = page.submit("Corriger la date", on=day.strftime("%d/%m/%Y"), reason="Avancé.")
    assert "l’historique garde l’ancienne" in page.text
    assert "Date corrigée : « Entretien de candidature »" in page.text
    assert "« Avancé. »" in page.text
    assert mark(key, "entretien_tenu").on == day
    assert "Remplir la grille d’entretien" in page.text


def test_a_reason_and_a_date_are_asked_for(day: date, coordination: FlaskClient) -> None:
    key = in_interview(day)
    page = shown(coordination, key).follow("Ne pas retenir la candidature")
    refused = page.submit("Ne pas retenir la candidature", on="demain")
    assert refused.status == 422
    assert {name for name, _ in refused.errors()} == {"on", "reason"}
    assert row(key).stage == "entretien"
    blank = page.submit("Ne pas retenir la candidature", on=" ", reason="Trop tôt.")
    assert blank.status == 422
    ahead = (day + DAY).strftime("%d/%m/%Y")
    late = page.submit("Ne pas retenir la candidature", on=ahead, reason="Trop tôt.")
    assert late.status == 409
    assert "Cette date est à venir" in late.text
    assert "Trop tôt." in words(late.find("reason"))
    done = page.submit("Ne pas retenir la candidature", reason="Trop tôt.")
    assert row(key).closed
    assert "« Trop tôt. »" in done.text
    assert "Ce dossier est clos" in done.text


def test_a_step_that_a_colleague_took_meanwhile_is_not_taken_twice(
    day: date, coordination: FlaskClient
) -> None:
    key = in_interview(day)
    page = shown(coordination, key).follow("Retirer la candidature")
    dossiers.move(key, "retirer", on=day)
    page = page.submit("Retirer la candidature")
    assert "n’en part pas" in page.text
    assert page.path == address(key)


def test_only_the_last_step_is_withdrawn_and_the_history_keeps_it(
    day: date, coordination: FlaskClient
) -> None:
    key = in_interview(day)
    first = Browser(coordination).get(f"{address(key)}/traces/{mark(key, 'avis').id}/date")
    assert "retirez cette ligne" not in first.text
    last = Browser(coordination).get(f"{address(key)}/traces/{mark(key, 'entretien').id}/date")
    page = last.follow("retirez cette ligne")
    assert page.submit("Retirer").status == 422
    page = page.submit("Retirer", reason="Mauvais dossier.")
    assert row(key).stage == "avis"
    assert "Retiré : « Entretien »" in page.text
    assert "« Mauvais dossier. »" in page.text
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0
    opening = mark(key, "candidature_recue").id
    page = Browser(coordination).get(f"{address(key)}/traces/{opening}/retrait")
    page = page.submit("Retirer", reason="Essai.")
    assert page.status == 409
    assert "ne se retire pas" in page.text


def test_forms_are_filled_and_corrected_by_their_links(
    day: date, coordination: FlaskClient
) -> None:
    key = in_interview(day)
    page = shown(coordination, key)
    for button in ("Remplir « Grille d’entretien »", "Corriger « Candidature » du"):
        label = next(words(b) for b in page.tree.iter("button") if words(b).startswith(button))
        fields = page.fields(label)
        answer = coordination.post(page.form(label).get("action") or "", data=fields)
        assert answer.status_code == 302
        assert "/i/" in answer.headers["Location"]
    unknown = coordination.post(f"{address(key)}/formulaires/inconnu", follow_redirects=True)
    assert "n’existe pas dans ce parcours" in unknown.text


def test_answers_are_read_in_words(day: date, coordination: FlaskClient) -> None:
    page = shown(coordination, in_interview(day))
    answers = [words(e) for e in page.tree.iter("details") if e.get("class") == "filling"]
    assert answers[0].startswith("Candidature – le")
    assert "Chirurgien ou chirurgienne-dentiste" in answers[0]
    assert answers[1].startswith("Avis d’un référent ou d’une référente")


def test_notes_are_kept_with_their_author(day: date, coordination: FlaskClient) -> None:
    key = candidature(day)
    page = shown(coordination, key)
    empty = page.submit("Ajouter la note", text="")
    assert empty.status == 422
    assert empty.errors() == [("text", "Écrivez d’abord la note.")]
    page = page.submit("Ajouter la note", text="Préfère le soir.", shared="y")
    assert "Préfère le soir. Personne coordination, le" in page.text
    assert db.session.scalars(sa.select(DossierNote)).one().shared


def test_an_ambassador_is_chosen_by_commune_and_load(
    day: date, coordination: FlaskClient, add_user: object
) -> None:
    key, _, near = with_ambassadors(day)
    page = shown(coordination, key)
    assert "Choisissez d’abord l’ambassadeur" in page.text
    page = page.follow("Choisir l’ambassadeur ou l’ambassadrice")
    offered = [words(label) for label in page.find("ambassadors").iter("label")]
    assert offered[0].startswith("Prénom12")
    assert "même commune" in offered[0]
    assert "aucun accompagnement en cours" in offered[0]
    assert offered[-1] == "Personne pour le moment"
    owner = str(db.session.scalars(sa.select(User.id)).first())
    page = page.submit("Enregistrer", ambassador=str(near), owner=owner)
    assert row(key).ambassador_id == near
    assert row(key).facts["ambassadeur_choisi"] == "Prénom12 Ambassade-Demo"
    assert "personne chargée du dossier : rien → Personne coordination" in page.text
    assert "ambassadeur ou ambassadrice : rien → Prénom12 Ambassade-Demo" in page.text
    page = page.follow("Attribuer à un ambassadeur").submit("Attribuer à un ambassadeur")
    assert row(key).stage == "premier_contact"
    page = page.follow("Changer")
    assert "1 accompagnement en cours" in page.text
    forged = Browser(coordination).post(
        page.path,
        {"owner": owner, "ambassador": "7", "csrf_token": page.fields("Enregistrer")["csrf_token"]},
    )
    assert forged.status == 422


def with_ambassadors(day: date) -> tuple[int, int, int]:
    """A request for an accompaniment, and two ambassadors: elsewhere, in the commune."""
    dossiers.in_service("ambassadeur", "accompagnement", on=day - 100 * DAY)
    found = []
    for number, commune in ((11, "Ailleurs-Demo"), (12, "Lons-Demo")):
        one = dossiers.begin(
            "ambassadeur",
            on=day - 90 * DAY,
            name="Ambassade-Demo",
            number=number,
            commune=commune,
            profession="10",
        )
        mandate(one, day - 80 * DAY)
        found.append(row(one).person_id or 0)
    return dossiers.begin("accompagnement", on=day - DAY), found[0], found[1]


def mandate(key: int, on: date) -> None:
    """Lead a candidature to its mandate in one day."""
    dossiers.know(key, on=on, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=on)
    dossiers.fill(key, "avis_referent", on=on, avis="favorable")
    dossiers.move(key, "proposer_entretien", on=on)
    dossiers.event(key, "entretien_tenu", on=on)
    dossiers.fill(key, "grille", on=on)
    dossiers.move(key, "conclure_entretien", on=on)
    dossiers.move(key, "accepter", on=on)
    dossiers.fill(key, "session", on=on, kit=True, aides=True, situations=True)
    dossiers.move(key, "donner_mandat", on=on)


def test_a_declaration_leads_to_the_page_where_it_is_validated(
    day: date, coordination: FlaskClient
) -> None:
    dossiers.in_service("ambassadeur", on=day - 100 * DAY)
    key = dossiers.begin("ambassadeur", on=day - 90 * DAY)
    mandate(key, day - 80 * DAY)
    declared = dossiers.fill(key, "declaration", on=day - DAY)
    page = shown(coordination, key)
    assert page.link("Examiner la déclaration").endswith(f"/{declared}")
    assert "/i/…" in page.text
    assert "/i/" not in page.text.replace("/i/…", "")
    assert page.link("Son accès à l’espace des ambassadeurs")
    dossiers.event(key, "declaration_validee", on=day, about_id=declared)
    page = shown(coordination, key)
    assert "Examiner la déclaration" not in page.text
    assert "Déclaration de temps et de frais validée (Déclaration de temps et de frais" in page.text


def test_facts_are_read_as_the_journey_says(day: date, coordination: FlaskClient) -> None:
    dossiers.in_service("installation", on=day - 100 * DAY)
    key = dossiers.begin("installation", on=day - 10 * DAY)
    page = shown(coordination, key).follow("Modifier")
    wrong = page.submit("Enregistrer", date_installation="bientôt", motif_issue="projet")
    assert wrong.status == 422
    assert wrong.errors()[0][0] == "date_installation"
    page = page.submit("Enregistrer", date_installation="1/2/2027", lieu_installation="Val-Demo")
    assert row(key).facts == {"date_installation": "2027-02-01", "lieu_installation": "Val-Demo"}
    assert "01/02/2027" in page.text
    page = page.follow("Modifier").submit("Enregistrer", date_installation="")
    assert row(key).facts == {"lieu_installation": "Val-Demo"}


def test_a_dossier_is_erased_with_a_reason(day: date, coordination: FlaskClient) -> None:
    key = candidature(day)
    page = shown(coordination, key).follow("Effacer ce dossier à la demande de la personne")
    assert page.submit("Effacer définitivement").status == 422
    page = page.submit("Effacer définitivement", reason="Demande reçue par mail.")
    assert "Le dossier est effacé." in page.text
    assert Browser(coordination).get(address(key)).status == 404
    assert db.session.scalars(sa.select(Event.kind)).all()[-1] == "dossier.erased"


def test_the_card_of_a_person_names_their_dossiers(day: date, coordination: FlaskClient) -> None:
    key, _, near = with_ambassadors(day)
    acts.assign(
        key, viewer=dossiers.COORDINATION, today=day, now=dossiers.at(day), ambassador_id=near
    )
    page = Browser(coordination).get(f"/coordination/annuaire/{near}")
    assert "Ambassadeurs et ambassadrices : En mandat" in page.text
    assert "(accompagne Personne-Demo Prénom1) : À attribuer" in page.text


def test_what_could_not_be_sent_is_said(day: date, coordination: FlaskClient) -> None:
    dossiers.in_service("ambassadeur", on=day - 100 * DAY)
    key = dossiers.begin("ambassadeur", on=day - 10 * DAY, courriel="")
    dossiers.event(key, "cotisation_demandee", on=day)
    page = shown(coordination, key)
    said = "non envoyé « Votre candidature : votre cotisation est à régulariser »"
    assert f"{said} (aucune adresse mail pour la personne concernée)" in page.text


def test_an_anonymised_dossier_only_reads(day: date, coordination: FlaskClient) -> None:
    key = in_interview(day)
    dossiers.move(key, "retirer", on=day)
    anonymise(key, today=day.replace(year=day.year + 10, day=1), now=dossiers.at(day))
    page = shown(coordination, key)
    assert page.heading.startswith("Dossier D-")
    assert "Ce dossier est anonymisé" in page.text
    assert "Chirurgien ou chirurgienne-dentiste" in page.text
    assert "Prénom1" not in page.text
    assert not page.has("text")
    for act in ("Corriger", "Effacer", "Attribuer", "Modifier"):
        assert act not in page.text, act


def test_what_does_not_exist_is_not_found(day: date, coordination: FlaskClient) -> None:
    key = candidature(day)
    about = "evenement/declaration_validee?sur=1"
    for path in (
        "passage/inconnu",
        "evenement/inconnu",
        "traces/1/date",
        "traces/1/retrait",
        about,
    ):
        assert coordination.get(f"{address(key)}/{path}").status_code == 404
    assert coordination.get(address(1)).status_code == 404


def test_an_ambassador_without_an_account_is_to_be_given_one(
    coordination: FlaskClient, add_user: Callable[..., User], day: date
) -> None:
    dossiers.in_service("ambassadeur", on=day - 100 * DAY)
    key = in_mandate(on=day - 10 * DAY)
    assert "Son espace d’ambassadeur n’est pas encore ouvert" in shown(coordination, key).text
    account_for(person_of(key), add_user)
    assert "n’est pas encore ouvert" not in shown(coordination, key).text


def test_a_sentence_says_to_whom_in_french(coordination: FlaskClient, day: date) -> None:
    key = candidature(day)
    dossiers.know(key, on=day - 9 * DAY, adhesion_a_jour="oui")
    dossiers.move(key, "instruire", on=day - 8 * DAY)
    text = " ".join(shown(coordination, key).text.split())
    assert "revient aux référents de la mission" in text
    assert "à les référents" not in text
