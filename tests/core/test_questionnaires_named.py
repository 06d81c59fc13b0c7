"""What the questionnaires that know their authors ask."""

from __future__ import annotations

import pytest

from surveyapp.core.answers import Reading
from surveyapp.core.definition import (
    OTHER,
    Group,
    Kind,
    Repeat,
)
from tests.core.questionnaires import (
    TODAY,
    ask,
    choices,
    form,
    problem_names,
    question,
    shown,
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


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("recueil-installation", "visite_du"),
        ("recueil-installation", "date_souhaitee"),
        ("candidature-ambassadeur", "debut"),
        ("demande-conciergerie", "echeance"),
    ],
)
def test_a_day_that_has_passed_keeps_nobody_from_correcting(name: str, dated: str) -> None:
    found = question(name, dated)
    assert found.constraint is None
    assert found.warning is not None
