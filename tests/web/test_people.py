"""The directory on the coordinatrice's side: list, cards, imports, merges."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.address import address_hash
from surveyapp.models import DirectoryChange, Event, Invitation, MailAddress, Person, db
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests.answering import NOMINATIVE, opened
from tests.web.checking import Browser, Page, words
from tests.web.coordination import describe_structure

HOME = "/coordination/annuaire/"
TODAY = date.today()  # noqa: DTZ011 (what the pages compare with)
FILE = """Nom;Prénom;E-mail;Profession;Ville;Cotisation
Exemple;Ariane;ariane@demo.example;Infirmière;Val-Fictif;2099
Modèle;Basile;basile@demo.example;Kiné;Mont-Exemple;
;Sans;nom@demo.example;;;
"""


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    describe_structure()
    return Browser(coordination)


def person(**fields: object) -> int:
    with transaction() as session:
        return add_person(session, **{"last_name": "Exemple", **fields}).id


def people() -> list[Person]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Person).order_by(Person.sort_key)))


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Event.kind).order_by(Event.id)))


def rows(page: Page) -> list[str]:
    """The names of the lines of the table."""
    return [words(e) for e in page.tree.iter("th") if e.get("scope") == "row"]


def upload(browser: Browser, text: str | bytes, name: str = "annuaire.csv") -> Page:
    data = text.encode() if isinstance(text, str) else text
    answer = browser.client.post(
        f"{HOME}import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )
    if answer.status_code == 302:
        return browser.get(answer.location)
    return browser._page(f"{HOME}import", answer)


def previewed(browser: Browser, text: str) -> Page:
    return upload(browser, text).submit("Voir ce que deviendrait chaque ligne")


def test_an_empty_directory_says_what_to_do(browser: Browser) -> None:
    page = browser.get(HOME)
    assert "L’annuaire est vide." in page.text
    assert page.follow("Importer un fichier").heading == "Importer des personnes"


def test_the_menu_leads_to_the_directory(browser: Browser) -> None:
    assert browser.get("/coordination/").follow("Annuaire").heading == "Annuaire"


def test_filters_live_in_the_address(browser: Browser) -> None:
    person(last_name="Arbre", commune="Val-Fictif", tags=["CA"], member_until=TODAY)
    person(last_name="Buisson", commune="Mont-Exemple", member_until=TODAY - timedelta(days=3))
    person(last_name="Chêne", profession="60", email="chene@demo.example")
    page = browser.get(HOME)
    assert rows(page) == ["Arbre", "Buisson", "Chêne"]
    assert page.form("Filtrer").get("method") == "get"
    for query, names in {
        "commune=Val-Fictif": ["Arbre"],
        "q=CHENE": ["Chêne"],
        "q=infirmier": ["Chêne"],
        "profession=60": ["Chêne"],
        "etiquette=CA": ["Arbre"],
        "etiquette=C": [],
        "cotisation=a-jour": ["Arbre"],
        "cotisation=echue": ["Buisson"],
        "cotisation=jamais": ["Chêne"],
        "cotisation=n-importe-quoi": ["Arbre", "Buisson", "Chêne"],
        "tri=commune&ordre=desc": ["Arbre", "Buisson", "Chêne"],
        "tri=cotisation": ["Buisson", "Arbre", "Chêne"],
    }.items():
        assert rows(browser.get(f"{HOME}?{query}")) == names, query


def test_a_long_directory_comes_in_pages(browser: Browser) -> None:
    with transaction() as session:
        for number in range(120):
            add_person(session, last_name=f"Personne {number:03d}")
    page = browser.get(HOME)
    assert "120 personnes, de la 1 re à la 50 e" in page.text
    last = page.follow("Page 3")
    assert rows(last)[0] == "Personne 100"
    assert len(rows(last)) == 20


def test_a_person_is_added_changed_and_deleted(browser: Browser) -> None:
    page = browser.get(f"{HOME}nouvelle").submit(
        "Créer la fiche",
        last_name="Exemple",
        first_name="Ariane",
        phone="0639981234",
        profession="60",
        member_until="2099",
        tags="mission 6, CA, ca",
        languages="français, anglais",
    )
    assert page.heading == "Ariane Exemple"
    (row,) = people()
    assert (row.phone, row.profession, row.member_until) == (
        "06 39 98 12 34",
        "60",
        date(2099, 12, 31),
    )
    assert (row.tags, row.languages) == (["mission 6", "CA"], ["fr", "en"])
    assert "à jour jusqu’au 31/12/2099" in page.text
    page = page.follow("Modifier").submit("Enregistrer les changements", commune="Val-Fictif")
    assert "Fiche modifiée (commune)" in page.text
    page = page.follow("Supprimer")
    assert "La suppression est définitive." in page.text
    assert "Restent ailleurs" in page.text
    page = page.submit("Supprimer la fiche")
    assert "La fiche est supprimée." in page.text
    assert people() == []
    assert kinds() == ["people.created", "people.edited", "people.deleted"]
    events = db.session.scalars(sa.select(Event)).all()
    assert "Ariane" not in str([event.data for event in events])
    assert all(event.user_id for event in events)


def test_two_people_who_edit_one_card_do_not_overwrite_each_other(browser: Browser) -> None:
    key = person(first_name="Ariane")
    mine = browser.get(f"{HOME}{key}/modifier")
    theirs = browser.get(f"{HOME}{key}/modifier")
    theirs.submit("Enregistrer les changements", commune="Port-Modèle")
    page = mine.submit("Enregistrer les changements", commune="Val-Fictif")
    assert page.status == 409
    assert "modifiée pendant que vous écriviez" in page.text
    assert people()[0].commune == "Port-Modèle"
    page.submit("Enregistrer les changements")
    assert people()[0].commune == "Val-Fictif"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(browser: Browser) -> None:
    page = browser.get(f"{HOME}nouvelle").submit(
        "Créer la fiche", last_name="", email="ariane", rpps="12", member_until="demain"
    )
    assert page.status == 422
    assert [field for field, _ in page.errors()] == ["last_name", "email", "rpps", "member_until"]
    assert page.find("member_until").get("value") == "demain"
    assert people() == []


def test_a_card_that_looks_the_same_is_shown_before_one_more_is_made(browser: Browser) -> None:
    person(last_name="Exemple", first_name="Ariane", commune="Val-Fictif")
    page = browser.get(f"{HOME}nouvelle").submit(
        "Créer la fiche", last_name="EXEMPLE", first_name="Ariane"
    )
    assert "Cette personne est peut-être déjà dans l’annuaire" in page.text
    assert len(people()) == 1
    page.submit("Créer quand même")
    assert len(people()) == 2


def test_what_an_address_has_told_is_shown(browser: Browser) -> None:
    key = person(email="Ariane@demo.example")
    with transaction() as session:
        session.add(
            MailAddress(
                address_hash=address_hash("ariane@demo.example"), unsubscribed_on=date(2026, 6, 1)
            )
        )
    assert "ne veut plus recevoir d’invitations depuis le 1er juin 2026" in " ".join(
        browser.get(f"{HOME}{key}").text.split()
    )
    assert "pas de mail" in browser.get(HOME).text


def test_an_import_shows_everything_before_it_writes(browser: Browser) -> None:
    person(last_name="Modèle", first_name="Basile", email="basile@demo.example", commune="Port")
    page = upload(browser, FILE)
    assert page.heading == "Que contient chaque colonne ?"
    page = page.submit("Voir ce que deviendrait chaque ligne")
    assert page.heading == "Ce que ferait l’import"
    assert "1 fiche sera créée et 1 fiche sera modifiée" in page.text
    assert "Commune : Port → devient Mont-Exemple" in page.text
    assert "Il n’y a pas de nom sur cette ligne." in page.text
    assert len(people()) == 1
    page = page.submit("Importer")
    assert page.heading == "Import terminé"
    assert [row.last_name for row in people()] == ["Exemple", "Modèle"]
    page = page.follow("Annuler cet import").submit("Annuler cet import")
    assert "L’import est annulé : 2 fiches sont revenues à leur état d’avant." in page.text
    (row,) = people()
    assert (row.commune, row.profession) == ("Port", "")
    assert kinds() == ["people.imported", "people.undone"]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 fiche est restée comme elle est, parce que quelqu’un l’a modifiée, ou a invité "
            "cette personne, depuis"),
        (2, "2 fiches sont restées comme elles sont, parce que quelqu’un les a modifiées, ou a "
            "invité ces personnes, depuis"),
    ],
)  # fmt: skip
def test_what_an_undo_leaves_is_said_in_the_singular_and_the_plural(
    browser: Browser, count: int, said: str
) -> None:
    page = previewed(browser, "Nom;Mail\nUn;un@demo.example\nDeux;deux@demo.example\n")
    page = page.submit("Importer").follow("Annuler cet import")
    assert "les invitations de ces personnes restent" in page.text
    assert "sauf celles des personnes invitées depuis" in page.text
    with transaction() as session:
        for row in session.scalars(sa.select(Person).order_by(Person.email).limit(count)):
            row.commune = "Là"
    page = page.submit("Annuler cet import")
    assert said in page.text
    if count == 1:
        assert "L’import est annulé : 1 fiche est revenue à son état d’avant." in page.text


def test_columns_are_corrected_on_a_page(browser: Browser) -> None:
    page = upload(browser, "Identifiant;Qui;Où\n1;Ariane Exemple;Val-Fictif\n")
    page = page.submit("Voir ce que deviendrait chaque ligne")
    assert page.status == 422
    assert "Dites quelle colonne porte le nom" in page.text
    page = page.send(
        "Voir ce que deviendrait chaque ligne", {"colonne-1": "full_name", "colonne-2": "commune"}
    )
    page.submit("Importer")
    (row,) = people()
    assert (row.first_name, row.last_name, row.commune) == ("Ariane", "Exemple", "Val-Fictif")


def test_doubtful_lines_wait_for_a_decision(browser: Browser) -> None:
    key = person(last_name="Modèle", first_name="Basile", email="cabinet@demo.example")
    text = "Nom;Prénom;Mail\nExemple;Ariane;cabinet@demo.example\n"
    page = previewed(browser, text)
    assert "Il n’y a rien à écrire pour le moment" in page.text
    page = page.follow("À trancher")
    assert "Une fiche a la même adresse mail, mais un autre nom." in page.text
    page = page.send("Enregistrer mes choix", {"ligne-2": "create"})
    page.submit("Importer")
    assert len(people()) == 2
    page = previewed(browser, text.replace("Ariane", "Anne")).follow("À trancher")
    page.send("Enregistrer mes choix", {"ligne-2": str(key)}).submit("Importer")
    assert {(row.first_name, row.last_name) for row in people()} == {
        ("Ariane", "Exemple"),
        ("Anne", "Exemple"),
    }


def test_a_preview_that_is_out_of_date_is_shown_again(browser: Browser) -> None:
    page = previewed(browser, FILE)
    person(last_name="Exemple", first_name="Ariane", email="ariane@demo.example")
    page = page.submit("Importer")
    assert "L’annuaire a changé depuis que vous avez lu cette page." in page.text
    assert len(people()) == 1


def test_an_import_can_be_given_up(browser: Browser) -> None:
    page = previewed(browser, FILE).submit("Abandonner cet import")
    assert "rien n’a été écrit" in page.text
    assert db.session.scalars(sa.select(DirectoryChange)).all() == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Le fichier est vide."),
        (b"Nom\n", "Le fichier est vide."),
        (b"\x89PNG\0\0", "ni un classeur Excel (.xlsx) ni un fichier CSV"),
        (b"PK\x03\x04 rien", "Ce classeur ne peut pas être lu."),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    browser: Browser, data: bytes, sentence: str
) -> None:
    page = upload(browser, data)
    assert page.status == 422
    assert sentence in page.text


def test_no_file_is_no_crash(browser: Browser) -> None:
    page = browser.get(f"{HOME}import").submit("Lire le fichier")
    assert page.errors() == [("file", "Choisissez un fichier.")]


def test_two_cards_become_one_and_two_again(browser: Browser) -> None:
    person(last_name="Exemple", first_name="Ariane", email="a@demo.example", tags=["CA"])
    person(last_name="Exemple", first_name="Ariane", commune="Val-Fictif", tags=["GT"])
    page = browser.get(HOME).follow("Doublons possibles")
    assert "1 paire de fiches à comparer" in page.text
    page = page.follow("Comparer les fiches de Ariane Exemple")
    page = page.submit("Fusionner les deux fiches")
    (row,) = people()
    assert (row.email, row.commune, sorted(row.tags)) == (
        "a@demo.example",
        "Val-Fictif",
        ["CA", "GT"],
    )
    page = browser.get(f"{HOME}import").follow("Fusion de deux fiches")
    page = page.follow("Annuler cette fusion").submit("Annuler cette fusion")
    assert "les deux fiches sont de nouveau là" in page.text
    assert sorted(row.tags[0] for row in people()) == ["CA", "GT"]


def test_the_other_card_is_searched(browser: Browser) -> None:
    one = person(last_name="Exemple", first_name="Ariane")
    person(last_name="Dupré", first_name="Ariane")
    page = browser.get(f"{HOME}{one}/fusionner")
    assert page.form("Rechercher").get("method") == "get"
    assert "Aucune fiche ne ressemble à celle-ci." in page.text
    assert rows(browser.get(f"{HOME}{one}/fusionner?q=dupre")) == ["Ariane Dupré"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_taken_away_and_read_back_without_a_change(browser: Browser, kind: str) -> None:
    person(
        last_name="=Exemple",
        first_name="Ariane",
        phone="+262 692 00 00 00",
        rpps="10000000009",
        member_until=TODAY,
        tags=[["GT", " 6"][0], "+urgent"],
    )
    person(last_name="Ailleurs", commune="Port-Modèle")
    page = browser.get(f"{HOME}?commune=Port-Mod%C3%A8le")
    answer = browser.client.post(page.form("Excel" if kind == "xlsx" else "CSV").get("action"))
    assert answer.headers["Content-Disposition"].endswith(f"annuaire-{TODAY.isoformat()}.{kind}")
    assert kinds() == ["people.exported"]
    whole = browser.client.post(f"{HOME}telecharger/{kind}").data
    page = upload(browser, whole, f"a.{kind}").submit("Voir ce que deviendrait chaque ligne")
    assert "2 lignes lues" in page.text
    assert "Il n’y a rien à écrire pour le moment." in page.text


def test_the_file_cannot_run_a_formula(browser: Browser) -> None:
    person(last_name="=1+1")
    text = browser.client.post(f"{HOME}telecharger/csv").data.decode("utf-8-sig")
    assert text.splitlines()[1].startswith("'=1+1;")


def test_the_card_tells_the_campaigns_that_somebody_was_invited_to(browser: Browser) -> None:
    key = person(first_name="Ariane")
    campaign = opened(NOMINATIVE)
    with transaction() as session:
        session.add(Invitation(campaign_id=campaign.id, person_id=key, token_hash="a" * 64))
    page = browser.get(f"{HOME}{key}")
    assert page.link("Votre avis compte").endswith("/coordination/collectes/avis")


def test_a_reader_does_not_see_the_directory(reader: FlaskClient, app: Flask) -> None:
    key = person()
    browser = Browser(reader)
    assert "Annuaire" not in browser.get("/coordination/").text
    for path in ("", str(key), "import", "doublons"):
        assert browser.get(f"{HOME}{path}").status == 403


def test_what_does_not_exist_is_not_found(browser: Browser) -> None:
    for path in ("1", "1/modifier", "1/fusionner/2", "operations/1", "import/1/colonnes"):
        assert browser.get(f"{HOME}{path}").status == 404
