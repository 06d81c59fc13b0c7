"""Conditions, filters, warnings and repeats on a page, without script."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from tests.answering import NOTICE, drafts, opened, sent
from tests.web.checking import Browser
from tests.web.onepage import ANONYMOUS, LISTS, REVIEW, SEND, answer, ask


@pytest.fixture
def browser(client: FlaskClient) -> Browser:
    return Browser(client)


# --- conditions, without script --------------------------------------------------------

CHAIN = (
    "{type: select_one on, name: a, label: A}",
    "{type: text, name: b, label: Détail, relevant: \"${a} = 'oui'\", required: true}",
)


def test_a_question_that_an_answer_opens_is_asked_before_going_on(browser: Browser) -> None:
    page = ask(browser, *CHAIN)
    assert not page.shown("b")
    page = page.submit(SEND, a="oui")
    assert page.errors() == []
    assert "Une question s’ajoute" in page.text
    assert page.shown("b")
    page = page.submit(SEND)
    assert page.errors() == [("b", "Répondez à la question « Détail ».")]
    assert sent() == []


def test_an_optional_question_that_an_answer_opens_is_shown_once(browser: Browser) -> None:
    page = ask(browser, CHAIN[0], CHAIN[1].replace(", required: true", ""))
    page = page.submit(SEND, a="oui")
    assert page.status == 200
    assert "Une question s’ajoute" in page.text
    assert page.link("Détail").endswith("#b")
    assert page.shown("b")
    assert answer(page) == {"a": "oui"}


def test_an_answer_that_is_hidden_again_is_dropped(browser: Browser) -> None:
    page = ask(browser, *CHAIN).submit(SEND, a="oui").submit("Retour", b="x").follow("Reprendre")
    assert page.shown("b")
    assert answer(page, a="non") == {"a": "non"}


def test_a_browser_with_script_says_that_it_has_shown_everything(browser: Browser) -> None:
    page = ask(browser, CHAIN[0], CHAIN[1].replace(", required: true", ""))
    assert page.fields(SEND)["_hidden"] == "b"
    assert answer(page, a="oui", b="x", _hidden="") == {"a": "oui", "b": "x"}


def test_conditions_travel_with_the_page(browser: Browser) -> None:
    page = ask(browser, *CHAIN)
    tree = json.loads(page.find("q-b").get("data-relevant") or "")
    assert tree == ["op", "=", ["var", "a"], ["str", "oui"]]


def test_answers_of_other_pages_travel_only_when_a_condition_reads_them(browser: Browser) -> None:
    opened(
        NOTICE
        + ANONYMOUS
        + LISTS
        + """
survey:
  - type: group
    name: un
    label: Un
    items:
      - {type: text, name: nom, label: Nom}
      - {type: select_one on, name: a, label: A}
  - type: group
    name: deux
    label: Deux
    items:
      - {type: text, name: c, label: C}
      - {type: text, name: b, label: B, relevant: "${a} = 'oui'"}
"""
    )
    page = browser.get("/q/avis/un").submit("Continuer", nom="Dupont", a="oui")
    form = page.form(SEND)
    assert json.loads(form.get("data-values") or "") == {"a": "oui"}
    assert page.shown("b")
    other = Browser(browser.client.application.test_client())
    page = other.get("/q/avis/un").submit("Continuer", nom="Durand", a="non")
    assert json.loads(page.form(SEND).get("data-values") or "") == {"a": "non"}
    assert not page.shown("b")


ISLANDS = """
mode: anonymous
k: 5
retention_months: unlimited
choices:
  ile: [{name: reunion, label: La Réunion}, {name: guyane, label: Guyane}]
  ville:
    - {name: tampon, label: Le Tampon, ile: reunion}
    - {name: kourou, label: Kourou, ile: guyane}
survey:
  - type: group
    name: un
    label: Un
    items:
      - {type: select_one ile, name: i, label: Île}
      - {type: select_one ville, name: ici, label: Ville, choice_filter: "ile = ${i}"}
  - type: group
    name: deux
    label: Deux
    items:
      - {type: select_one ville, name: v, label: Ville, choice_filter: "ile = ${i}"}
"""


def test_a_list_is_filtered_by_what_was_answered_before(browser: Browser) -> None:
    opened(NOTICE + ISLANDS)
    page = browser.get("/q/avis/un").submit("Continuer", i="guyane")
    assert "Kourou" in page.text
    assert "Le Tampon" not in page.text
    assert answer(page, v="kourou") == {"i": "guyane", "v": "kourou"}


def test_a_list_filtered_by_the_same_page_is_whole_and_checked(browser: Browser) -> None:
    opened(NOTICE + ISLANDS)
    page = browser.get("/q/avis/un")
    assert "Kourou" in page.text
    assert "Le Tampon" in page.text
    page = page.submit("Continuer", i="guyane", ici="tampon")
    assert [field for field, _ in page.errors()] == ["ici"]
    assert page.submit("Continuer", ici="kourou").path == "/q/avis/deux"


# --- warnings --------------------------------------------------------------------------


def test_a_warning_is_said_once_then_the_person_goes_on(browser: Browser) -> None:
    page = ask(browser, "{type: text, appearance: rpps, name: q, label: Numéro RPPS}", head="")
    page = page.submit(REVIEW, q="10000000008")
    assert "verifier=1" in page.path
    assert page.title.startswith("À vérifier")
    assert "appuyez de nouveau sur « Relire mes réponses »" in page.text
    assert page.find("q").get("aria-invalid") is None
    assert answer(page) == {"q": "10000000008"}


# --- repeats ---------------------------------------------------------------------------

CHILDREN = (
    "{type: repeat, name: enfants, label: Vos enfants, parameters: {min: 0, max: 2,"
    " add_label: Ajouter un enfant}, items: ["
    "{type: text, name: prenom, label: Prénom, required: true},"
    "{type: select_one on, name: ecole, label: École},"
    "{type: text, name: nom_ecole, label: Laquelle, relevant: \"${ecole} = 'oui'\"}]}"
)


def test_blocks_are_added_and_removed_by_buttons(browser: Browser) -> None:
    page = ask(browser, CHILDREN)
    assert not page.has("q-enfants-0")
    page = page.submit("Ajouter un enfant").send(
        "Ajouter un enfant", {"enfants-0-prenom": "Ana", "enfants-0-ecole": "non"}
    )
    assert browser.visited[-1].endswith("/q/avis/page#q-enfants-1")
    assert page.fields(SEND)["enfants-0-prenom"] == "Ana"
    assert "Vous avez atteint le nombre de blocs prévu." in page.text
    page = page.send(SEND, {})
    assert page.errors() == []
    assert sent()[0].document == {"enfants": [{"prenom": "Ana", "ecole": "non"}]}


def test_the_block_that_is_removed_is_the_right_one(browser: Browser) -> None:
    page = ask(browser, CHILDREN).submit("Ajouter un enfant").submit("Ajouter un enfant")
    page = page.send(
        "Retirer ce bloc (Vos enfants – 1)", {"enfants-0-prenom": "Ana", "enfants-1-prenom": "Léo"}
    )
    assert page.fields(SEND)["enfants-0-prenom"] == "Léo"
    assert not page.has("q-enfants-1")


def test_errors_in_a_block_lead_to_their_field(browser: Browser) -> None:
    page = ask(browser, CHILDREN).submit("Ajouter un enfant").submit("Ajouter un enfant")
    page = page.send(SEND, {"enfants-0-prenom": "Ana", "enfants-1-ecole": "non"})
    assert [field for field, _ in page.errors()] == ["enfants-1-prenom"]
    assert page.find("enfants-1-prenom").get("aria-invalid") == "true"


def test_a_condition_inside_a_block_looks_at_its_own_block(browser: Browser) -> None:
    page = ask(browser, CHILDREN).submit("Ajouter un enfant").submit("Ajouter un enfant")
    names = {"enfants-0-prenom": "Ana", "enfants-1-prenom": "Léo"}
    page = page.send(SEND, {**names, "enfants-0-ecole": "non", "enfants-1-ecole": "oui"})
    assert not page.shown("enfants-0-nom_ecole")
    assert page.shown("enfants-1-nom_ecole")
    assert "Vos enfants – 2 : Laquelle" in page.text
    page.send(SEND, {"enfants-1-nom_ecole": "Les Palmiers"})
    assert sent()[0].document["enfants"][1]["nom_ecole"] == "Les Palmiers"


def test_what_is_not_understood_in_a_block_comes_back(browser: Browser) -> None:
    body = CHILDREN.replace("{type: text, name: prenom", "{type: integer, name: prenom")
    page = ask(browser, body).submit("Ajouter un enfant")
    page = page.send("Ajouter un enfant", {"enfants-0-prenom": "neuf"})
    assert page.fields(SEND)["enfants-0-prenom"] == "neuf"
    assert drafts()[0].document["raw"] == {"enfants-0-prenom": "neuf"}


def test_an_absurd_number_of_blocks_is_not_read(browser: Browser) -> None:
    page = ask(browser, CHILDREN)
    data = page.fields(SEND)
    data["enfants-count"] = "9999999"
    end = browser.post("/q/avis/page", data)
    assert end.path == "/q/avis/fin/merci"
    assert sent()[0].document == {}
