"""Each type of question on its page: shown, filled, shown again, without script."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.checking import Browser, words
from tests.web.onepage import REVIEW, SEND, answer, ask


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    return Browser(client)


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "again"),
    [
        ("text", " Bonjour ", "Bonjour", "Bonjour"),
        ("email", "prenom.nom@demo.example", "prenom.nom@demo.example", None),
        ("tel", "0692123456", "06 92 12 34 56", "0692123456"),
        ("integer", "1 234", 1234, "1234"),
        ("decimal", "1 234,50", 1234.5, "1234,5"),
        ("decimal", "0,0000001", 1e-07, "0,0000001"),
        ("date", "1/6/2026", "2026-06-01", "01/06/2026"),
        ("date", "01-06-2026", "2026-06-01", "01/06/2026"),
        ("date", "2026-06-01", "2026-06-01", "01/06/2026"),
        ("date", "01062026", "2026-06-01", "01/06/2026"),
        ("time", "18 h 30", "18:30", "18:30"),
        ("time", "9h", "09:00", "09:00"),
        ("dateTime", "1/6/2026 à 18h30", "2026-06-01T18:30", "01/06/2026 18:30"),
    ],
)
def test_what_is_typed_the_french_way_is_understood(
    browser: Browser, kind: str, typed: str, stored: object, again: str | None
) -> None:
    page = ask(browser, f"{{type: {kind}, name: q, label: Question}}", head="")
    page = page.submit("Retour", q=typed).follow("Reprendre")
    value = page.find("q").get("value")
    assert value == (again or typed)
    assert answer(page) == {"q": stored}


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("integer", "douze", "écrivez un nombre en chiffres"),
        ("integer", "1,5", "écrivez un nombre entier"),
        ("decimal", "1,2,3", "écrivez un nombre en chiffres"),
        ("date", "1/6/26", "écrivez l’année avec quatre chiffres"),
        ("date", "31/6/2026", "cette date n’existe pas"),
        ("date", "bientôt", "écrivez la date avec le jour"),
        ("time", "25 h", "écrivez l’heure"),
        ("time", "midi", "écrivez l’heure"),
        ("dateTime", "1/6/2026", "écrivez l’heure"),
        ("email", "prenom.nom", "écrivez une adresse mail complète"),
        ("tel", "12", "écrivez un numéro de téléphone complet"),
    ],
)
def test_what_is_not_understood_is_said_and_shown_as_typed(
    browser: Browser, kind: str, typed: str, sentence: str
) -> None:
    page = ask(browser, f"{{type: {kind}, name: q, label: Question}}", head="")
    page = page.submit(REVIEW, q=typed)
    assert "verifier=1" in page.path
    assert [field for field, _ in page.errors()] == ["q"]
    assert sentence in page.errors()[0][1]
    assert page.find("q").get("value") == typed


def test_what_is_not_understood_and_required_is_said_once(browser: Browser) -> None:
    page = ask(browser, "{type: date, name: q, label: Q, required: true}").submit(SEND, q="x")
    assert len(page.errors()) == 1


@pytest.mark.parametrize("kind", ["date", "time", "dateTime"])
def test_an_example_stands_beside_every_format(browser: Browser, kind: str) -> None:
    page = ask(browser, f"{{type: {kind}, name: q, label: Question}}")
    assert words(page.find("q-aide")).startswith("ex. ")
    assert page.find("q").get("aria-describedby") == "q-aide"


def test_a_long_text_keeps_its_lines(browser: Browser) -> None:
    page = ask(browser, "{type: text, appearance: multiline, name: q, label: Q}")
    text = "\r\nune\r\n\r\n<b>deux</b> & trois"
    page = page.submit("Retour", q=text).follow("Reprendre")
    assert page.find("q").text == "une\n\n<b>deux</b> & trois"
    assert answer(page) == {"q": "une\n\n<b>deux</b> & trois"}


def test_radios(browser: Browser) -> None:
    page = ask(browser, "{type: select_one on, name: q, label: Q, hint: Aide.}")
    assert page.find("q-q").tag == "fieldset"
    assert page.find("q-q").get("aria-describedby") == "q-aide"
    assert answer(page, q="non") == {"q": "non"}


def test_a_drop_down_list(browser: Browser) -> None:
    page = ask(browser, "{type: select_one on, appearance: minimal, name: q, label: Q}")
    assert page.find("q").tag == "select"
    page = page.submit("Retour", q="non").follow("Reprendre")
    assert page.fields(SEND)["q"] == "non"
    assert answer(page, q="") == {}


def test_check_boxes(browser: Browser) -> None:
    page = ask(browser, "{type: select_multiple fruits, name: q, label: Q}")
    page = page.submit(SEND, q=["poire", "aucun"])
    assert "«\u00a0Aucun\u00a0» ne va pas avec une autre" in page.response.text
    assert page.fields(SEND).getlist("q") == ["poire", "aucun"]
    assert answer(page, q=["poire", "pomme"]) == {"q": ["pomme", "poire"]}


def test_an_invented_choice_is_refused(browser: Browser) -> None:
    page = ask(browser, "{type: select_one on, name: q, label: Q}").submit(SEND, q="cerise")
    assert page.errors() == [
        ("q", "Choisissez à la question « Q » une réponse de la liste proposée.")
    ]


@pytest.mark.parametrize(
    ("kind", "ticked", "stored"),
    [
        ("select_one on", None, "other"),
        ("select_one on", "oui", "oui"),
        ("select_multiple on", None, ["other"]),
        ("select_multiple on", ["oui"], ["oui", "other"]),
        ("select_multiple fruits", ["aucun"], ["aucun"]),
    ],
)
def test_a_text_beside_other_ticks_it(
    browser: Browser, kind: str, ticked: Any, stored: Any
) -> None:
    page = ask(browser, f"{{type: {kind} or_other, name: q, label: Q}}")
    document = answer(page, q=ticked, q_other="Surf")
    assert document["q"] == stored
    assert document.get("q_other") == ("Surf" if "other" in stored else None)


def test_a_scale_is_radios_with_its_ends_in_words(browser: Browser) -> None:
    item = (
        "{type: range, name: q, label: Q, parameters: {start: 0, end: 10, min_label: Rien,"
        " max_label: Tout}}"
    )
    page = ask(browser, item)
    radios = [e for e in page.tree.iter("input") if e.get("name") == "q"]
    assert [radio.get("value") for radio in radios] == [str(i) for i in range(11)]
    labels = {e.get("for"): words(e) for e in page.tree.iter("label")}
    assert labels["q"] == "0, Rien"
    assert labels["q-10"] == "10, Tout"
    assert answer(page, q="0") == {"q": 0}


def test_a_rank_is_one_list_per_place(browser: Browser) -> None:
    page = ask(browser, "{type: rank fruits, name: q, label: Q}")
    labels = {e.get("for"): words(e) for e in page.tree.iter("label")}
    assert (labels["q"], labels["q-2"], labels["q-3"]) == ("1er choix", "2e choix", "3e choix")
    page = page.submit(SEND, q=["poire", "poire", ""])
    assert "verifier=1" in page.path
    assert "donnez un rang à chacune" in page.errors()[0][1]
    assert page.fields(SEND).getlist("q") == ["poire", "poire", ""]
    assert answer(page, q=["poire", "aucun", "pomme"]) == {"q": ["poire", "aucun", "pomme"]}


def test_an_untouched_rank_is_no_answer(browser: Browser) -> None:
    assert answer(ask(browser, "{type: rank fruits, name: q, label: Q}")) == {}


def test_a_box_to_tick(browser: Browser) -> None:
    page = ask(browser, "{type: acknowledge, name: q, label: J’accepte, required: true}")
    assert page.fields(SEND).get("q") is None
    page = page.submit(SEND)
    assert page.errors() == [("q", "Cochez la case « J’accepte » pour continuer.")]
    assert answer(page, q="1") == {"q": True}


def test_a_note_is_read_and_a_calculation_is_not_seen(browser: Browser) -> None:
    page = ask(
        browser,
        '{type: note, name: n, label: "Lisez **bien**."}',
        "{type: integer, name: a, label: A}",
        "{type: calculate, name: c, label: Secret, calculation: '${a} + 1'}",
    )
    assert [words(e) for e in page.tree.iter("strong")] == ["bien"]
    assert "Secret" not in page.text
    assert answer(page, a="1") == {"a": 1, "c": 2}


def test_a_default_answer_is_proposed_once(browser: Browser) -> None:
    page = ask(
        browser,
        "{type: select_one on, name: q, label: Q, default: oui}",
        "{type: text, name: t, label: T, default: Bonjour, relevant: \"${q} = 'oui'\"}",
    )
    assert page.fields(SEND)["q"] == "oui"
    assert page.shown("t")
    page = page.submit("Retour", t="").follow("Reprendre")
    assert page.fields(SEND)["t"] == ""


def test_required_and_optional_are_said_in_words(browser: Browser) -> None:
    page = ask(
        browser,
        "{type: text, name: a, label: A, required: true}",
        "{type: text, name: b, label: B}",
    )
    assert "A (obligatoire)" in page.text
    assert "B (facultatif)" in page.text


def test_one_sentence_replaces_the_marks_when_nothing_is_required(browser: Browser) -> None:
    page = ask(browser, "{type: text, name: a, label: A}", "{type: text, name: b, label: B}")
    assert "Toutes les questions de cette page sont facultatives." in page.text
    assert "(facultatif)" not in page.text


# --- groups, matrices ------------------------------------------------------------------

MATRIX = (
    "{type: group, name: g, label: Tableau, appearance: table-list, items: ["
    "{type: select_one on, name: m1, label: Première, required: true},"
    "{type: select_one on, name: m2, label: Seconde}]}"
)


def test_a_matrix_is_one_group_per_row(browser: Browser) -> None:
    page = ask(browser, MATRIX)
    for row in ("q-g", "q-m1", "q-m2"):
        assert page.find(row).tag == "fieldset"
    page = page.submit(SEND, m2="oui")
    assert page.errors() == [("m1", "Choisissez une réponse à la question « Première ».")]
    assert answer(page, m1="non", m2="oui") == {"m1": "non", "m2": "oui"}


def test_a_group_is_a_fieldset(browser: Browser) -> None:
    page = ask(
        browser,
        "{type: group, name: g, label: Ensemble, items: [{type: text, name: a, label: A}]}",
    )
    assert page.find("q-g").tag == "fieldset"
    assert answer(page, a="x") == {"a": "x"}
