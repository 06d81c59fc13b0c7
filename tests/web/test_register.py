"""Lists of dossiers: index, search, stages, table, columns, views, file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from surveyapp.models import (
    Dossier,
    DossierMark,
    Event,
    SavedView,
    User,
    db,
    random_key,
)
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from surveyapp.web.register import journey as pages
from tests.dossiers import begin, event, fill, in_service, know, move
from tests.web.checking import Browser, words
from tests.web.registering import (
    HOME,
    LIST,
    LONG_AGO,
    TABLE,
    TODAY,
    ask,
    headings,
    lanes,
    names,
    three,
)


@pytest.fixture
def browser(coordination: FlaskClient) -> Browser:
    in_service("installation", on=LONG_AGO)
    return Browser(coordination)


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements that the database gets."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", note)


def test_no_journey_in_service_leads_to_the_journeys(coordination: FlaskClient) -> None:
    assert "Aucun parcours n’est en service." in Browser(coordination).get(HOME).text


def test_the_index_counts_the_dossiers_of_each_stage(browser: Browser) -> None:
    three()
    page = browser.get(HOME)
    assert "Recueil 2 Entretien 1 Croisement 0" in page.text
    assert "3 dossiers ouverts 1 en retard" in page.text
    assert names(page.follow("1 en retard")) == ["Buisson-Demo Prénom2"]
    assert names(page.follow("Entretien")) == ["Chêne-Demo Prénom3"]
    assert page.follow("Installations").heading == "Installations"


def test_stages_stand_side_by_side(browser: Browser) -> None:
    three()
    page = browser.get(LIST)
    found = lanes(page)
    assert found["Recueil 2 dossiers"] == ["Buisson-Demo Prénom2", "Arbre-Demo Prénom1"]
    assert found["Entretien 1 dossier"] == ["Chêne-Demo Prénom3"]
    assert len(found) == 6
    assert "en retard Proposer un rendez-vous" in page.text


def test_a_stage_shows_its_most_urgent_dossiers_and_leads_to_the_others(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    three()
    monkeypatch.setattr(pages, "ON_BOARD", 1)
    page = browser.get(LIST)
    assert lanes(page)["Recueil 2 dossiers"] == ["Buisson-Demo Prénom2"]
    table = page.follow("Voir les 2 dossiers de l’étape « Recueil »")
    assert names(table) == ["Buisson-Demo Prénom2", "Arbre-Demo Prénom1"]


def test_a_stage_that_the_journey_lost_still_shows_its_dossiers(browser: Browser) -> None:
    arbre, _, _ = three()
    with transaction() as session:
        session.get_one(Dossier, arbre).stage = "autrefois"
    assert lanes(browser.get(LIST))["autrefois 1 dossier"] == ["Arbre-Demo Prénom1"]
    assert "Ancienne étape 1" in browser.get(HOME).text
    assert names(browser.get(f"{TABLE}&etape=autrefois")) == ["Arbre-Demo Prénom1"]


def test_filters_live_in_the_address(browser: Browser) -> None:
    arbre, buisson, chene = three()
    me = db.session.scalars(sa.select(User.id)).one()
    with transaction() as session:
        ambassador = add_person(session, last_name="Relais-Demo", first_name="Nadia")
        lives = add_person(session, last_name="Arbre-Demo", commune="Val-Fictif", profession="96")
        session.get_one(Dossier, arbre).owner_id = me
        session.get_one(Dossier, arbre).person_id = lives.id
        session.get_one(Dossier, chene).ambassador_id = ambassador.id
        with_nadia = ambassador.id
    know(buisson, on=TODAY, motif_issue="projet")
    move(buisson, "abandonner", on=TODAY)
    page = browser.get(TABLE)
    a, b, c = "Arbre-Demo Prénom1", "Buisson-Demo Prénom2", "Chêne-Demo Prénom3"
    for query, found in {
        "": [a, c],
        "etat=tous": [a, b, c],
        "etat=clos": [b],
        "etat=n-importe": [a, c],
        "etape=abandon": [b],
        "etape=entretien": [c],
        "etape=abandon&etat=ouverts": [],
        "retard=oui": [],
        "suivi=moi": [a],
        f"suivi={me}": [a],
        "suivi=personne": [c],
        f"ambassadeur={with_nadia}": [c],
        "ambassadeur=personne": [a],
        "commune=Val-Fictif": [a],
        "profession=96": [a],
        "profession=10&commune=Val-Fictif": [],
        "q=CHENE": [c],
        "q=chene+prenom3": [c],
        "q=chene+prenom1": [],
        "q=escalade&etat=tous": [b],
        f"du={TODAY}": [a, c],
        f"au={LONG_AGO}&etat=tous": [b],
        "du=hier": [a, c],
        f"suivi={10**18}": [],
        f"suivi={2**63}": [a, c],
        "q=%00": [a, c],
        "page=99": [a, c],
    }.items():
        assert names(browser.get(f"{TABLE}&{query}")) == found, query
    chosen = ask(page, "Filtrer", suivi="moi")
    assert names(chosen) == [a]
    assert names(chosen.follow("Tout afficher")) == [a, c]
    assert "Aucun dossier ne correspond." in browser.get(f"{TABLE}&q=zzz").text


def test_a_deadline_after_the_closing_is_late_too(browser: Browser) -> None:
    """An installed person is called at 3 months: the dossier is closed, the deadline runs."""
    _, buisson, _ = three()
    for name, said in (("rdv_propose", "fixer_entretien"), ("entretien_tenu", "")):
        event(buisson, name, on=LONG_AGO, today=TODAY)
        if said:
            move(buisson, said, on=TODAY)
    fill(buisson, "fiche_entretien", on=TODAY)
    move(buisson, "lancer_croisement", on=TODAY)
    know(buisson, on=TODAY, lieu_installation="Lons-Demo", date_installation=TODAY.isoformat())
    move(buisson, "installer", on=TODAY)
    with transaction() as session:
        row = session.get_one(Dossier, buisson)
        assert row.closed
        assert row.next_on is not None
        row.next_on = TODAY - timedelta(days=1)
    assert names(browser.get(f"{TABLE}&retard=oui")) == ["Buisson-Demo Prénom2"]
    assert names(browser.get(f"{TABLE}&retard=oui&etat=ouverts")) == []


def test_every_heading_sorts_and_what_is_empty_comes_last(browser: Browser) -> None:
    arbre, buisson, chene = three()
    me = db.session.scalars(sa.select(User.id)).one()
    with transaction() as session:
        session.get_one(Dossier, buisson).owner_id = me
    know(arbre, on=TODAY, lieu_installation="Zone-Demo", date_installation="2026-03-01")
    know(chene, on=TODAY, lieu_installation="École-Demo", date_installation="2026-12-01")
    fill(chene, "fiche_entretien", on=TODAY, duree=90)
    a, b, c = "Arbre-Demo Prénom1", "Buisson-Demo Prénom2", "Chêne-Demo Prénom3"
    for query, found in {
        "tri=nom&ordre=desc": [c, b, a],
        "tri=etape": [a, b, c],
        "tri=etape&ordre=desc": [c, a, b],
        "tri=depuis": [b, a, c],
        "tri=echeance": [b, a, c],
        "tri=suivi": [b, a, c],
        "tri=suivi&ordre=desc": [b, a, c],
        "tri=c.recueil.profession": [c, a, b],
        "tri=c.lieu_installation": [c, a, b],
        "tri=c.lieu_installation&ordre=desc": [a, c, b],
        "tri=c.date_installation": [a, c, b],
        "tri=c.fiche_entretien.duree": [c, a, b],
        "tri=c.rdv_propose": [c, a, b],
        "tri=c.inconnue": [a, b, c],
    }.items():
        assert names(browser.get(f"{TABLE}&{query}")) == found, query
    page = browser.get(f"{TABLE}&colonnes=lieu_installation").follow("Lieu d’installation, trier")
    assert names(page) == [c, a, b]
    heading = next(e for e in page.tree.iter("th") if e.get("aria-sort"))
    assert (words(heading), heading.get("aria-sort")) == (
        "Lieu d’installation ↑, trier",
        "ascending",
    )
    assert names(page.follow("Lieu d’installation ↑, trier")) == [a, c, b]


def test_columns_are_chosen_and_stay_chosen(browser: Browser) -> None:
    three()
    page = browser.get(TABLE)
    base = ["Choisir", "Nom ↑", "Étape", "Depuis le", "Prochaine échéance", "Suivi par"]
    assert headings(page)[:6] == base
    assert "Profession" in headings(page)
    page = ask(page, "Afficher ces colonnes", c=["recueil.horizon", "visite*"])
    assert headings(page) == [*base, "Horizon", "Visites"]
    assert "colonnes=recueil.horizon" in browser.visited[-1]
    page = ask(page, "Filtrer", q="arbre")
    assert headings(page) == [*base, "Horizon", "Visites"]
    assert names(page) == ["Arbre-Demo Prénom1"]
    assert len(headings(page.follow("Toutes les colonnes"))) == 6 + 60
    page = ask(page, "Afficher ces colonnes", c=[])
    assert headings(page) == base
    assert len(headings(page.follow("Les colonnes habituelles"))) == 12


def test_a_long_table_comes_in_pages(browser: Browser) -> None:
    arbre, _, _ = three()
    copy_of(arbre, 100)
    page = browser.get(TABLE)
    assert "103 dossiers, du 1 er au 50 e" in page.text
    last = [f"Personne{number:03d}-Demo" for number in (97, 98, 99)]
    assert names(page.follow("Page 3")) == last


def copy_of(dossier_id: int, count: int) -> None:
    """As many dossiers more, with the first mark only."""
    row = db.session.get_one(Dossier, dossier_id)
    kept = {c.name: getattr(row, c.name) for c in Dossier.__table__.columns}
    rows = [
        kept
        | {
            "id": random_key(),
            "reference": f"C-{number}",
            "title": f"Personne{number:03d}-Demo",
            "sort_key": f"personne{number:03d}",
        }
        for number in range(count)
    ]
    mark = {"position": 0, "name": "contact", "on": row.opened_on, "actor": "person"}
    with transaction() as session:
        session.execute(sa.insert(Dossier), rows)
        session.execute(
            sa.insert(DossierMark),
            [mark | {"id": random_key(), "dossier_id": one["id"]} for one in rows],
        )


@pytest.mark.parametrize("address", [LIST, TABLE, f"{TABLE}&tri=c.recueil.horizon", HOME])
def test_queries_do_not_grow_with_the_dossiers(browser: Browser, address: str) -> None:
    arbre, _, _ = three()
    browser.get(address)
    with counting() as few:
        browser.get(address)
    copy_of(arbre, 30)
    with counting() as many:
        browser.get(address)
    assert len(many) == len(few), set(many) - set(few)


def test_a_view_is_kept_replaced_shared_and_forgotten(
    browser: Browser,
    add_user: Callable[..., User],
    sign_in: Callable[[User], FlaskClient],
) -> None:
    three()
    page = browser.get(f"{TABLE}&q=chene&colonnes=recueil.horizon&tri=depuis")
    page = page.submit("Enregistrer la vue", titre="  Mes   chênes ")
    assert "La vue est enregistrée." in page.text
    assert names(browser.get(TABLE).follow("Mes chênes")) == ["Chêne-Demo Prénom3"]
    assert browser.visited[-1].endswith("?q=chene&vue=tableau&tri=depuis&colonnes=recueil.horizon")
    other = Browser(sign_in(add_user("coordination", "autre@demo.example")))
    assert "Mes chênes" not in other.get(TABLE).text
    browser.get(f"{TABLE}&q=arbre").submit("Enregistrer la vue", titre="Mes chênes", partagee="1")
    (view,) = db.session.scalars(sa.select(SavedView))
    assert (view.query, view.shared) == ("q=arbre&vue=tableau", True)
    assert names(other.get(LIST).follow("Mes chênes")) == ["Arbre-Demo Prénom1"]
    partner = Browser(sign_in(add_user("partenaire")))
    page = partner.get(LIST)
    assert "Mes chênes partagée" in page.text
    assert "Supprimer la vue" not in page.text
    page.submit("Enregistrer la vue", titre="À moi")
    token = page.fields("Enregistrer la vue")["csrf_token"]
    refused = partner.post(f"{HOME}vues/{view.id}/supprimer", {"csrf_token": token})
    assert refused.status == 404
    assert "Supprimer la vue « À moi »" not in other.get(LIST).text
    page = other.get(LIST).submit("Supprimer la vue « Mes chênes »")
    assert "La vue est supprimée." in page.text
    assert [v.title for v in db.session.scalars(sa.select(SavedView))] == ["À moi"]
    page = browser.get(TABLE).submit("Enregistrer la vue", titre=" ")
    assert "Donnez un nom à cette vue" in page.text


def workbook(answer: object) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.data))  # type: ignore[attr-defined]
    return list(book["Dossiers"].iter_rows(values_only=True))


def test_the_file_holds_exactly_what_is_filtered(browser: Browser) -> None:
    _, buisson, chene = three()
    fill(chene, "fiche_entretien", on=TODAY, duree=90)
    know(chene, on=TODAY, lieu_installation="=1+1")
    columns = "recueil.date_contact,fiche_entretien.duree,lieu_installation"
    page = browser.get(f"{TABLE}&tri=nom&ordre=desc&colonnes={columns}")
    sent = page.fields("Excel, colonnes affichées")
    address = page.form("Excel, colonnes affichées").get("action") or ""
    answer = browser.client.post(address, data=sent)
    heading, first, second, third = workbook(answer)
    assert heading[:3] == ("Référence", "Nom", "Étape")
    assert heading[8:] == (
        "Date du contact",
        "Durée de l’entretien (minutes)",
        "Lieu d’installation",
    )
    today = datetime.combine(TODAY, datetime.min.time())
    assert first[1:4] == ("Chêne-Demo Prénom3", "Entretien", today)
    assert first[8:] == (today, 90, "=1+1")
    assert second[1] == "Buisson-Demo Prénom2"
    assert second[4:7] == (
        "Proposer un rendez-vous",
        datetime.combine(LONG_AGO + timedelta(days=7), datetime.min.time()),
        "Oui",
    )
    assert third[1] == "Arbre-Demo Prénom1"
    kept = db.session.scalars(sa.select(Event).where(Event.kind == "dossier.exported")).one()
    assert kept.data == {"journey": "installation", "dossiers": 3}
    assert kept.user_id is not None
    page = browser.get(f"{TABLE}&q=chene")
    answer = browser.client.post(
        page.form("Excel, toutes les colonnes").get("action") or "",
        data=page.fields("Excel, toutes les colonnes"),
    )
    heading, only = workbook(answer)
    assert len(heading) == 8 + 60
    assert only[1] == "Chêne-Demo Prénom3"
    assert buisson


def test_search_finds_dossiers_of_every_journey_and_people(browser: Browser) -> None:
    three()
    in_service("ambassadeur", on=LONG_AGO)
    begin("ambassadeur", name="Chênaie-Demo", on=TODAY, number=9)
    with transaction() as session:
        add_person(session, last_name="Chêneraie-Demo", first_name="Ali")
    page = ask(browser.get(HOME), "Rechercher", q="CHEN demo")
    assert "2 dossiers" in page.text
    found = names(page)
    assert len(found) == 2
    assert found[0].startswith("Chênaie-Demo Prénom9")
    assert "Ambassadeurs et ambassadrices Candidature reçue" in page.text
    assert page.follow("Chêneraie-Demo Ali").heading == "Ali Chêneraie-Demo"
    reference = db.session.scalars(sa.select(Dossier.reference).limit(1)).one()
    assert reference in browser.get(f"{HOME}recherche?q={reference}").text
    assert "Aucun dossier ne correspond." in browser.get(f"{HOME}recherche?q=zzz").text
    assert "Rechercher" in browser.get(f"{HOME}recherche?q=%00").text
    assert re.search(r"chaque mot doit", browser.get(f"{HOME}recherche").text)
