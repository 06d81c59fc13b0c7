"""Pages of the places of exercise, and the « croisement » of a dossier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from surveyapp.core.french import date_short
from surveyapp.core.journey.due import terms
from surveyapp.models import Place, PlaceContact, User, db, now
from surveyapp.services import places as service
from surveyapp.services.dossiers.reading import opened
from surveyapp.services.places import Asked, PlaceCard
from tests import dossiers
from tests.dossiers import COORDINATION, at
from tests.web.checking import Browser, Page, words

REGISTER = "/coordination/dossiers/lieux"
#: The structure of these tests has the clock of Paris, which may be a day ahead of UTC.
TODAY = now().date()
ASKED = Asked(TODAY, ("telephone",), "interesse", "Rappeler le matin.")


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    return Browser(coordination)


def add(name: str = "Maison des Tilleuls", **fields: object) -> int:
    card = PlaceCard(name, "msp", **{"commune": "Val-Fictif", **fields})  # type: ignore[arg-type]
    return service.save(card, author_id=None, now=now())


def installation(**said: object) -> str:
    """The page of the crossing of a dossier after its interview."""
    start = TODAY - timedelta(days=20)
    dossiers.in_service("installation", on=start)
    key = dossiers.begin("installation", on=start, secteur="Val-Fictif", **said)
    dossiers.event(key, "rdv_propose", on=start)
    dossiers.move(key, "fixer_entretien", on=start)
    dossiers.event(key, "entretien_tenu", on=start)
    dossiers.fill(key, "fiche_entretien", on=start)
    dossiers.move(key, "lancer_croisement", on=start)
    return f"/coordination/dossiers/{key}/croisement"


def ask(path: str, place_id: int) -> None:
    service.ask_place(
        int(path.split("/")[3]), place_id, ASKED, viewer=COORDINATION, today=TODAY, now=at(TODAY)
    )


def lines(page: Page) -> list[str]:
    """The names of the places, in a table or in a list."""
    heads = [e for e in page.tree.iter("th") if e.get("scope") == "row"]
    heads += [e for e in page.tree.iter("p") if e.get("class") == "due-label"]
    return [words(e) for e in heads]


def test_an_empty_register_says_what_it_is_for(browser: Browser) -> None:
    page = browser.get(REGISTER)
    assert "Aucun lieu pour le moment" in page.text
    page = page.follow("Ajouter un lieu").submit("Ajouter le lieu", name=" ")
    assert (page.status, page.errors()) == (422, [("name", "Nommez le lieu.")])
    page = page.submit(
        "Ajouter le lieu",
        name="Cabinet de l’Étang",
        kind="cabinet",
        commune="Mont-Exemple",
        practice="liberal",
        phone="06 39 98 00 01",
        email="etang@demo.example",
        professions=["10", "60"],
    )
    assert "Le lieu est ajouté." in page.text
    assert "Médecin, Infirmier ou infirmière" in page.text
    assert page.link("etang@demo.example") == "mailto:etang@demo.example"


def test_a_place_is_changed_and_retired(browser: Browser) -> None:
    place_id = add(professions=("10",))
    page = browser.get(REGISTER).follow("Maison des Tilleuls")
    wrong = page.submit("Enregistrer les changements", email="tilleuls")
    assert [field for field, _ in wrong.errors()] == ["email"]
    page = page.submit("Enregistrer les changements", note="Plain-pied", professions=["10", "50"])
    assert "Les changements sont enregistrés." in page.text
    db.session.rollback()
    assert service.place(place_id).professions == ["10", "50"]
    page = page.follow("Maison des Tilleuls").submit("Retirer du registre")
    assert "n’est plus proposé" in page.text and lines(page) == []
    page = browser.get(f"{REGISTER}?etat=retires").follow("Maison des Tilleuls")
    assert "Ce lieu est retiré" in page.text
    assert lines(page.submit("Reprendre dans le registre")) == ["Maison des Tilleuls"]


def test_the_register_is_searched(browser: Browser) -> None:
    add()
    add("Cabinet", commune="Mont-Exemple")
    assert lines(browser.get(f"{REGISTER}?q=tilleuls")) == ["Maison des Tilleuls"]
    assert "Aucun lieu ne correspond" in browser.get(f"{REGISTER}?q=rien").text


def test_the_crossing_shows_what_suits_first(browser: Browser) -> None:
    path = installation(c_secteur="obligatoire")
    assert "Le registre des lieux est vide" in browser.get(path).text
    add("Sages-femmes", professions=("50",))
    add("Loin", commune="Ailleurs", professions=("10",))
    add(professions=("10",))
    page = browser.get(path)
    assert lines(page) == ["Maison des Tilleuls", "Loin", "Sages-femmes"]
    assert "Ne correspond pas : secteur souhaité (indispensable)" in page.text.replace(
        "\u00a0", " "
    )
    assert "cherche une autre profession" in page.text
    assert "sans la nommer" in page.text
    assert "Reporter" not in page.text


def test_contacts_are_noted_and_fill_the_form(browser: Browser) -> None:
    path, _ = installation(accord_lieux=True), add()
    page = browser.get(path)
    assert "sans la nommer" not in page.text
    page = page.follow("Noter un contact avec Maison des Tilleuls")
    wrong = page.submit("Enregistrer", on="", answer="")
    assert [field for field, _ in wrong.errors()] == ["on", "channels", "answer"]
    late = page.submit("Enregistrer", on="27/06/2199", channels=["telephone"], answer="interesse")
    assert (late.status, "à venir" in late.text) == (409, True)
    page = page.submit(
        "Enregistrer", on=date_short(TODAY), channels=["telephone", "sms"], answer="interesse"
    )
    assert "Ce contact est noté." in page.text
    assert "téléphone, SMS" in page.text
    page = page.submit("Reporter dans le relevé")
    while "Maison des Tilleuls" not in "".join(_values(page)):
        page = page.submit("Continuer" if "Continuer" in page.text else "Commencer")
    page.submit("Relire mes réponses").submit("Enregistrer le relevé")
    db.session.rollback()
    found = opened(db.session, int(path.split("/")[3]))
    (filled,) = found.dossier.happened("releve_croisement", TODAY)
    assert filled.answers["nombre_lieux"] == 1
    assert filled.answers["lieux"][0]["canal"] == ["telephone", "sms"]
    assert "croisement_10_jours" not in [t.deadline.name for t in terms(found.dossier, TODAY)]


def _values(page: Page) -> list[str]:
    return [e.get("value", "") for e in page.tree.iter("input")]


def test_a_contact_is_changed_and_forgotten(browser: Browser) -> None:
    path, place_id = installation(), add()
    ask(path, place_id)
    page = browser.get(path).follow("Modifier le contact de Maison des Tilleuls")
    assert (page.find("note").text or "").strip() == "Rappeler le matin."
    page = page.submit("Enregistrer", answer="non")
    assert "Pas de place ou pas intéressé" in page.text
    page = page.follow("Modifier le contact de Maison des Tilleuls")
    page = page.submit("Effacer ce contact, noté par erreur")
    assert "Ce contact est effacé." in page.text
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(PlaceContact.id))) == 0


def test_a_closed_dossier_shows_its_contacts_only(browser: Browser) -> None:
    path, place_id = installation(), add()
    ask(path, place_id)
    key = int(path.split("/")[3])
    dossiers.know(key, on=TODAY, motif_issue="famille")
    dossiers.move(key, "abandonner", on=TODAY)
    page = browser.get(path)
    assert "Reporter" not in page.text and "Rappeler le matin." in page.text
    page = browser.get(f"{path}/{place_id}").submit("Enregistrer", answer="non")
    assert (page.status, "rouvrez" in page.text) == (409, True)
    assert "rouvrez" in browser.post(f"{path}/{place_id}/effacer", {}).text


def test_other_dossiers_have_no_crossing(browser: Browser) -> None:
    dossiers.in_service("conciergerie", on=TODAY)
    key = dossiers.begin("conciergerie", on=TODAY)
    assert browser.client.get(f"/coordination/dossiers/{key}/croisement").status_code == 404
    path = installation(number=2)
    assert browser.client.get(f"{path}/1").status_code == 404
    assert browser.client.get(f"{REGISTER}/1/modifier").status_code == 404


@pytest.mark.parametrize("role", ["partenaire", "referent", "ambassadeur", "lecture"])
def test_places_are_for_the_coordination(
    role: str, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    path, place_id = installation(), add()
    client = sign_in(add_user(role))
    for address in (path, REGISTER, f"{path}/{place_id}", f"{REGISTER}/{place_id}/modifier"):
        assert client.get(address).status_code == 403, address
    for address in (f"{path}/relever", f"{REGISTER}/{place_id}/retirer"):
        assert client.post(address).status_code in (400, 403), address
    db.session.rollback()
    assert all(db.session.scalars(sa.select(Place.active)))
