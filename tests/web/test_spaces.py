"""« À faire », the space of ambassadors, their account, the calendar: pages for each role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, DossierMark, DossierNote, Message, User, db, now
from surveyapp.services import accounts
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.access import Viewer
from tests.dossiers import COORDINATION, at, fill
from tests.spaces import Scene, account_for, entrusted, in_mandate, scene
from tests.web.checking import Browser, Page, words

pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")
BOARD = "/coordination/dossiers/a-faire"
TODAY = now().date()


@pytest.fixture
def mine(app: Flask) -> Scene:
    """An accompaniment entrusted eight days ago: the first contact is a day late."""
    return scene(on=TODAY - timedelta(days=8))


@pytest.fixture
def ambassador(
    mine: Scene, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> Browser:
    return Browser(sign_in(account_for(mine.ambassador_id, add_user)))


def marks(dossier_id: int, name: str) -> list[DossierMark]:
    statement = sa.select(DossierMark).where(
        DossierMark.dossier_id == dossier_id, DossierMark.name == name
    )
    return list(db.session.scalars(statement))


def menu_of(page: Page, label: str) -> list[str]:
    """The links of a menu; none when the page has no such menu."""
    menus = [nav for nav in page.tree.iter("nav") if nav.get("aria-label") == label]
    return [words(link) for nav in menus for link in nav.iter("a")]


# --- landing and menus -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "place", "entries"),
    [
        ("lecture", "/coordination/", {"À faire", "Indicateurs", "Questionnaires"}),
        ("coordination", "/coordination/", {"À faire", "Dossiers", "Annuaire"}),
        ("admin", "/coordination/", {"À faire", "Dossiers", "Réglages"}),
        ("referent", BOARD, {"À faire", "Dossiers"}),
        ("partenaire", BOARD, {"À faire", "Dossiers"}),
        ("ambassadeur", "/ambassadeur/", {"Accompagnements", "Mon mandat"}),
    ],
)
def test_each_role_begins_on_its_own_page(
    app: Flask,
    role: str,
    place: str,
    entries: set[str],
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    client = sign_in(add_user(role))
    assert client.get("/compte/accueil").headers["Location"] == place
    page = Browser(client).get(place)
    assert page.status == 200
    menu = menu_of(page, "Menu principal")
    assert entries <= set(menu)
    if role in ("referent", "partenaire", "ambassadeur"):
        assert set(menu) == entries
    assert menu.count("À faire") <= 1


def test_the_pages_about_dossiers_share_a_menu(coordination: FlaskClient) -> None:
    page = Browser(coordination).get(BOARD)
    under = menu_of(page, "Dossiers")
    assert under[:2] == ["Tous les dossiers", "Échéances"]
    page = Browser(coordination).get("/coordination/dossiers/calendrier")
    current = [link for link in page.tree.iter("a") if link.get("aria-current") == "page"]
    assert [words(link) for link in current] == ["Dossiers", "Calendrier"]
    assert not menu_of(Browser(coordination).get("/coordination/annuaire/"), "Dossiers")


# --- « À faire » -----------------------------------------------------------------------


def test_the_board_notes_an_event_with_one_click(mine: Scene, coordination: FlaskClient) -> None:
    page = Browser(coordination).get(BOARD)
    assert "Prendre le premier contact" in page.text
    assert "en retard de 1 jour" in page.text
    page = page.submit("Fait aujourd’hui : Premier contact (Personne-Demo Prénom1)")
    assert "C’est noté" in page.text
    (mark,) = marks(mine.accompanied, "contact_pris")
    assert mark.on == TODAY
    assert "Prendre le premier contact" not in page.text


def test_the_home_page_begins_with_what_is_most_overdue(
    mine: Scene, coordination: FlaskClient
) -> None:
    page = Browser(coordination).get("/coordination/")
    assert "en retard de 1 jour" in page.text
    page = page.submit("Fait aujourd’hui : Premier contact (Personne-Demo Prénom1)")
    assert page.path == "/coordination/"
    assert "C’est noté" in page.text
    assert "Premier contact (Personne" not in page.text


def test_the_coordination_may_look_at_its_own_dossiers_only(
    mine: Scene, coordination: FlaskClient, sign_in: Callable[[User], FlaskClient]
) -> None:
    page = Browser(coordination).get(BOARD).follow("Mes dossiers")
    assert "Personne-Demo" not in page.text
    user = db.session.scalars(sa.select(User)).first()
    assert user is not None
    who = Viewer(Actor.COORDINATION, user.id)
    acts.assign(mine.accompanied, viewer=who, today=TODAY, now=now(), owner_id=user.id)
    page = page.follow("Mes dossiers")
    page = page.submit("Fait aujourd’hui : Premier contact (Personne-Demo Prénom1)")
    assert page.path.endswith("?dossiers=miens"), "the list stays filtered"


def test_the_board_leads_to_the_form_and_says_why_not(
    mine: Scene, coordination: FlaskClient
) -> None:
    url = f"{BOARD}/{mine.accompanied}/formulaire"
    answer = coordination.post(url, data={"name": "fiche"})
    assert answer.status_code == 302
    assert "/i/" in answer.headers["Location"]
    refused = coordination.post(url, data={"name": "demande"}, follow_redirects=True)
    assert "alert-danger" in refused.text
    assert coordination.post(f"{BOARD}/12/formulaire", data={"name": "x"}).status_code == 404
    unknown = coordination.post(f"{BOARD}/{mine.accompanied}/evenement", data={"name": "x"})
    assert unknown.status_code == 302


def test_the_home_page_counts_what_waits_in_the_dossiers(
    mine: Scene, coordination: FlaskClient
) -> None:
    page = Browser(coordination).get("/coordination/")
    assert "Dossiers : 1 échéance dépassée" in page.text


def test_a_referent_opens_nobody_elses_dossier_from_the_board(
    mine: Scene, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    referent = sign_in(add_user("referent"))
    assert "Prendre le premier contact" not in referent.get(BOARD).text
    answer = referent.post(f"{BOARD}/{mine.accompanied}/evenement", data={"name": "contact_pris"})
    assert answer.status_code == 404
    assert marks(mine.accompanied, "contact_pris") == []


# --- the space of an ambassador --------------------------------------------------------


def test_an_ambassador_calls_notes_the_contact_and_begins(mine: Scene, ambassador: Browser) -> None:
    page = ambassador.get("/ambassadeur/")
    assert "Prénom1" in page.text
    assert 'href="tel:0639980000"' in page.response.text
    assert "En retard" in page.text
    page = page.submit("Premier contact : fait aujourd’hui")
    assert "C’est noté" in page.text
    assert marks(mine.accompanied, "contact_pris")[0].actor == "ambassador"
    # the sponsoring begins by itself
    assert db.session.get_one(Dossier, mine.accompanied).stage == "parrainage"


def test_a_contact_is_noted_on_another_day(mine: Scene, ambassador: Browser) -> None:
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.accompanied}/evenement/contact_pris")
    assert page.submit("Enregistrer", on="jamais").status == 422
    early = page.submit("Enregistrer", on="01/01/2020")
    assert early.status == 422
    assert "donnez une date" in early.text
    day = TODAY - timedelta(days=2)
    page.submit("Enregistrer", on=day.strftime("%d/%m/%Y"))
    assert [mark.on for mark in marks(mine.accompanied, "contact_pris")] == [day]


def test_an_ambassador_fills_the_form_and_alerts(mine: Scene, ambassador: Browser) -> None:
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.accompanied}")
    assert "Signaler une difficulté" in page.text
    url = f"/ambassadeur/dossiers/{mine.accompanied}/formulaire"
    answer = ambassador.client.post(url, data={"name": "fiche"})
    assert "/i/" in answer.headers["Location"]
    path = "/i/" + answer.headers["Location"].partition("/i/")[2]
    assert ambassador.client.get(path, follow_redirects=True).status_code == 200


def test_a_note_for_the_coordination_is_shared(mine: Scene, ambassador: Browser) -> None:
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.accompanied}")
    assert page.submit("Enregistrer la note", text="").status == 422
    page = page.submit("Enregistrer la note", text="Rappeler mardi.")
    assert "Rappeler mardi." in page.text
    (note,) = db.session.scalars(sa.select(DossierNote))
    assert note.shared


def test_the_dossiers_of_others_are_not_found(mine: Scene, ambassador: Browser) -> None:
    other = entrusted(mine.person_id, on=TODAY, number=7)
    mandate = in_mandate(on=TODAY - timedelta(days=1), number=60)
    for number in (other, mandate, 12):
        base = f"/ambassadeur/dossiers/{number}"
        for path in (base, f"{base}/evenement/contact_pris", f"{base}/passage/commencer"):
            assert ambassador.client.get(path).status_code == 404, path
        for path in ("formulaire", "evenement", "notes"):
            sent = ambassador.client.post(f"{base}/{path}", data={"name": "fiche", "text": "a"})
            assert sent.status_code == 404, path
    assert ambassador.client.get(f"/coordination/dossiers/{other}").status_code == 403


def test_giving_up_asks_why_and_takes_the_person_off_the_list(
    mine: Scene, ambassador: Browser
) -> None:
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.accompanied}")
    assert "Chercher un autre ambassadeur" in page.text
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.accompanied}/passage/reattribuer")
    assert page.submit("Confirmer", reason="").status == 422
    page = page.submit("Confirmer", reason="Trop loin de chez moi.")
    assert db.session.get_one(Dossier, mine.accompanied).stage == "demande_recue"


# --- their own mandate -----------------------------------------------------------------


def test_the_mandate_says_its_end_and_the_state_of_declarations(
    mine: Scene, ambassador: Browser
) -> None:
    page = ambassador.get("/ambassadeur/mandat")
    assert "En mandat" in page.text and "Annoncer mon retrait" in page.text
    assert "il se termine le" in page.text
    assert "Aucune déclaration" in page.text
    mark = fill(mine.mandate, "declaration", on=TODAY, heures=2)
    assert "En attente de la coordination" in ambassador.get("/ambassadeur/mandat").text
    acts.note_event(
        mine.mandate,
        "declaration_renvoyee",
        viewer=COORDINATION,
        on=TODAY,
        today=TODAY,
        now=at(TODAY),
        about_id=mark,
        reason="Quel trajet ?",
    )
    page = ambassador.get("/ambassadeur/mandat")
    assert "renvoyée" in page.text
    assert "Quel trajet" in page.text


def test_a_withdrawal_says_the_notice_before_and_is_recorded(
    mine: Scene, ambassador: Browser
) -> None:
    page = ambassador.get(f"/ambassadeur/dossiers/{mine.mandate}/evenement/retrait_annonce")
    assert "Fin du préavis de 15 jours" in page.text
    page = page.submit("Enregistrer", on=TODAY.strftime("%d/%m/%Y"))
    assert page.path == "/ambassadeur/mandat"
    assert marks(mine.mandate, "retrait_annonce")[0].actor == "person"


def test_a_day_that_cannot_be_is_refused_before_anything_is_counted(
    mine: Scene, ambassador: Browser
) -> None:
    url = f"/ambassadeur/dossiers/{mine.mandate}/evenement/retrait_annonce"
    page = ambassador.get(url)
    for day in ("31/12/9999", "01/01/0001"):
        refused = ambassador.client.post(url, data={"on": day, "csrf_token": "x"})
        assert refused.status_code == 422, day
    assert page.status == 200
    assert marks(mine.mandate, "retrait_annonce") == []


def test_their_own_dossier_stands_under_their_mandate(mine: Scene, ambassador: Browser) -> None:
    answer = ambassador.client.get(f"/ambassadeur/dossiers/{mine.mandate}")
    assert answer.headers["Location"] == "/ambassadeur/mandat"


def test_an_account_without_a_card_is_told_what_to_ask(
    app: Flask, add_user: Callable[..., User], sign_in: Callable[[User], FlaskClient]
) -> None:
    browser = Browser(sign_in(add_user("ambassadeur")))
    assert "relié à aucune fiche" in browser.get("/ambassadeur/").text
    assert "relié à votre compte" in browser.get("/ambassadeur/mandat").text


# --- their account ---------------------------------------------------------------------


def test_the_coordination_gives_an_ambassador_an_account(
    mine: Scene, coordination: FlaskClient
) -> None:
    url = f"/coordination/dossiers/ambassadeurs/{mine.ambassador_id}/acces"
    page = Browser(coordination).get(url)
    page = page.submit("Envoyer l’invitation à personne50@demo.example")
    assert "L’invitation part" in page.text
    user = db.session.scalars(sa.select(User).where(User.person_id == mine.ambassador_id)).one()
    assert [role.name for role in user.roles] == ["ambassadeur"]
    (mail,) = db.session.scalars(sa.select(Message).where(Message.kind == "account.invitation"))
    assert mail.recipient == user.email == "personne50@demo.example"
    assert "l’espace des ambassadeurs" in mail.text
    page = Browser(coordination).get(url).submit("Envoyer un nouveau lien")
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 2
    accounts.set_active(user.id, False, by=None)
    assert "désactivé" in Browser(coordination).get(url).text


def test_whoever_is_no_ambassador_gets_no_account(mine: Scene, coordination: FlaskClient) -> None:
    url = f"/coordination/dossiers/ambassadeurs/{mine.person_id}/acces"
    assert "aucun accès à donner" in Browser(coordination).get(url).text
    assert "alert-danger" in coordination.post(url, follow_redirects=True).text
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1


def test_an_address_of_another_account_is_refused_in_french(
    mine: Scene, add_user: Callable[..., User], coordination: FlaskClient
) -> None:
    add_user("lecture", "personne50@demo.example")
    url = f"/coordination/dossiers/ambassadeurs/{mine.ambassador_id}/acces"
    answer = coordination.post(url, follow_redirects=True)
    assert "Un compte porte déjà" in answer.text


def test_the_page_of_colleagues_ties_an_ambassador_to_the_card_of_the_address(
    mine: Scene, admin: FlaskClient
) -> None:
    data = {"name": "A", "email": "Personne50@demo.example", "role": "ambassadeur"}
    admin.post("/compte/collegues", data=data)
    user = db.session.scalars(sa.select(User).where(User.person_id == mine.ambassador_id)).one()
    accounts.change_role(user.id, "lecture", by=None)
    assert db.session.get_one(User, user.id).person_id is None
    unknown = admin.post("/compte/collegues", data={**data, "email": "autre@demo.example"})
    assert unknown.status_code == 422
    assert "Aucune fiche" in unknown.text


def test_one_card_has_one_account(mine: Scene, admin: FlaskClient) -> None:
    accounts.invite(
        email="un@demo.example",
        name="",
        role="ambassadeur",
        now=now(),
        by=None,
        person_id=mine.ambassador_id,
    )
    with pytest.raises(accounts.AccountError, match="déjà un compte"):
        accounts.invite(
            email="deux@demo.example",
            name="",
            role="ambassadeur",
            now=now(),
            by=None,
            person_id=mine.ambassador_id,
        )


# --- the calendar ----------------------------------------------------------------------


def test_the_address_of_the_calendar_is_made_changed_and_removed(
    mine: Scene, ambassador: Browser, client: FlaskClient
) -> None:
    page = ambassador.get("/compte/agenda").submit("Créer mon adresse")
    first = page.find("adresse").get("value") or ""
    path = first.removeprefix("http://localhost")
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert "Prendre le premier contact" in answer.text.replace("\r\n ", "")
    page = page.submit("Changer d’adresse")
    assert client.get(path).status_code == 404
    page.submit("Supprimer l’adresse")
    assert not ambassador.get("/compte/agenda").has("adresse")


def test_a_reader_is_told_that_there_is_no_calendar(reader: FlaskClient) -> None:
    assert "ne suit aucun dossier" in Browser(reader).get("/compte/agenda").text
