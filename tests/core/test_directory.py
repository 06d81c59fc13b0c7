"""The directory: cells, columns, duplicates, the fate of lines, merging."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.directory import mapping
from surveyapp.core.directory.card import Card, membership
from surveyapp.core.directory.cells import (
    FIELD_OF,
    FIELDS,
    FULL_NAME,
    LANGUAGES,
    CellError,
    read_email,
    read_languages,
    read_phone,
    read_rpps,
    read_tags,
    read_until,
    rpps_is_doubtful,
    split_full_name,
)
from surveyapp.core.directory.matching import Index, pairs
from surveyapp.core.directory.merging import differences, merge
from surveyapp.core.directory.planning import CREATE, Fate, Outcome, Plan, plan
from surveyapp.core.directory.professions import find_profession, profession_names
from surveyapp.core.directory.reading import apply, changes, read_row
from surveyapp.core.directory.table import FileError, Row, Table, clean, read_csv, table
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


# files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_files_of_every_spreadsheet_are_read(encoding: str, mark: str) -> None:
    lines = [["Nom", "Prénom", "Commune"], ["Étangdoux", "Hélène", "L’Île-Modèle"]]
    data = "\r\n".join(mark.join(line) for line in lines).encode(encoding)
    found = read(data)
    assert found.headings == ("Nom", "Prénom", "Commune")
    assert found.rows == (Row(2, ("Étangdoux", "Hélène", "L’Île-Modèle")),)


def test_cells_hold_separators_quotes_and_lines() -> None:
    found = read('Nom;Étiquettes\n"Dit ""le;Grand""";"CA;\nGT"\nSuivant;\n')
    assert found.rows[0] == Row(2, ('Dit "le;Grand"', "CA; GT"))
    assert found.rows[1] == Row(4, ("Suivant", ""))


def test_a_title_above_the_headings_and_empty_lines_are_skipped() -> None:
    found = read("Adhérents 2026;;\n;;\nNom;Prénom;\n\nExemple;Ariane;\n")
    assert (found.headings, found.rows) == (("Nom", "Prénom"), (Row(5, ("Exemple", "Ariane")),))


@pytest.mark.parametrize("text", ["", "\n\n", "Nom;Prénom\n"])
def test_a_file_without_people_is_refused(text: str) -> None:
    with pytest.raises(FileError, match="Le fichier est vide"):
        read(text)


def test_a_file_that_is_too_long_or_too_wide_is_refused() -> None:
    with pytest.raises(FileError, match="10000 lignes"):
        read("Nom\n" + "Exemple\n" * 10_001)
    with pytest.raises(FileError, match="60 colonnes"):
        read("Nom" + ";x" * 61 + "\nExemple\n")


def test_rows_survive_the_database() -> None:
    found = read("Nom;Prénom\nExemple;Ariane\n\nModèle;\n")
    assert Table.from_json(found.to_json()) == found


# columns


def test_columns_are_guessed_from_french_headings() -> None:
    headings = (
        "N° Adhérent",
        "NOM D’EXERCICE",
        "Prénom",
        "Adresse e-mail",
        "Tél. portable",
        "Profession exercée",
        "N° RPPS",
        "Ville",
        "À jour jusqu’au",
    )
    assert mapping.guess(headings) == {
        "last_name": 1,
        "first_name": 2,
        "email": 3,
        "phone": 4,
        "profession": 5,
        "rpps": 6,
        "commune": 7,
        "member_until": 8,
    }


def test_both_names_in_one_column_are_guessed() -> None:
    assert mapping.guess(("Nom et prénom", "Mail")) == {FULL_NAME: 0, "email": 1}
    assert mapping.guess(("Nom complet", "Nom", "Prénom")) == {"last_name": 1, "first_name": 2}


def test_the_beginning_of_an_adherence_is_not_taken_for_its_end() -> None:
    assert "member_until" not in mapping.guess(("Nom", "Date d’adhésion", "Montant"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (["email"], "quelle colonne porte le nom"),
        (["last_name", "email", "email"], "choisi pour deux colonnes"),
        (["last_name", FULL_NAME], "mais pas les deux"),
        (["last_name", "inconnu"], "dans la liste"),
        (["last_name", "", ""], ""),
    ],
)
def test_columns_that_cannot_be_read_say_why(fields: list[str], sentence: str) -> None:
    problem = mapping.problem(fields)
    assert sentence in problem and bool(problem) is bool(sentence)


# cells


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Infirmière", "60"),
        ("infirmier(e)", "60"),
        ("Infirmier·ère", "60"),
        ("IDEL", "60"),
        ("60", "60"),
        ("Infirmier ou infirmière", "60"),
        ("Infirmière en pratique avancée", "ipa"),
        ("IPA", "ipa"),
        ("Kiné", "70"),
        ("masseur-kinésithérapeute", "70"),
        ("Masseuse Kinésithérapeute", "70"),
        ("Médecins", "10"),
        ("Médecin généraliste", "10"),
        ("Chirurgien-dentiste", "40"),
        ("Chirurgienne dentiste", "40"),
        ("SAGE FEMME", "50"),
        ("Pharmacienne", "21"),
        ("Diététicienne", "95"),
        ("Secrétaire médicale", "secretaire_assistant"),
        ("interne", "etudiant"),
        ("Chirurgien", None),
        ("Alchimiste", None),
    ],
)
def test_professions_are_read_as_people_write_them(typed: str, code: str | None) -> None:
    assert find_profession(typed, NAMES) == code


def test_every_profession_is_read_by_its_label_and_its_code() -> None:
    for code, label in professions().items():
        assert find_profession(label, NAMES) == code
        assert find_profession(code, NAMES) == code


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("0639981234", "06 39 98 12 34"),
        ("639981234", "06 39 98 12 34"),
        ("06.39.98.12.34", "06 39 98 12 34"),
        ("+262 639 98 12 34", "+262 639 98 12 34"),
    ],
)
def test_telephone_numbers(typed: str, shown: str) -> None:
    assert read_phone(typed) == shown


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026", date(2026, 12, 31)),
        ("27/06/2026", date(2026, 6, 27)),
        ("2026-06-27 00:00:00", date(2026, 6, 27)),
    ],
)
def test_the_last_day_of_a_subscription(typed: str, day: date) -> None:
    assert read_until(typed) == day


@pytest.mark.parametrize("typed", ["oui", "31/02/2026", "27/06/26", "01/01/0026"])
def test_what_is_no_day_is_said(typed: str) -> None:
    with pytest.raises(CellError):
        read_until(typed)


@pytest.mark.parametrize("typed", ["ariane", "a@b", "a@b.c, d@e.f", "@b.c", "a b@c.d", "a@@b.c"])
def test_addresses_that_are_not_complete(typed: str) -> None:
    with pytest.raises(CellError):
        read_email(typed)


def test_tags_languages_and_rpps() -> None:
    assert read_tags('CA ; "mission 6", ca') == ("CA", "mission 6")
    assert read_languages("Français, créole réunionnais, en") == ("fr", "rcf", "en")
    assert read_rpps("810000000009") == "10000000009"
    assert not rpps_is_doubtful("10000000009")
    assert rpps_is_doubtful("10000000004")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("DUPRÉ Marie-Ève", ("DUPRÉ", "Marie-Ève")),
        ("Marie DE LA TOUR", ("DE LA TOUR", "Marie")),
        ("Dr Marie Dupré", ("Dupré", "Marie")),
        ("Dupré", ("Dupré", "")),
    ],
)
def test_two_names_in_one_cell(text: str, names: tuple[str, str]) -> None:
    assert split_full_name(text) == names


def test_a_subscription_is_paid_until_its_last_day() -> None:
    day = date(2026, 12, 31)
    assert membership(day, today=day) == "current"
    assert membership(day, today=date(2027, 1, 1)) == "lapsed"
    assert membership(None, today=day) == "never"


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
