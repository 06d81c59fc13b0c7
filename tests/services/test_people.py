"""The directory: filters, merges, what a deletion takes, who sent an answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.address import address_hash
from surveyapp.core.directory.card import Card
from surveyapp.core.directory.planning import Fate
from surveyapp.core.title import search_text
from surveyapp.models import (
    ChangeState,
    DirectoryChange,
    Invitation,
    Message,
    Participation,
    Person,
    Response,
    ResponseStatus,
    WorkState,
    db,
)
from surveyapp.services.people import cards, imports, lookup, merge, undo
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.professions import professions
from surveyapp.services.publish import definition_of
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from surveyapp.store import people as store
from surveyapp.store.people import PeopleFilter, find_people, select_people
from tests.answering import NOMINATIVE, opened
from tests.directory import NOW, TODAY, applied, change, directory, events, invite, person, started

pytestmark = pytest.mark.usefixtures("app")


# filters


def test_the_keys_of_a_card_are_filled() -> None:
    key = person(last_name="Étangdoux", first_name="Zoé", email="ZOE@Demo.example", profession="60")
    row = directory()[key]
    assert (row["email_key"], row["sort_key"]) == ("zoe@demo.example", "etangdoux zoe")
    assert "infirmier" in row["search"]


def test_every_profession_of_the_list_can_be_stored() -> None:
    for code in professions():
        person(profession=code)
    assert {row["profession"] for row in directory().values()} == set(professions())


def test_filters_go_to_the_address_and_back() -> None:
    wanted = PeopleFilter("zoé", "60", "Val-Fictif", "CA", "lapsed")
    assert PeopleFilter.from_args(wanted.to_args()) == wanted
    assert PeopleFilter.from_args({"cotisation": "x", "q": "a\0b"}) == PeopleFilter("ab")


def test_a_tag_is_found_whole_whatever_stands_in_it() -> None:
    one = person(tags=["100 %_vrai", "été"])
    person(tags=["100 % faux"])
    for tag, found in {"100 %_vrai": [one], "été": [one], "100": [], "100 %": []}.items():
        rows = db.session.scalars(select_people(PeopleFilter(tag=tag), today=TODAY))
        assert [row.id for row in rows] == found, tag


def test_membership_counts_the_last_day() -> None:
    current = person(last_name="A", member_until=TODAY)
    lapsed = person(last_name="B", member_until=TODAY - timedelta(days=1))
    never = person(last_name="C")
    for state, found in {"current": current, "lapsed": lapsed, "never": never}.items():
        rows = find_people(PeopleFilter(membership=state), today=TODAY)
        assert [row.id for row in rows] == [found]


# merges


def test_invitations_follow_a_merge_and_come_back() -> None:
    campaign = opened(NOMINATIVE)
    one = person(first_name="Ariane", email="a@demo.example")
    other = person(first_name="Ariane", commune="Ici")
    sent = invite(other, campaign, "a", mailed_on=TODAY, reminders=2, call_note="rappeler")
    before = directory()
    key = merge.merge(one, other, {}, author_id=None, now=NOW)
    assert list(directory()) == [one]
    assert db.session.get_one(Invitation, sent).person_id == one
    undo.undo(key, author_id=None, now=NOW)
    assert directory() == before
    assert db.session.get_one(Invitation, sent).person_id == other


@pytest.mark.parametrize("used", ["one", "other", "none"])
def test_of_two_invitations_to_a_campaign_the_one_that_was_used_stays(used: str) -> None:
    campaign = opened(NOMINATIVE)
    people = {"one": person(first_name="A"), "other": person(first_name="B")}
    keys = {who: invite(key, campaign, who[-1], mailed_on=TODAY) for who, key in people.items()}
    if used != "none":
        with transaction() as session:
            session.add(Participation(invitation_id=keys[used], anonymous=True))
    change_key = merge.merge(people["one"], people["other"], {}, author_id=None, now=NOW)
    db.session.rollback()
    (left,) = db.session.scalars(sa.select(Invitation)).all()
    assert (left.id, left.person_id) == (keys["other" if used == "other" else "one"], people["one"])
    undo.undo(change_key, author_id=None, now=NOW)
    db.session.rollback()
    rows = db.session.scalars(sa.select(Invitation)).all()
    assert {row.id: row.person_id for row in rows} == {keys[who]: people[who] for who in people}
    assert all(row.mailed_on == TODAY for row in rows)
    answered = db.session.scalars(sa.select(Participation.invitation_id)).all()
    assert answered == ([] if used == "none" else [keys[used]])


def test_a_merged_card_that_was_changed_since_stays() -> None:
    one, other = person(first_name="A"), person(first_name="B")
    key = merge.merge(one, other, {"first_name": "kept"}, author_id=None, now=NOW)
    cards.edit(one, Card("Exemple", "C"), author_id=None, now=NOW)
    with pytest.raises(PeopleError, match="modifiée depuis la fusion"):
        undo.undo(key, author_id=None, now=NOW)
    assert change(key).state is ChangeState.APPLIED


def test_a_card_is_not_merged_with_itself() -> None:
    one = person()
    with pytest.raises(PeopleError, match="deux fiches différentes"):
        merge.merge(one, one, {}, author_id=None, now=NOW)


# deletion and time


def test_a_deletion_takes_along_all_that_names_the_person() -> None:
    key = applied("Nom;Mail\nSecret;secret@demo.example\nAutre;autre@demo.example\n")
    secret = next(k for k, row in directory().items() if row["last_name"] == "Secret")
    sent = invite(secret, opened(NOMINATIVE), "a")
    with transaction() as session:
        session.add(
            Message(
                kind="invitation",
                recipient="secret@demo.example",
                subject="",
                text="",
                html="",
                message_id="<a@demo.example>",
                invitation_id=sent,
                address_hash=address_hash("secret@demo.example"),
                state=WorkState.PENDING,
            )
        )
    cards.delete(secret, author_id=None, now=NOW)
    db.session.rollback()
    assert db.session.scalars(sa.select(Invitation)).all() == []
    assert db.session.scalars(sa.select(Message)).all() == []
    assert "ecret" not in str(change(key).changes)
    assert "ecret" not in str(events())
    assert undo.undo(key, author_id=None, now=NOW) == undo.Undone(1, ())


def test_a_deletion_says_which_answers_stay() -> None:
    campaign = opened(NOMINATIVE)
    key = person(email="Élise@demo.example")
    document = {"prenom": "Élise", "nom": "Exemple", "courriel": "élise@Demo.example"}
    with transaction() as session:
        session.add(
            Response(
                campaign_id=campaign.id,
                version_id=campaign.version_id,
                anonymous=False,
                status=ResponseStatus.SUBMITTED,
                document=document,
                search=search_text(definition_of(campaign.version), document),
                saved_on=TODAY,
                submitted_on=TODAY,
            )
        )
    assert cards.remains(db.session.get_one(Person, key)) == cards.Remains(0, 1)
    invite(key, opened(NOMINATIVE, "autre"), "b")
    assert cards.remains(db.session.get_one(Person, key)) == cards.Remains(1, 1)


def test_old_files_and_what_old_imports_changed_are_forgotten() -> None:
    waiting, done = started("Nom\nExemple\n"), applied("Nom\nModèle\n")
    purge(now=NOW + timedelta(days=6))
    assert change(waiting).rows
    purge(now=NOW + timedelta(days=8))
    db.session.rollback()
    assert db.session.get(DirectoryChange, waiting) is None
    assert change(done).changes
    purge(now=NOW + timedelta(days=91))
    assert (change(done).changes, change(done).counts["new"]) == ([], 1)
    with pytest.raises(PeopleError, match="90 jours"):
        undo.undo(done, author_id=None, now=NOW)


# who sent an answer


@pytest.fixture
def find(app: Flask) -> Callable[..., lookup.Found]:
    definition = definition_of(opened(NOMINATIVE).version)
    return lambda **document: lookup.look_up(definition, document, today=TODAY)


def test_whoever_answers_is_found_by_mail_or_name(find: Callable[..., lookup.Found]) -> None:
    key = person(first_name="Ana", email="Ana@demo.example", member_until=TODAY, rpps="10000000009")
    found = lookup.Found("current", key, TODAY)
    assert find(prenom="Ana", nom="Exemple", courriel="ana@demo.example") == found
    assert find(prenom="A.", nom="Autre", courriel="ana@demo.example") == found
    assert find(prenom="Ana", nom="Exemple", rpps="10000000009") == found
    assert find(prenom="Ana", nom="Inconnue", courriel="b@demo.example").state == "unknown"
    assert find().state == "unknown"


def test_several_cards_are_said_to_be_several(find: Callable[..., lookup.Found]) -> None:
    person(first_name="Ana", email="cabinet@demo.example")
    person(first_name="Zoé", email="cabinet@demo.example", member_until=TODAY - timedelta(days=1))
    assert find(prenom="Léa", nom="Exemple", courriel="cabinet@demo.example").state == "several"
    assert find(prenom="Zoé", nom="Exemple", courriel="cabinet@demo.example").state == "lapsed"
    assert find(prenom="Ana", nom="Exemple", courriel="cabinet@demo.example").state == "never"


def test_a_new_card_is_compared_with_those_that_exist() -> None:
    key = person(first_name="Ana", commune="Ici")
    assert lookup.similar(Card("EXEMPLE", "Ana", commune="ici")) == (key,)
    assert lookup.similar(Card("EXEMPLE", "Ana", commune="ici"), but=key) == ()


def test_a_plan_lists_every_fate() -> None:
    key = started("Nom\nExemple\n")
    assert set(imports.preview(change(key)).plan.counts) == set(Fate)
    assert store.change_lines()[0].filename == "annuaire.csv"
