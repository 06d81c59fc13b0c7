"""Files of people: their encodings, their columns, their cells."""

from __future__ import annotations

from datetime import date

import pytest

from surveyapp.core.directory import mapping
from surveyapp.core.directory.card import membership
from surveyapp.core.directory.cells import (
    FULL_NAME,
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
from surveyapp.core.directory.professions import find_profession, profession_names
from surveyapp.core.directory.table import FileError, Row, Table, read_csv, table
from surveyapp.services.people.professions import professions

NAMES = profession_names(professions())


def read(text: str | bytes) -> Table:
    data = text.encode() if isinstance(text, str) else text
    return table(read_csv(data), known=mapping.KNOWN_HEADINGS)


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
