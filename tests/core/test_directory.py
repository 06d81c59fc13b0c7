"""The directory: duplicates, the fate of lines, merging, and the laws of all that."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.directory import mapping
from surveyapp.core.directory.card import Card
from surveyapp.core.directory.cells import (
    FIELD_OF,
    FIELDS,
    FULL_NAME,
    LANGUAGES,
    read_tags,
)
from surveyapp.core.directory.matching import Index, pairs
from surveyapp.core.directory.merging import differences, merge
from surveyapp.core.directory.planning import CREATE, Fate, Outcome, Plan, plan
from surveyapp.core.directory.professions import profession_names
from surveyapp.core.directory.reading import apply, changes, read_row
from surveyapp.core.directory.table import Table, clean, read_csv, table
from surveyapp.reports.people_table import write_people_csv
from surveyapp.services.people.professions import professions

NAMES = profession_names(professions())
ARIANE = Card("Exemple", "Ariane", email="ariane@demo.example", commune="Val-Fictif")


def read(text: str | bytes) -> Table:
    data = text.encode() if isinstance(text, str) else text
    return table(read_csv(data), known=mapping.KNOWN_HEADINGS)


def planned(
    text: str, cards: Mapping[int, Card] | None = None, decisions: Mapping[str, str] | None = None
) -> Plan:
    """What an import of the text would do, its columns guessed."""
    found = read(text)
    columns = mapping.guess(found.headings)
    lines = [read_row(row, columns, NAMES) for row in found.rows]
    return plan(lines, cards or {}, decisions=decisions or {})


def outcome(
    text: str, cards: Mapping[int, Card] | None = None, decisions: Mapping[str, str] | None = None
) -> Outcome:
    (only,) = planned(text, cards, decisions).outcomes
    return only


# the fate of lines


def test_a_new_person_is_created() -> None:
    found = outcome("Nom;Prénom;Profession\nExemple;Ariane;IDE\n")
    assert (found.fate, found.card) == (Fate.NEW, Card("Exemple", "Ariane", profession="60"))


def test_changes_are_shown_field_by_field_and_nothing_is_erased() -> None:
    known = replace(ARIANE, phone="06 39 98 00 00", tags=("CA",))
    found = outcome(
        "Nom;Prénom;Mail;Tél;Commune;Étiquettes\n"
        "EXEMPLE;ariane;ARIANE@demo.example;;Mont-Exemple;GT, ca\n",
        {7: known},
    )
    assert (found.fate, found.person_id) == (Fate.CHANGED, 7)
    assert [(c.name, c.before, c.after) for c in found.changes] == [
        ("commune", "Val-Fictif", "Mont-Exemple"),
        ("tags", ("CA",), ("CA", "GT")),
    ]
    assert found.card == replace(known, commune="Mont-Exemple", tags=("CA", "GT"))


@pytest.mark.parametrize(
    ("text", "known", "fate"),
    [
        # the same mail and name
        ("Nom;Mail;Tél\nExemple;a@b.fr;0639981234", Card("Exemple", email="A@B.fr"), "changed"),
        # the same mail, another name: a shared mailbox?
        ("Nom;Mail\nAutre;a@b.fr", Card("Exemple", email="a@b.fr"), "doubtful"),
        # the same RPPS, a name of marriage
        (
            "Nom;Prénom;RPPS\nNouveau;Ariane;10000000009",
            Card("Exemple", "Ariane", rpps="10000000009"),
            "changed",
        ),
        # the same RPPS, nothing else alike: a slip of the keyboard?
        (
            "Nom;Prénom;RPPS\nAutre;Basile;10000000009",
            Card("Exemple", "Ariane", rpps="10000000009"),
            "doubtful",
        ),
        # another RPPS: another person or a slip
        (
            "Nom;Commune;RPPS\nExemple;Ici;10000000009",
            Card("Exemple", commune="Ici", rpps="10000000011"),
            "doubtful",
        ),
        # the same name and commune
        ("Nom;Ville;Mail\nÉxemple;ICI;a@b.fr", Card("Exemple", commune="Ici"), "changed"),
        # the same name, another commune
        ("Nom;Ville\nExemple;Là", Card("Exemple", commune="Ici"), "new"),
        # the same name, one commune unknown
        ("Nom;Ville\nExemple;Là", Card("Exemple", email="a@b.fr"), "doubtful"),
        # the same name and commune, another mail
        (
            "Nom;Ville;Mail\nExemple;Ici;c@d.fr",
            Card("Exemple", commune="Ici", email="a@b.fr"),
            "doubtful",
        ),
    ],
)
def test_duplicates_are_found_by_rpps_mail_and_name(text: str, known: Card, fate: str) -> None:
    found = outcome(text, {1: known})
    assert found.fate == fate
    assert bool(found.doubt) is (fate == "doubtful")


def test_a_doubtful_line_does_nothing_until_somebody_decides() -> None:
    text = "Nom;Mail\nAutre;a@b.fr\n"
    cards = {1: Card("Exemple", email="a@b.fr")}
    assert outcome(text, cards).candidates == (1,)
    assert outcome(text, cards, {"2": CREATE}).fate is Fate.NEW
    decided = outcome(text, cards, {"2": "1"})
    assert (decided.fate, decided.person_id, bool(decided.doubt)) == (Fate.CHANGED, 1, True)
    assert outcome(text, cards, {"2": "99"}).fate is Fate.DOUBTFUL


def test_two_cards_that_could_be_the_person_are_a_doubt() -> None:
    cards = {1: Card("Exemple", commune="Ici"), 2: Card("Exemple", commune="Ici")}
    found = outcome("Nom;Ville;Tél\nExemple;Ici;0639981234", cards)
    assert (found.fate, found.candidates) == (Fate.DOUBTFUL, (1, 2))
    assert found.doubt == "2 fiches pourraient être la même personne."


def test_lines_are_compared_with_each_other() -> None:
    found = planned("Nom;Mail\nExemple;a@b.fr\nEXEMPLE;a@b.fr\nAutre;a@b.fr\n").outcomes
    assert [o.fate for o in found] == [Fate.NEW, Fate.REFUSED, Fate.DOUBTFUL]
    assert "à la ligne 2" in found[1].reason
    assert "La ligne 2 du fichier" in found[2].doubt


def test_two_lines_do_not_change_the_same_card() -> None:
    found = planned(
        "Nom;Mail;Ville\nExemple;a@b.fr;Ici\nExemple;a@b.fr;Là",
        {1: Card("Exemple", email="a@b.fr")},
    )
    assert [o.fate for o in found.outcomes] == [Fate.CHANGED, Fate.REFUSED]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Nom;Prénom\n;Ariane", "Il n’y a pas de nom sur cette ligne."),
        ("Nom;Mail\nExemple;ariane", "Adresse mail : L’adresse"),
        (f"Nom\n{'x' * 130}", "Nom : "),
    ],
)
def test_lines_are_refused_with_the_reason(text: str, reason: str) -> None:
    found = outcome(text)
    assert found.fate is Fate.REFUSED
    assert reason in found.reason


def test_a_refused_line_keeps_the_name_that_it_was_read_with() -> None:
    assert outcome("Nom;Prénom;Mail\nExemple;Ariane;rien").card.full_name == "Ariane Exemple"


def test_a_cell_that_cannot_be_read_is_left_aside_and_said() -> None:
    found = outcome("Nom;Profession;RPPS;Cotisation\nExemple;Alchimiste;10000000004;oui\n")
    assert (found.fate, found.card) == (Fate.NEW, Card("Exemple", rpps="10000000004"))
    assert len(found.notes) == 3
    assert "La cellule est laissée de côté." in found.notes[0]


def test_the_digest_is_that_of_what_would_be_written() -> None:
    text = "Nom;Ville\nExemple;Ici\n"
    assert planned(text).digest == planned(text).digest
    assert planned(text).digest != planned(text, {1: Card("Exemple", commune="Ici")}).digest
    assert planned(text).digest != planned(text.replace("Ici", "Là")).digest


# merging


def test_a_merge_chooses_field_by_field() -> None:
    kept = Card("Exemple", "Ariane", member_until=date(2024, 12, 31), tags=("CA",))
    other = Card(
        "EXEMPLE", "Ariane", commune="Ici", member_until=date(2026, 12, 31), tags=("ca", "GT")
    )
    assert {d.name: d.proposed for d in differences(kept, other)} == {
        "last_name": "kept",
        "commune": "other",
        "member_until": "other",
        "tags": "both",
    }
    assert merge(kept, other, {}) == Card(
        "Exemple", "Ariane", commune="Ici", member_until=date(2026, 12, 31), tags=("CA", "GT")
    )
    chosen = merge(kept, other, {"last_name": "other", "commune": "kept", "tags": "kept"})
    assert (chosen.last_name, chosen.commune, chosen.tags) == ("EXEMPLE", "", ("CA",))


def test_pairs_are_proposed_once_and_a_shared_mailbox_is_none() -> None:
    cards = {
        1: Card("Exemple", "Ariane", email="cabinet@b.fr"),
        2: Card("Exemple", "Ariane", email="cabinet@b.fr"),
        3: Card("Autre", "Basile", email="cabinet@b.fr"),
        4: Card("Exemple", "Ariane", commune="Ailleurs", rpps="10000000009"),
    }
    found = {frozenset((one, other)) for one, other, _ in pairs(cards)}
    assert frozenset((1, 2)) in found
    assert not any(3 in pair for pair in found)
    assert len(found) == len(list(pairs(cards)))


# laws

_TEXT = st.text(max_size=25).map(clean)
_NAME = _TEXT.filter(bool)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    """A card as the pages and the imports write them."""
    tags = draw(st.lists(st.text(max_size=10), max_size=3).map(lambda t: read_tags(",".join(t))))
    local = draw(st.sampled_from(["", "ariane", "basile", "élise"]))
    number = draw(st.one_of(st.just(""), st.integers(0, 10**11 - 1).map("{:011d}".format)))
    return Card(
        last_name=draw(_NAME),
        first_name=draw(_TEXT),
        email=f"{local}@demo.example" if local else "",
        phone=draw(st.sampled_from(["", "06 39 98 12 34", "+262 639 98 12 34"])),
        profession=draw(st.sampled_from(["", "ancien", *professions()])),
        rpps=number,
        commune=draw(st.one_of(_TEXT, st.just("Val-Fictif"))),
        member_until=draw(st.none() | st.dates(date(1990, 1, 1), date(2100, 12, 31))),
        tags=tags,
        languages=tuple(draw(st.lists(st.sampled_from(list(LANGUAGES)), max_size=2, unique=True))),
        contact_by=draw(st.sampled_from(["mail", "phone"])),
    )


@given(st.lists(cards(), max_size=6))
def test_an_export_that_is_imported_changes_nothing(several: list[Card]) -> None:
    stream = io.BytesIO()
    write_people_csv(stream, several, professions())
    if not several:
        return
    text = stream.getvalue().decode("utf-8-sig")
    counts = planned(text, dict(enumerate(several))).counts
    assert counts["unchanged"] == len(several)


@given(cards(), cards())
def test_an_import_never_erases(known: Card, line: Card) -> None:
    values = {field.name: getattr(line, field.name) for field in FIELDS if field.name != FULL_NAME}
    after = apply(known, {name: value for name, value in values.items() if value})
    for field in FIELDS:
        if field.name != FULL_NAME and getattr(known, field.name):
            assert getattr(after, field.name)
    assert set(known.tags) <= set(after.tags)
    assert changes(after, {name: value for name, value in values.items() if value}) == ()


@given(cards())
def test_a_card_survives_json(card: Card) -> None:
    assert Card.from_json(card.to_json()) == card


@given(st.lists(cards(), min_size=1, max_size=5))
def test_a_card_finds_itself(several: list[Card]) -> None:
    index = Index.of(dict(enumerate(several)))
    for key, card in enumerate(several):
        assert key in index.match(card).keys


@given(cards(), cards())
def test_merging_a_card_with_itself_or_its_result_changes_nothing(one: Card, other: Card) -> None:
    merged = merge(one, other, {})
    assert merge(one, one, {}) == one
    assert merge(merged, other, {}) == merged


def test_every_field_of_a_card_can_be_imported() -> None:
    assert set(FIELD_OF) - {FULL_NAME} == set(ARIANE.to_json())
