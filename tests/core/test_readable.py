"""Stored answers in words."""

from __future__ import annotations

from surveyapp.core.definition import (
    Choice,
    FormDefinition,
    Group,
    Item,
    Kind,
    Mode,
    Notice,
    Question,
    Repeat,
    Section,
)
from surveyapp.core.readable import Block, Line, read
from surveyapp.core.title import search_text, sort_key, title

YES_NO = (Choice("oui", "Oui"), Choice("non", "Non"), Choice("other", "Autre, précisez"))


def form(*items: Item, identity: tuple[str, ...] = ()) -> FormDefinition:
    notice = Notice("", "", "", "", "", "")
    return FormDefinition(
        name="essai",
        title="Essai",
        version="1",
        mode=Mode.NOMINATIVE,
        k=5,
        notice=notice,
        sections=(Section("page", "La page", items=items), Section("vide", "Vide")),
        identity_questions=identity,
    )


def lines(definition: FormDefinition, document: dict[str, object]) -> list[tuple[str, ...]]:
    return [
        line.values
        for section in read(definition, document)
        for block in section.blocks
        for line in block.lines
    ]


def test_codes_become_labels_and_the_other_text_stands_beside() -> None:
    definition = form(
        Question(Kind.SELECT_ONE, "a", "A", choices=YES_NO),
        Question(Kind.SELECT_MULTIPLE, "b", "B", choices=YES_NO, or_other=True),
    )
    document = {"a": "oui", "b": ["non", "other"], "b_other": "parfois"}
    assert lines(definition, document) == [("Oui",), ("Non", "Autre\u00a0: parfois")]


def test_dates_hours_numbers_and_scales_are_french() -> None:
    definition = form(
        Question(Kind.DATE, "d", "D"),
        Question(Kind.TIME, "t", "T"),
        Question(Kind.DATETIME, "dt", "DT"),
        Question(Kind.DECIMAL, "n", "N"),
        Question(Kind.RANGE, "r", "R", parameters={"end": "10"}),
        Question(Kind.ACKNOWLEDGE, "k", "K"),
    )
    document = {
        "d": "2026-06-01",
        "t": "18:30",
        "dt": "2026-06-27T09:00",
        "n": 1234.5,
        "r": 7,
        "k": True,
    }
    assert lines(definition, document) == [
        ("1er\u00a0juin\u00a02026",),
        ("18\u00a0h\u00a030",),
        ("27\u00a0juin\u00a02026 à 9\u00a0h",),
        ("1\u202f234,5",),
        ("7 sur 10",),
        ("Oui",),
    ]


def test_a_year_is_no_quantity() -> None:
    definition = form(
        Question(Kind.INTEGER, "an", "Depuis", appearance=frozenset({"year"})),
        Question(Kind.INTEGER, "n", "Combien"),
    )
    assert lines(definition, {"an": 2015, "n": 2015}) == [("2015",), ("2\u202f015",)]


def test_what_was_not_answered_and_notes_are_left_out() -> None:
    definition = form(
        Question(Kind.NOTE, "n", "Une note"),
        Question(Kind.TEXT, "a", "A"),
        Question(Kind.SELECT_MULTIPLE, "b", "B", choices=YES_NO),
    )
    assert read(definition, {"b": []}) == ()


def test_groups_and_each_entry_of_a_repeat_make_a_block() -> None:
    definition = form(
        Question(Kind.TEXT, "a", "A"),
        Group("g", "Le groupe", items=(Question(Kind.TEXT, "b", "B"),)),
        Repeat("enfants", "Enfant", items=(Question(Kind.INTEGER, "age", "Âge"),)),
    )
    document = {"a": "x", "b": "y", "enfants": [{"age": 3}, {"age": 5}]}
    (section,) = read(definition, document)
    assert section.blocks == (
        Block("", (Line("a", "A", ("x",)),)),
        Block("Le groupe", (Line("b", "B", ("y",)),)),
        Block("Enfant – 1", (Line("age", "Âge", ("3",)),)),
        Block("Enfant – 2", (Line("age", "Âge", ("5",)),)),
    )


def test_the_title_is_made_of_the_identity_questions() -> None:
    definition = form(
        Question(Kind.TEXT, "prenom", "Prénom"),
        Question(Kind.TEXT, "nom", "Nom"),
        identity=("prenom", "nom"),
    )
    assert title(definition, {"nom": "Hoarau", "prenom": "Éloïse"}) == "Éloïse Hoarau"
    assert sort_key(definition, {"nom": "Hoarau", "prenom": "Éloïse"}) == "hoarau eloise"
    assert title(definition, {"prenom": "Éloïse"}) == "Éloïse"
    assert title(definition, {}) == ""


def test_a_search_finds_labels_words_and_entries_without_accents() -> None:
    definition = form(
        Question(Kind.TEXT, "nom", "Nom"),
        Question(Kind.SELECT_ONE, "p", "P", choices=(Choice("sf", "Sage-femme"),)),
        Repeat("lieux", "Lieu", items=(Question(Kind.TEXT, "ville", "Ville"),)),
        identity=("nom",),
    )
    text = search_text(
        definition, {"nom": "Éloïse", "p": "sf", "lieux": [{"ville": "L’Étang-Fictif"}]}
    )
    assert text.startswith("eloise · ")
    assert "sage-femme" in text
    assert "l'etang-fictif" in text
