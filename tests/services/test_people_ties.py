"""Cards of the directory and what hangs on them: dossiers, accompaniments, accounts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.directory.card import Card
from surveyapp.models import DirectoryChange, Dossier, Person, User, db
from surveyapp.services.dossiers import acts
from surveyapp.services.people import cards, undo
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.lookup import similar
from surveyapp.services.people.merge import merge
from surveyapp.services.people.ties import Ties, ties_of
from surveyapp.services.transaction import transaction
from surveyapp.store.people import PeopleFilter, count_people
from tests.directory import NOW, TODAY, applied, person
from tests.dossiers import COORDINATION, begin, in_service

pytestmark = pytest.mark.usefixtures("app")


def row_of(dossier_id: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, dossier_id)


def alone(person_id: int) -> bool:
    """Whether only a dossier knows them."""
    db.session.rollback()
    return db.session.get_one(Person, person_id).dossier_only


def accompanied_by(dossier_id: int, person_id: int) -> None:
    with transaction() as session:
        session.get_one(Dossier, dossier_id).ambassador_id = person_id


@pytest.fixture
def dossier(app: Flask) -> int:
    in_service("accompagnement")
    return begin("accompagnement")


def test_whom_only_a_dossier_knows_joins_the_directory_on_demand(dossier: int) -> None:
    number = row_of(dossier).person_id
    assert number is not None
    assert alone(number)
    assert count_people(PeopleFilter(), today=TODAY) == 0
    cards.join(number, author_id=None, now=NOW)
    assert not alone(number)
    assert count_people(PeopleFilter(), today=TODAY) == 1


def test_an_import_takes_them_into_the_directory_and_its_undoing_out_again(dossier: int) -> None:
    number = row_of(dossier).person_id
    assert number is not None
    known = db.session.get_one(Person, number)
    line = f"{known.last_name};{known.first_name};{known.email};Lons-Neuf"
    change = applied(f"Nom;Prénom;Mail;Commune\n{line}\n")
    assert count_people(PeopleFilter(), today=TODAY) == 1
    assert not alone(number)
    undo.undo(change, author_id=None, now=NOW)
    assert alone(number)


def test_a_card_that_dossiers_hang_on_is_not_deleted(dossier: int) -> None:
    number, ambassador = row_of(dossier).person_id, person(last_name="Ambassadrice-Demo")
    assert number is not None
    accompanied_by(dossier, ambassador)
    for key in (number, ambassador):
        with pytest.raises(PeopleError, match="dossier tient à cette fiche"):
            cards.delete(key, author_id=None, now=NOW)
    assert row_of(dossier).person_id == number
    assert row_of(dossier).ambassador_id == ambassador


def test_a_merge_takes_dossiers_and_accounts_along_and_gives_them_back(dossier: int) -> None:
    number = row_of(dossier).person_id
    assert number is not None
    kept = person(last_name="Personne-Demo", first_name="Prénom1")
    other_dossier = begin("accompagnement", number=2, name="Autre-Demo")
    accompanied_by(other_dossier, number)
    with transaction() as session:
        session.add(
            User(email="a@demo.example", name="A", fs_uniquifier="a" * 64, person_id=number)
        )
    change = merge(kept, number, {}, author_id=None, now=NOW)
    assert ties_of(db.session, kept) == Ties(1, 1, 1)
    assert row_of(dossier).person_id == kept
    assert not alone(kept)
    undo.undo(change, author_id=None, now=NOW)
    assert ties_of(db.session, kept) == Ties(0, 0, 0)
    assert ties_of(db.session, number) == Ties(1, 1, 1)
    assert alone(number)


def test_the_card_of_whoever_has_left_can_be_deleted(app: Flask) -> None:
    number = person(last_name="Ambassadrice-Demo")
    with transaction() as session:
        session.add(
            user := User(email="a@demo.example", name="A", fs_uniquifier="a" * 64, active=True)
        )
        user.person_id = number
    with pytest.raises(PeopleError, match="Un compte tient à cette fiche"):
        cards.delete(number, author_id=None, now=NOW)
    with transaction() as session:
        session.scalars(sa.select(User)).one().active = False
    cards.delete(number, author_id=None, now=NOW)
    db.session.rollback()
    assert db.session.scalars(sa.select(User.person_id)).one() is None


def test_an_erasure_forgets_the_cards_that_were_merged(dossier: int) -> None:
    number = row_of(dossier).person_id
    assert number is not None
    others = [person(last_name="Double-Demo"), person(last_name="Triple-Demo")]
    with transaction() as session:
        for key in others:
            session.get_one(Person, key).dossier_only = True
    merge(others[0], others[1], {}, author_id=None, now=NOW)
    merge(number, others[0], {}, author_id=None, now=NOW)
    other_pair = [person(last_name="Loin-Demo"), person(last_name="Loin-Demo")]
    merge(*other_pair, {}, author_id=None, now=NOW)
    acts.erase(dossier, viewer=COORDINATION, reason="Demande.", today=TODAY, now=NOW)
    db.session.rollback()
    assert db.session.get(Person, number) is None
    first, second, third = db.session.scalars(
        sa.select(DirectoryChange).order_by(DirectoryChange.id)
    )
    assert first.changes == second.changes == []
    assert [entry["id"] for entry in third.changes] == other_pair


def test_an_import_that_is_undone_leaves_cards_that_dossiers_need() -> None:
    in_service("accompagnement")
    change = applied("Nom;Prénom;Mail\nPersonne-Demo;Prénom1;personne1@demo.example\n")
    dossier = begin("accompagnement")
    number = row_of(dossier).person_id
    undone = undo.undo(change, author_id=None, now=NOW)
    assert (undone.restored, undone.left) == (0, (number,))
    assert row_of(dossier).person_id == number


def test_a_card_made_by_hand_is_compared_with_those_of_dossiers(dossier: int) -> None:
    number = row_of(dossier).person_id
    assert similar(Card("Personne-Demo", "Prénom1", "personne1@demo.example")) == (number,)
