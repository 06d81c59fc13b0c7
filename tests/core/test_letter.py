"""Texts with fields: what is refused, what is filled, what disappears without a hole."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.letter import (
    FIELDS,
    MEANINGS,
    NEEDED,
    Block,
    LetterKind,
    Wording,
    blocks_of,
    check,
    closing,
    days,
    instant,
    minutes,
    proper,
    subject_of,
)
from surveyapp.services.letters.defaults import DEFAULTS

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
K = LetterKind


def body(text: str, **values: str) -> list[Block]:
    return blocks_of(Wording("x", text), values)


@pytest.mark.parametrize(("kind", "language"), DEFAULTS)
def test_the_texts_that_come_with_the_program_can_be_saved(kind: LetterKind, language: str) -> None:
    assert check(kind, DEFAULTS[kind, language]) == []


def test_every_mail_has_a_text_in_both_languages() -> None:
    assert set(DEFAULTS) == {(kind, language) for kind in K for language in ("fr", "en")}


def test_every_field_is_explained_and_every_needed_one_offered() -> None:
    assert {name for names in FIELDS.values() for name in names} == set(MEANINGS)
    assert all(name in FIELDS[kind] for kind, name in NEEDED.items())


@pytest.mark.parametrize("kind", K)
def test_without_any_value_nothing_is_left_of_the_braces(kind: LetterKind) -> None:
    wording = DEFAULTS[kind, "fr"]
    lines = [line for block in blocks_of(wording, {}) for line in block.lines]
    assert not any(mark in line for line in [*lines, subject_of(wording, {})] for mark in "{}")


def test_paragraphs_lines_and_the_button() -> None:
    text = "Bonjour {prénom},\nune ligne\n\n{lien}\n  \nVoir {lien} ici\r\n\r\nFin"
    assert body(text, prénom="Zoé", lien="https://x") == [
        Block(("Bonjour Zoé,", "une ligne")),
        Block(("https://x",), button=True),
        Block(("Voir https://x ici",)),
        Block(("Fin",)),
    ]


def test_a_link_alone_on_its_line_cuts_the_paragraph() -> None:
    assert body("Avant\n {lien} \nAprès", lien="https://x") == [
        Block(("Avant",)),
        Block(("https://x",), button=True),
        Block(("Après",)),
    ]


def test_what_is_not_known_leaves_no_hole() -> None:
    text = "Bonjour {prénom},\n\nJusqu’au {date_clôture}.\nVenez.\n\nÉcrivez à {contact}."
    assert body(text) == [Block(("Bonjour,",)), Block(("Venez.",))]
    assert subject_of(Wording("Avis de {structure} : {titre}", ""), {"titre": "X"}) == "Avis de : X"


def test_a_list_brings_its_lines() -> None:
    assert body("Voici :\n\n{liste}", liste="– a\n– b")[1] == Block(("– a", "– b"))


def test_a_value_is_not_filled_again() -> None:
    assert body("{titre}", titre="{prénom}", prénom="Zoé") == [Block(("{prénom}",))]


@given(st.dictionaries(st.sampled_from(sorted(MEANINGS)), st.text(max_size=20)), st.text())
def test_law_any_text_and_any_value_give_a_mail(values: dict[str, str], text: str) -> None:
    wording = Wording(text, text)
    for kind in K:
        check(kind, wording)
    assert all(block.lines for block in blocks_of(wording, values))
    assert "\n" not in subject_of(wording, values)


@given(st.sampled_from(sorted(MEANINGS)))
def test_law_a_field_is_known_however_it_is_typed(name: str) -> None:
    import unicodedata

    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    for typed in (name, name.upper(), plain, f" {name} ", name.replace("_", " "), plain.title()):
        assert proper(typed) == name


def test_each_fault_is_told_once() -> None:
    faults = check(K.INVITATION, Wording("", "{prenon} {prenon} {x}"))
    assert [fault.part for fault in faults] == ["subject", "body", "body", "body"]
    assert len({fault.message for fault in faults}) == 4


@pytest.mark.parametrize(
    ("moment", "zone", "french", "english"),
    [
        (
            datetime(2026, 6, 26, 16, 30, tzinfo=UTC),
            PARIS,
            "vendredi 26 juin 2026 à 18 h 30",
            "Friday 26 June 2026 at 18:30",
        ),
        (
            datetime(2026, 6, 26, 19, 59, 59, 999999, tzinfo=UTC),
            REUNION,
            "vendredi 26 juin 2026",
            "Friday 26 June 2026",
        ),
        (
            datetime(2026, 6, 26, 20, 0, tzinfo=UTC),
            REUNION,
            "vendredi 26 juin 2026",
            "Friday 26 June 2026",
        ),
        (
            datetime(2026, 5, 1, 7, 0, tzinfo=UTC),
            PARIS,
            "vendredi 1er mai 2026 à 9 h",
            "Friday 1 May 2026 at 09:00",
        ),
    ],
)
def test_a_closing_is_said_as_people_say_it_there(
    moment: datetime, zone: ZoneInfo, french: str, english: str
) -> None:
    assert " ".join(closing(moment, zone, "fr").split()) == french
    assert closing(moment, zone, "en") == english


def test_durations_and_instants_in_both_languages() -> None:
    moment = datetime(2026, 6, 26, 16, 30, tzinfo=UTC)
    assert " ".join(instant(moment, PARIS, "fr").split()) == "26 juin 2026 à 18 h 30"
    assert instant(moment, PARIS, "en") == "26 June 2026 at 18:30"
    assert minutes(1, "en") == "1 minute"
    assert " ".join(minutes(5, "fr").split()) == "5 minutes"
    assert days(90, "en") == "90 days"
    assert " ".join(days(90, "fr").split()) == "90 jours"
