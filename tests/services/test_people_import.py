"""Imports of people: files of every kind, what is shown, written and undone."""

from __future__ import annotations

import io
import threading
import zipfile
from contextlib import suppress
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveyapp.core.directory.card import Card
from surveyapp.models import (
    ChangeState,
    Invitation,
    db,
)
from surveyapp.services.people import cards, exports, imports, undo
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.files import read_table
from surveyapp.store.people import PeopleFilter
from tests.answering import NOMINATIVE, opened
from tests.directory import NOW, TODAY, applied, change, directory, events, invite, person, started

pytestmark = pytest.mark.usefixtures("app")


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


def test_somebody_invited_since_gets_their_card_back_and_keeps_the_invitation() -> None:
    one = person(last_name="Modèle", email="m@demo.example")
    key = applied("Nom;Mail;Ville\nModèle;m@demo.example;Ici\n")
    invite(one, opened(NOMINATIVE), "a")
    assert undo.undo(key, author_id=None, now=NOW).left == ()
    assert directory()[one]["commune"] == ""
    assert db.session.scalars(sa.select(Invitation.person_id)).all() == [one]


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


def tampered(cell: str) -> bytes:
    """A workbook with entities in its sheet, and ``cell`` under « Nom »."""
    lines = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))
    doctype = (
        f'<!DOCTYPE worksheet [<!ENTITY l0 "haha">{lines}<!ENTITY lol "&l10;">'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    )
    rows = (
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for number, text in enumerate(("Nom", cell), start=1)
    )
    made, stream = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            data = source.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                start, end = data.index("<sheetData"), data.index("<pageMargins")
                data = (
                    doctype + data[:start] + f"<sheetData>{''.join(rows)}</sheetData>" + data[end:]
                )
            target.writestr(name, data)
    return stream.getvalue()


def test_a_workbook_that_plays_with_entities_is_refused() -> None:
    """The « billion laughs » and the reading of the server's files."""
    assert read_table(tampered("Exemple")).rows[0].cells == ("Exemple",)
    for entity in ("&lol;", "&file;"):
        with pytest.raises(PeopleError, match="ne peut pas être lu"):
            read_table(tampered(entity))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"Nom;Mail\n"]))
def test_any_bytes_are_read_or_refused_in_french(data: bytes, start: bytes) -> None:
    with suppress(PeopleError):
        read_table(start + data)


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
