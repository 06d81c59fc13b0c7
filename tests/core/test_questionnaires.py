"""The seven questionnaires that ship: each fact of domain.md A, D, E and F is in its form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from surveyapp.core.answers import Outcome, Reading, clean
from surveyapp.core.check import check
from surveyapp.core.definition import (
    OTHER,
    FormDefinition,
    Group,
    Item,
    Kind,
    Mode,
    Question,
    Repeat,
    Unit,
)
from surveyapp.core.french import sort_key
from surveyapp.core.loader import load
from surveyapp.core.reference import load_figures

ROOT = Path(__file__).parents[2]
FORMS = ROOT / "forms"
FIGURES = load_figures(ROOT / "reports" / "reference_figures.yaml")
TODAY = date(2026, 11, 22)

NAMES = (
    "bien-etre-soignants",
    "candidature-ambassadeur",
    "demande-conciergerie",
    "enquete-annuelle-adherents",
    "recueil-installation",
    "satisfaction-accompagnement",
    "satisfaction-evenement",
)
NOMINATIVE = ("candidature-ambassadeur", "demande-conciergerie", "recueil-installation")
ANONYMOUS = ("bien-etre-soignants", "enquete-annuelle-adherents", "satisfaction-evenement")

#: name → mode, k, pages, minutes, months of retention (None: unlimited), days of a draft.
FACTS = {
    "bien-etre-soignants": (Mode.ANONYMOUS, 10, 5, 5, None, 7),
    "candidature-ambassadeur": (Mode.NOMINATIVE, 5, 6, 8, 12, 90),
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

each_form = pytest.mark.parametrize("name", NAMES)


@cache
def form(name: str) -> FormDefinition:
    return load(FORMS / f"{name}.yaml")


def question(name: str, question_name: str) -> Question:
    found = form(name).question(question_name)
    assert found is not None, f"{name}: no question {question_name}"
    return found


def choices(name: str, question_name: str) -> tuple[str, ...]:
    return tuple(choice.name for choice in question(name, question_name).choices)


def every_question(name: str) -> list[Question]:
    definition = form(name)
    inside = [q for repeat in definition.repeats() for q in repeat.items]
    return [*definition.questions(), *inside]


def ask(name: str, section: str | None = None, **values: Any) -> Outcome:
    return clean(form(name), values, today=TODAY, section=section)


def problem_names(outcome: Outcome) -> set[str]:
    return {problem.name for problem in outcome.problems}


def shown(name: str, question_name: str, **values: Any) -> bool:
    """Whether the question or repeat is asked of whoever gave these answers."""
    reading = Reading(form(name), values, today=TODAY)
    return reading.open(reading.places[question_name])


# --- all seven -------------------------------------------------------------------------


def test_seven_questionnaires_and_no_other() -> None:
    assert tuple(sorted(path.stem for path in FORMS.glob("*.yaml"))) == NAMES


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


# --- candidature-ambassadeur -----------------------------------------------------------


def test_application_needs_a_paid_membership_and_keeps_the_draft() -> None:
    definition = form("candidature-ambassadeur")
    (prerequisite,) = definition.prerequisites
    assert prerequisite.section == "adhesion"
    for answer, allowed in (("oui", True), ("non", False), ("ne_sait_pas", False)):
        reading = Reading(definition, {"a_jour": answer}, today=TODAY)
        assert reading.holds(prerequisite.expression) is allowed
    assert "brouillon est conservé 90\u00a0jours" in prerequisite.message
    assert "{contact}" in prerequisite.message
    assert "régulariser" in prerequisite.message


def test_the_address_is_known_before_the_prerequisite_can_stop_anyone() -> None:
    names = [section.name for section in form("candidature-ambassadeur").sections]
    assert names.index("identite") < names.index("adhesion")


def test_rpps_is_optional_and_a_wrong_one_only_warns() -> None:
    assert not question("candidature-ambassadeur", "rpps").required
    wrong = ask("candidature-ambassadeur", "exercice", rpps="10000000001")
    assert [w.name for w in wrong.warnings] == ["rpps"]
    assert "rpps" not in problem_names(wrong)
    right = ask("candidature-ambassadeur", "exercice", rpps="10000000009")
    assert right.warnings == ()
    assert right.values["rpps"] == "10000000009"


def test_criteria_grid_of_four_and_three() -> None:
    section = form("candidature-ambassadeur").section("criteres")
    assert section is not None
    grids = [item for item in section.items if isinstance(item, Group)]
    assert [(grid.name, grid.matrix, len(grid.items)) for grid in grids] == [
        ("savoir_etre", True, 4),
        ("savoir_faire", True, 3),
    ]
    assert len(question("candidature-ambassadeur", "empathie").choices) == 4


def test_four_commitments_are_required_and_the_consent_is_free() -> None:
    boxes = {
        q.name: q for q in form("candidature-ambassadeur").questions() if q.kind is Kind.ACKNOWLEDGE
    }
    assert {name for name, box in boxes.items() if box.required} == {
        "engagement_duree",
        "engagement_preavis",
        "engagement_groupe",
        "engagement_satisfaction",
        "information_lue",
    }
    assert set(boxes) - {name for name, box in boxes.items() if box.required} == {"consentement"}
    assert "un an" in boxes["engagement_duree"].label
    assert "15\u00a0jours" in boxes["engagement_preavis"].label
    assert "groupe de travail" in boxes["engagement_groupe"].label
    assert "questionnaire de satisfaction" in boxes["engagement_satisfaction"].label


def test_the_interview_is_a_wish() -> None:
    assert question("candidature-ambassadeur", "entretien").required
    assert shown("candidature-ambassadeur", "entretien_mode", entretien="oui")
    assert not shown("candidature-ambassadeur", "entretien_mode", entretien="non")


@pytest.mark.parametrize(
    ("year", "fine"), [(1959, False), (2015, True), (2026, True), (2027, False)]
)
def test_year_of_arrival_is_not_in_the_future(year: int, *, fine: bool) -> None:
    outcome = ask("candidature-ambassadeur", "exercice", annee_arrivee=year)
    assert ("annee_arrivee" not in problem_names(outcome)) is fine


# --- bien-etre-soignants ---------------------------------------------------------------


def test_every_wellbeing_question_can_be_skipped() -> None:
    assert not any(q.required for q in every_question("bien-etre-soignants"))
    assert ask("bien-etre-soignants").problems == ()


def test_eleven_themes_each_with_its_reference() -> None:
    uses = [q.reference for q in form("bien-etre-soignants").questions() if q.reference]
    assert sorted(use.figure for use in uses) == sorted(FIGURES)
    assert len(uses) == 11


def test_percentages_are_compared_with_choices_and_stress_with_its_mean() -> None:
    for item in form("bien-etre-soignants").questions():
        if item.reference is None:
            continue
        if FIGURES[item.reference.figure].unit == "%":
            names = [choice.name for choice in item.choices]
            assert set(item.reference.choices) < set(names)
        else:
            assert item.reference.choices == ()
            assert item.kind is Kind.RANGE
            assert (item.parameters["start"], item.parameters["end"]) == ("0", "10")


def test_seven_things_exhaust_and_seven_restore() -> None:
    assert len(choices("bien-etre-soignants", "epuise")) == 7
    assert len(choices("bien-etre-soignants", "ressource")) == 7


def test_three_answers_at_most_where_it_is_said() -> None:
    names = choices("bien-etre-soignants", "epuise")
    three = ask("bien-etre-soignants", epuise=list(names[:3]))
    four = ask("bien-etre-soignants", epuise=list(names[:4]))
    assert three.problems == ()
    assert problem_names(four) == {"epuise"}


def test_profile_is_profession_age_and_exercise() -> None:
    profile = [q.name for q in form("bien-etre-soignants").questions() if q.profile]
    assert profile == ["profession", "age", "exercice"]


def test_one_open_question() -> None:
    texts = [q.name for q in every_question("bien-etre-soignants") if q.kind is Kind.TEXT]
    assert texts == ["expression_libre"]


def test_safety_box_gives_the_numbers() -> None:
    box = form("bien-etre-soignants").safety_box
    for number in ("3114", "0 805 23 23 36", "15", "112"):
        assert re.search(
            rf"(?<!\d){number}(?!\d)", box.replace("\u00a0", " ").replace("\u202f", " ")
        )


def test_no_diagnosis() -> None:
    assert "ni un test, ni un diagnostic" in form("bien-etre-soignants").introduction
    assert "validées scientifiquement" in form("bien-etre-soignants").introduction


# --- recueil-installation --------------------------------------------------------------


def test_first_contact_and_interview_gather_everything() -> None:
    names = {q.name for q in form("recueil-installation").questions()}
    assert names >= {
        "civilite",
        "prenom",
        "nom",
        "courriel",
        "telephone",
        "source_contact",
        "date_contact",
        "profession",
        "specialite",
        "statut_actuel",
        "motivations",
        "horizon",
        "type_exercice",
        "equipe_pluripro",
        "statut_souhaite",
        "dynamiques",
        "secteur",
        "locaux",
        "foyer",
        "logement",
        "emploi_conjoint",
        "loisirs",
        "jours_visite",
        "visite_du",
        "visite_au",
        "contact_prefere",
    }
    assert [repeat.name for repeat in form("recueil-installation").repeats()] == [
        "lieux_vus",
        "enfants",
    ]


def test_calendar_short_middle_long() -> None:
    assert choices("recueil-installation", "horizon") == ("court", "moyen", "long")


def test_sources_of_the_protocol() -> None:
    assert set(choices("recueil-installation", "source_contact")) >= {
        "ars",
        "cpam",
        "bouche_a_oreille",
        "reunion",
        "informel",
        "elu",
        "technicien",
    }


def test_criteria_are_obligatory_or_flexible() -> None:
    section = form("recueil-installation").section("priorites")
    assert section is not None
    grid = section.items[0]
    assert isinstance(grid, Group)
    assert grid.matrix
    assert len(grid.items) == 9
    assert choices("recueil-installation", "c_secteur") == (
        "obligatoire",
        "souple",
        "sans_importance",
    )


@pytest.mark.parametrize(
    ("foyer", "spouse", "children"),
    [
        ("seul", False, False),
        ("couple", True, False),
        ("couple_enfants", True, True),
        ("seul_enfants", False, True),
    ],
)
def test_family_questions_follow_the_household(foyer: str, *, spouse: bool, children: bool) -> None:
    for name in ("emploi_conjoint", "c_conjoint"):
        assert shown("recueil-installation", name, foyer=foyer) is spouse
    for name in ("enfants", "c_enfants"):
        assert shown("recueil-installation", name, foyer=foyer) is children


def test_family_is_never_required_and_asks_no_identity() -> None:
    section = form("recueil-installation").section("vie")
    assert section is not None
    assert not any(q.required for q in section.questions())
    (children,) = (r for r in form("recueil-installation").repeats() if r.name == "enfants")
    assert [q.name for q in children.items] == ["niveau", "accueil"]
    assert "handicap" not in choices_of(children, "accueil")


def choices_of(repeat: Repeat, name: str) -> tuple[str, ...]:
    return next(tuple(c.name for c in q.choices) for q in repeat.items if q.name == name)


def test_visit_dates_are_in_order() -> None:
    dates = {"visite_du": "2026-12-01", "visite_au": "2026-11-30"}
    assert "visite_au" in problem_names(ask("recueil-installation", "visites", **dates))
    dates["visite_au"] = "2026-12-01"
    assert "visite_au" not in problem_names(ask("recueil-installation", "visites", **dates))
    assert not shown("recueil-installation", "visite_au")


def test_sharing_with_partners_is_free_and_separate() -> None:
    for name in ("accord_cls", "accord_lieux"):
        box = question("recueil-installation", name)
        assert box.kind is Kind.ACKNOWLEDGE
        assert not box.required
        assert "Facultatif" in box.hint


def test_interview_crossing_and_follow_up_are_announced() -> None:
    text = form("recueil-installation").introduction
    assert "une à deux heures" in text
    assert "dix jours" in text
    assert "3, 6 et 12" in text


@pytest.mark.parametrize("name", ["recueil-installation", "demande-conciergerie"])
def test_a_call_needs_a_number(name: str) -> None:
    section = question_section(name, "contact_prefere")
    for wish in ("telephone", "sms"):
        assert "contact_prefere" in problem_names(ask(name, section, contact_prefere=wish))
        given = ask(name, section, contact_prefere=wish, telephone="06 39 98 12 34")
        assert "contact_prefere" not in problem_names(given)
    assert "contact_prefere" not in problem_names(ask(name, section, contact_prefere="courriel"))


def question_section(name: str, question_name: str) -> str:
    return next(
        s.name for s in form(name).sections if question_name in {q.name for q in s.questions()}
    )


# --- demande-conciergerie --------------------------------------------------------------


def test_who_may_ask_the_concierge() -> None:
    assert choices("demande-conciergerie", "qualite") == (
        "adherent",
        "candidat",
        "stagiaire",
        "non_adherent",
    )


@pytest.mark.parametrize(
    ("who", "arrival", "commitment"),
    [
        ("adherent", False, False),
        ("candidat", True, True),
        ("stagiaire", True, False),
        ("non_adherent", False, True),
    ],
)
def test_arrival_and_commitment_to_join(who: str, *, arrival: bool, commitment: bool) -> None:
    assert ("arrivee" in ask("demande-conciergerie", qualite=who).sections) is arrival
    assert shown("demande-conciergerie", "engagement_adhesion", qualite=who) is commitment
    missing = problem_names(ask("demande-conciergerie", qualite=who))
    assert ("engagement_adhesion" in missing) is commitment
    assert ("date_arrivee" in missing) is arrival


def test_categories_of_the_source() -> None:
    assert set(choices("demande-conciergerie", "categories")) == {
        "logement",
        "vehicule",
        "emploi_conjoint",
        "ecole",
        "creche",
        "administrations",
        "maison",
        "cabinet",
        "sorties",
        "soiree",
        OTHER,
    }
    soiree = question("demande-conciergerie", "categories").choice("soiree")
    assert soiree is not None
    assert "mars et septembre" in soiree.label


def test_household_is_counted() -> None:
    assert ask("demande-conciergerie", adultes=2, enfants=3).values["taille_foyer"] == 5
    assert ask("demande-conciergerie", adultes=2).values["taille_foyer"] == 2
    assert "taille_foyer" not in ask("demande-conciergerie", enfants=3).values


def test_a_past_arrival_only_warns() -> None:
    outcome = ask("demande-conciergerie", "arrivee", qualite="stagiaire", date_arrivee="2026-11-01")
    assert [w.name for w in outcome.warnings] == ["date_arrivee"]
    assert outcome.problems == ()


# --- satisfaction-accompagnement -------------------------------------------------------


def test_confidential_means_that_the_coordination_reads() -> None:
    definition = form("satisfaction-accompagnement")
    assert "confidentiel, sans être anonyme" in definition.introduction
    assert "lit les réponses" in definition.notice.recipients


def test_note_out_of_five_is_the_only_required_answer() -> None:
    note = question("satisfaction-accompagnement", "note_globale")
    assert note.kind is Kind.RANGE
    assert (note.parameters["start"], note.parameters["end"]) == ("1", "5")
    assert note.parameters["min_label"]
    assert note.parameters["max_label"]
    assert ask("satisfaction-accompagnement", note_globale=4).problems == ()
    assert problem_names(ask("satisfaction-accompagnement")) == {"note_globale"}


def test_a_low_note_is_asked_why() -> None:
    assert shown("satisfaction-accompagnement", "manque", note_globale=3)
    assert not shown("satisfaction-accompagnement", "manque", note_globale=4)
    assert not shown("satisfaction-accompagnement", "manque")


def test_a_call_back_needs_an_address() -> None:
    wanted = ask("satisfaction-accompagnement", note_globale=5, rappel="oui")
    assert problem_names(wanted) == {"rappel_contact"}
    assert ask("satisfaction-accompagnement", note_globale=5, rappel="non").problems == ()


# --- satisfaction-evenement ------------------------------------------------------------


def test_four_notes_on_six() -> None:
    ranges = [q for q in form("satisfaction-evenement").questions() if q.kind is Kind.RANGE]
    assert [q.name for q in ranges] == ["satisfaction", "enjeu", "apports", "note_globale"]
    for note in ranges:
        assert (note.parameters["start"], note.parameters["end"]) == ("1", "6")
        assert note.parameters["min_label"]
        assert note.parameters["max_label"]


def test_what_to_keep_and_what_to_improve() -> None:
    assert question("satisfaction-evenement", "conserver").multiline
    assert question("satisfaction-evenement", "ameliorer").multiline


def test_event_asks_for_the_overall_note_only() -> None:
    assert problem_names(ask("satisfaction-evenement")) == {"note_globale"}


# --- enquete-annuelle-adherents --------------------------------------------------------


def test_annual_survey_covers_its_subjects_and_requires_nothing() -> None:
    names = {q.name for q in form("enquete-annuelle-adherents").questions()}
    assert names >= {
        "besoins",
        "priorites",
        "theme",
        "participation",
        "freins",
        "engagement",
        "formats",
        "canaux",
        "note_globale",
        "attente",
    }
    assert ask("enquete-annuelle-adherents").problems == ()


def test_missions_are_ranked() -> None:
    rank = question("enquete-annuelle-adherents", "priorites")
    assert rank.kind is Kind.RANK
    assert len(rank.choices) == 6


def test_taking_part_is_asked_of_those_who_have_not_said_no() -> None:
    for wish, asked in (("regulier", True), ("ponctuel", True), ("plus_tard", False)):
        assert shown("enquete-annuelle-adherents", "groupes", engagement=wish) is asked


def test_no_rhythm_for_those_who_want_no_news() -> None:
    assert not shown("enquete-annuelle-adherents", "frequence", canaux=["aucun"])
    assert shown("enquete-annuelle-adherents", "frequence", canaux=["sms"])
