"""The directory: imports that hold in several processes, undo, merges, what a deletion takes."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.address import address_hash
from surveyapp.core.directory.card import Card
from surveyapp.core.directory.planning import Fate
from surveyapp.models import (
    Campaign,
    ChangeState,
    DirectoryChange,
    Event,
    Invitation,
    Message,
    Participation,
    Person,
    WorkState,
    db,
)
from surveyapp.services.people import cards, exports, imports, lookup, merge, undo
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.publish import definition_of
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from surveyapp.store import people as store
from surveyapp.store.people import PeopleFilter, find_people, select_people
from tests.answering import NOMINATIVE, opened

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
TODAY = date(2026, 6, 15)

pytestmark = pytest.mark.usefixtures("app")


def person(**fields: Any) -> int:
    with transaction() as session:
        return cards.add_person(session, **{"last_name": "Exemple", **fields}).id


def change(key: int) -> DirectoryChange:
    db.session.rollback()
    return db.session.get_one(DirectoryChange, key)


def started(text: str) -> int:
    return imports.start("annuaire.csv", text.encode(), author_id=None, now=NOW)


def applied(text: str) -> int:
    key = started(text)
    digest = imports.preview(change(key)).plan.digest
    imports.apply(key, digest=digest, author_id=None, now=NOW)
    return key


def directory() -> dict[int, dict[str, Any]]:
    """Every column of every card but the times."""
    db.session.rollback()
    names = [c.key for c in sa.inspect(Person).column_attrs if not c.key.endswith("_at")]
    return {
        row.id: {name: getattr(row, name) for name in names}
        for row in db.session.scalars(sa.select(Person))
    }


def events() -> list[tuple[str, dict[str, Any]]]:
    return [(e.kind, e.data) for e in db.session.scalars(sa.select(Event).order_by(Event.id))]


def invite(person_id: int, campaign: Campaign, token: str, **fields: Any) -> int:
    with transaction() as session:
        row = Invitation(
            campaign_id=campaign.id, person_id=person_id, token_hash=token * 64, **fields
        )
        session.add(row)
        session.flush()
        return row.id


# filters


def test_the_keys_of_a_card_are_filled() -> None:
    key = person(last_name="Étangdoux", first_name="Zoé", email="ZOE@Demo.example", profession="60")
    row = directory()[key]
    assert (row["email_key"], row["sort_key"]) == ("zoe@demo.example", "etangdoux zoe")
    assert "infirmier" in row["search"]


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


# imports


def test_two_thousand_lines_go_through_and_back() -> None:
    lines = "".join(
        f"Nom{n};Prénom{n};p{n}@demo.example;Infirmière;Val-Fictif;2026\r\n" for n in range(2000)
    )
    key = applied(f"Nom;Prénom;Mail;Profession;Ville;Cotisation\r\n{lines}")
    assert len(directory()) == 2000
    assert undo.undo(key, author_id=None, now=NOW) == undo.Undone(2000, ())
    assert directory() == {}


def test_a_preview_writes_nobody_and_lies_in_the_database() -> None:
    key = started("Nom;Mail\nExemple;a@demo.example\n")
    assert directory() == {}
    row = change(key)
    assert (row.state, row.rows[1]) == (ChangeState.PREVIEW, ["2", "Exemple", "a@demo.example"])


def test_an_undone_import_leaves_exactly_what_was_before() -> None:
    person(last_name="Modèle", first_name="Basile", tags=["CA"], member_until=TODAY, phone="06 1")
    person(last_name="Autre", email="autre@demo.example")
    before = directory()
    key = applied(
        "Nom;Prénom;Mail;Étiquettes;Cotisation;Langues\n"
        "MODÈLE;Basile;;GT;2030;anglais\nNouveau;;n@demo.example;;;\nAutre;X;autre@demo.example;;;\n"
    )
    assert len(directory()) == 3
    assert undo.undo(key, author_id=None, now=NOW).left == ()
    assert directory() == before


def test_what_was_changed_since_is_left_and_named() -> None:
    one = person(last_name="Modèle", email="m@demo.example")
    key = applied("Nom;Mail;Ville\nModèle;m@demo.example;Ici\nNouveau;n@demo.example;Ici\n")
    (new,) = set(directory()) - {one}
    cards.edit(one, Card("Modèle", email="m@demo.example", commune="Là"), author_id=None, now=NOW)
    undone = undo.undo(key, author_id=None, now=NOW)
    assert (undone.restored, undone.left) == (1, (one,))
    assert directory()[one]["commune"] == "Là"
    assert new not in directory()
    assert change(key).mapping == {"left": [one]}
    with pytest.raises(PeopleError, match="déjà annulée"):
        undo.undo(key, author_id=None, now=NOW)


def test_somebody_invited_since_is_not_removed_by_an_undo() -> None:
    key = applied("Nom;Mail\nNouveau;n@demo.example\n")
    (new,) = directory()
    invite(new, opened(NOMINATIVE), "a")
    assert undo.undo(key, author_id=None, now=NOW).left == (new,)


def test_an_import_is_made_once_and_only_as_it_was_shown() -> None:
    key = started("Nom;Mail\nExemple;a@demo.example\n")
    digest = imports.preview(change(key)).plan.digest
    person(last_name="Exemple", email="a@demo.example")
    with pytest.raises(imports.ChangedMeanwhileError):
        imports.apply(key, digest=digest, author_id=None, now=NOW)
    assert len(directory()) == 1
    digest = imports.preview(change(key)).plan.digest
    imports.apply(key, digest=digest, author_id=None, now=NOW)
    with pytest.raises(PeopleError, match="déjà été fait"):
        imports.apply(key, digest=digest, author_id=None, now=NOW)
    row = change(key)
    assert (row.rows, row.counts["unchanged"], row.changes) == ([], 1, [])


def test_two_imports_at_once_do_not_create_somebody_twice(app: Flask) -> None:
    keys = [started("Nom;Mail\nExemple;a@demo.example\n") for _ in range(2)]
    digests = [imports.preview(change(key)).plan.digest for key in keys]
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def confirm(key: int, digest: str) -> None:
        with app.app_context():
            together.wait(timeout=30)
            try:
                imports.apply(key, digest=digest, author_id=None, now=NOW)
                outcomes.append("done")
            except imports.ChangedMeanwhileError:
                outcomes.append("changed")
            finally:
                db.session.remove()

    threads = [
        threading.Thread(target=confirm, args=pair) for pair in zip(keys, digests, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed", "done"]
    assert len(directory()) == 1


def test_a_decision_made_by_hand_is_read_with_care() -> None:
    key = started("Nom\nExemple\n")
    imports.decide(key, {"2": "create", "x": "create", "3": "\0", "4": "'; --", "²": "1"})
    assert change(key).mapping["decisions"] == {"2": "create"}


def test_the_history_holds_numbers_and_no_name() -> None:
    key = applied("Nom;Mail\nExemple;a@demo.example\n")
    undo.undo(key, author_id=None, now=NOW)
    numbers = {"new": 1, "changed": 0, "unchanged": 0, "doubtful": 0, "refused": 0}
    assert events() == [
        ("people.imported", numbers),
        ("people.undone", {"restored": 1, "left": 0}),
    ]


def test_a_workbook_is_read_as_it_looks() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Adhérents"])
    sheet.append(["Nom", "Prénom", "Téléphone", "RPPS", "Cotisation", "Commune"])
    sheet.append(["Exemple", "Ariane", 639981234, 10000000009, date(2026, 12, 31), None])
    sheet.append([None] * 6)
    sheet.append(["Modèle", None, "+262 639 98 12 34", "10000000009 ", 2027.0, True])
    stream = io.BytesIO()
    book.save(stream)
    key = imports.start("a.xlsx", stream.getvalue(), author_id=None, now=NOW)
    found = [o.card for o in imports.preview(change(key)).plan.outcomes]
    assert found[0] == Card(
        "Exemple",
        "Ariane",
        phone="06 39 98 12 34",
        rpps="10000000009",
        member_until=date(2026, 12, 31),
    )
    assert (found[1].phone, found[1].member_until) == ("+262 639 98 12 34", date(2027, 12, 31))


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveyapp.services.people.files.MAX_UNPACKED", 1000)
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with pytest.raises(PeopleError, match="trop gros"):
        imports.start("a.xlsx", stream.getvalue(), author_id=None, now=NOW)


def test_a_cell_at_the_end_of_the_sheet_costs_nothing() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "Nom", "Exemple"
    book.active["XFD1048576"] = " "
    stream = io.BytesIO()
    book.save(stream)
    key = imports.start("a.xlsx", stream.getvalue(), author_id=None, now=NOW)
    assert imports.preview(change(key)).plan.counts["new"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_that_is_imported_changes_nothing(kind: str) -> None:
    person(last_name="=Exemple", first_name="-1", phone="+262 639 98 12 34", tags=["@x", "y"])
    person(last_name="Exemple", email="a@demo.example", rpps="10000000009", member_until=TODAY)
    person(last_name="Exemple", email="a@demo.example", profession="60", languages=["rcf", "fr"])
    person(last_name="Exemple", contact_by="phone", commune="L’Île")
    data = exports.export(kind, PeopleFilter(), author_id=None, today=TODAY, now=NOW)
    key = imports.start(f"a.{kind}", data, author_id=None, now=NOW)
    assert imports.preview(change(key)).plan.counts["unchanged"] == 4
    assert events() == [("people.exported", {"format": kind, "people": 4, "filtered": []})]


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
