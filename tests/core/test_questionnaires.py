"""The seven questionnaires that ship: each fact of domain.md A, D, E and F is in its form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from surveyapp.core.check import check
from surveyapp.core.definition import (
    OTHER,
    Group,
    Item,
    Kind,
    Mode,
    Repeat,
    Unit,
)
from surveyapp.core.french import sort_key
from tests.core.questionnaires import (
    ANONYMOUS,
    FIGURES,
    FORMS,
    NAMES,
    NOMINATIVE,
    choices,
    each_form,
    every_question,
    form,
    question,
    shown,
)

#: name → mode, k, pages, minutes, months of retention (None: unlimited), days of a draft.
FACTS = {
    "bien-etre-soignants": (Mode.ANONYMOUS, 10, 5, 5, None, 7),
    "candidature-ambassadeur": (Mode.NOMINATIVE, 5, 6, 8, 24, 90),
    "demande-conciergerie": (Mode.NOMINATIVE, 5, 4, 5, 12, 90),
    "enquete-annuelle-adherents": (Mode.ANONYMOUS, 5, 5, 6, None, 7),
    "recueil-installation": (Mode.NOMINATIVE, 5, 7, 12, 24, 90),
    "satisfaction-accompagnement": (Mode.CONFIDENTIAL, 5, 2, 3, 24, 90),
    "satisfaction-evenement": (Mode.ANONYMOUS, 5, 2, 2, None, 7),
}
#: TRE_G15 (domain.md D.5).
G15 = [
    *("10", "21", "26", "28", "31", "32", "35", "36", "37", "38", "39", "40", "50", "60"),
    *("69", "70", "80", "81", "82", "83", "84", "85", "86", "91", "92", "94", "95", "96", "98"),
]

# --- all seven -------------------------------------------------------------------------


def test_seven_questionnaires_a_live_poll_and_no_other() -> None:
    assert {path.stem for path in FORMS.glob("*.yaml")} == {*NAMES, "sondage-seance"}


@each_form
def test_neither_error_nor_warning(name: str) -> None:
    assert [str(issue) for issue in check(form(name), figures=FIGURES)] == []


@each_form
def test_mode_k_pages_length_and_retention(name: str) -> None:
    definition = form(name)
    assert (
        definition.mode,
        definition.k,
        len(definition.sections),
        definition.duration_minutes,
        definition.retention_months,
        definition.draft_retention_days,
    ) == FACTS[name]
    assert definition.unit is Unit.PERSON
    assert definition.language == "fr"
    assert definition.version == "2026.1"


@each_form
def test_texts_around_the_questions(name: str) -> None:
    definition = form(name)
    assert definition.title
    assert definition.description.endswith(".")
    assert len(definition.introduction) > 80
    assert definition.thanks.startswith("Merci")
    assert definition.submit_label.startswith("Envoyer")


@each_form
def test_notice_says_all_that_article_13_asks(name: str) -> None:
    notice = form(name).notice
    assert "{structure}" in notice.controller
    assert "{address}" in notice.controller
    assert "{dpo}" in notice.contact
    assert "{contact}" in notice.contact
    assert "article 6-1-" in notice.legal_basis
    assert "cnil.fr" in notice.rights
    assert "hors de l’Union européenne" in notice.recipients
    assert "conséquence" in notice.optional or "ne pouvons pas" in notice.optional
    assert len(notice.purpose) > 60


@each_form
def test_the_retention_that_is_announced_is_the_one_that_is_applied(name: str) -> None:
    definition = form(name)
    words = {12: "Douze mois", 24: "Vingt-quatre mois", None: "sans limite de durée"}
    assert words[definition.retention_months] in definition.notice.retention
    draft = f"après {definition.draft_retention_days}\u00a0jours"
    assert draft in definition.notice.retention


@pytest.mark.parametrize("name", ANONYMOUS)
def test_an_anonymous_form_asks_nothing_that_identifies(name: str) -> None:
    definition = form(name)
    assert definition.anonymous
    # The first page says what anonymous means, once, for every form.
    assert "anonyme" not in definition.introduction
    assert definition.email_question == ""
    assert definition.identity_questions == ()
    for item in every_question(name):
        assert item.kind not in (Kind.EMAIL, Kind.TEL, Kind.DATE)
        assert item.autocomplete == ""
    assert "jamais" in definition.notice.recipients or "que des résultats d’ensemble" in (
        definition.notice.recipients
    )


@pytest.mark.parametrize("name", ANONYMOUS)
def test_three_profile_questions_at_most_and_coarse_ones(name: str) -> None:
    profile = [q for q in form(name).questions() if q.profile]
    assert 1 <= len(profile) <= 3
    assert all(len(q.choices) <= 7 and not q.or_other for q in profile)
    assert list(form(name).questions())[-len(profile) :] == profile


@pytest.mark.parametrize("name", NOMINATIVE)
def test_a_nominative_form_knows_whom_to_answer(name: str) -> None:
    definition = form(name)
    assert definition.email_question == "courriel"
    assert definition.identity_questions == ("prenom", "nom")
    first = {q.name: q for q in definition.sections[0].questions()}
    tokens = {
        "prenom": "given-name",
        "nom": "family-name",
        "courriel": "email",
        "telephone": "tel",
    }
    assert {key: first[key].autocomplete for key in tokens} == tokens
    assert first["courriel"].kind is Kind.EMAIL
    assert first["courriel"].required
    assert first["telephone"].kind is Kind.TEL
    assert question(name, "profession").autocomplete == "organization-title"
    assert question(name, "information_lue").required


@each_form
def test_open_questions_ask_not_to_name_anybody(name: str) -> None:
    for item in every_question(name):
        if item.multiline:
            assert "Ne citez aucun patient ni collègue" in item.hint, item.name


@each_form
def test_a_required_question_says_how_to_answer(name: str) -> None:
    for item in every_question(name):
        if item.required:
            assert item.required_message, item.name


@each_form
def test_dates_show_an_example(name: str) -> None:
    for item in every_question(name):
        if item.kind is Kind.DATE:
            assert re.search(r"Exemple\u00a0: \d{2}/\d{2}/\d{4}", item.hint), item.name


@each_form
def test_consents_are_never_ticked_beforehand(name: str) -> None:
    assert all(q.default == "" for q in every_question(name))


@each_form
def test_no_item_of_a_published_instrument(name: str) -> None:
    text = (FORMS / f"{name}.yaml").read_text(encoding="utf-8").lower()
    for words in ("2 dernières semaines", "deux dernières semaines", "gêné", "vidé", "bout du"):
        assert words not in text


@each_form
def test_people_are_fictional(name: str) -> None:
    text = (FORMS / f"{name}.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"@[\w.-]+", text)) <= {"@exemple.example"}
    phones = re.findall(r"\b0\d(?: \d\d){4}\b", text)
    assert set(phones) <= {"06 39 98 12 34"}


def items_of(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Group):
            yield from items_of(item.items)


def test_the_forms_use_the_language() -> None:
    kinds: set[Kind] = set()
    shapes: set[str] = set()
    for name in NAMES:
        kinds.update(q.kind for q in every_question(name))
        for section in form(name).sections:
            for item in items_of(section.items):
                if isinstance(item, Repeat):
                    shapes.add("repeat")
                elif isinstance(item, Group):
                    shapes.add("matrix" if item.matrix else "group")
                else:
                    shapes.update({"or_other"} if item.or_other else ())
                    shapes.update("exclusive" for choice in item.choices if choice.exclusive)
    assert kinds >= set(Kind) - {Kind.DECIMAL, Kind.TIME, Kind.DATETIME}
    assert shapes >= {"repeat", "matrix", "or_other", "exclusive"}


# --- shared lists ----------------------------------------------------------------------


def test_professions_have_the_codes_of_the_national_list() -> None:
    names = choices("candidature-ambassadeur", "profession")
    assert sorted(name for name in names if name.isdigit()) == G15
    assert {name for name in names if not name.isdigit()} == {
        "ipa",
        "psychologue",
        "neuropsychologue",
        "secretaire_assistant",
        "coordination",
        "etudiant",
        "acteur_social",
        "elu",
        "usager",
        OTHER,
    }


def test_professions_are_in_french_alphabetical_order() -> None:
    labels = [choice.label for choice in form("candidature-ambassadeur").choice_lists["profession"]]
    assert labels == sorted(labels, key=sort_key)


def test_specialties_in_short_supply() -> None:
    assert choices("recueil-installation", "specialite") == (
        "generaliste",
        "gynecologie",
        "orl",
        "pneumologie",
        "radiologie",
        OTHER,
    )
    assert shown("recueil-installation", "specialite", profession="10")
    assert not shown("recueil-installation", "specialite", profession="60")


def test_profession_groups_of_surveys() -> None:
    assert choices("bien-etre-soignants", "profession") == (
        "medecin_generaliste",
        "medecin_autre",
        "pharmacien",
        "infirmier",
        "kine",
        "autre_profession",
        "salarie_coordination",
    )
