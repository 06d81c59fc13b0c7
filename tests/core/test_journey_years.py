"""A year of each journey that ships, day by day: each thing at its date, once, late days too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveyapp.core.journey.calendar import Calendar, Territory
from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.due import outcome, overdue, terms
from surveyapp.core.journey.moves import refusal
from tests.core.journeys import Act, Run, live, table

START = date(2026, 1, 5)
#: Every third day, a week in March, and three weeks in August.
MISSED = frozenset(
    [START + timedelta(days=offset) for offset in range(2, 800, 3)]
    + [date(2026, 3, 2) + timedelta(days=offset) for offset in range(7)]
    + [date(2026, 8, 3) + timedelta(days=offset) for offset in range(21)]
)


def d(text: str) -> date:
    return date.fromisoformat(text)


# --- ambassador ------------------------------------------------------------------------------


def _candidature(run: Run) -> None:
    run.fill("candidature", entretien="oui")
    run.know(adhesion_a_jour="oui")
    run.take("instruire")


def _opinion(run: Run) -> None:
    run.fill("avis_referent", avis="favorable")
    run.take("proposer_entretien", by=Actor.REFERENT)


def _interview(run: Run) -> None:
    run.event("entretien_tenu")
    run.fill("grille", conclusion="adequation")
    run.take("conclure_entretien")


def _session(run: Run) -> None:
    run.fill("session", kit=True, aides=True, situations=True)
    run.take("donner_mandat")


def _declaration(run: Run) -> None:
    run.fill("declaration", total_minutes=90)


AMBASSADOR: dict[date, Act] = {
    d("2026-01-06"): _candidature,
    d("2026-01-14"): _opinion,
    d("2026-01-28"): _interview,
    d("2026-02-03"): lambda run: run.take("accepter", by=Actor.REFERENT),
    d("2026-02-28"): _session,
    d("2026-06-10"): _declaration,
    d("2026-06-14"): lambda run: run.event("declaration_validee"),
    d("2026-09-01"): lambda run: run.fill("point_etape", suite="continuer"),
}

AMBASSADOR_YEAR = """
2026-01-06 mail avis_demande
2026-01-14 mail invitation_entretien
2026-02-03 mail candidature_acceptee
2026-02-28 document attestation_mandat
2026-02-28 document lettre_mandat
2026-02-28 mail debut_mandat
2026-08-14 reminder faire_point_etape
2026-08-21 reminder faire_point_etape
2026-08-28 deadline faire_point_etape
2026-12-28 reminder fin_mandat
2027-01-28 reminder fin_mandat
2027-02-14 reminder fin_mandat
2027-02-28 mail fin_de_mandat
2027-02-28 move terminer
"""


# --- accompaniment ---------------------------------------------------------------------------


def _assigned(run: Run) -> None:
    run.fill("demande", profession="60")
    run.know(ambassadeur_choisi="17")
    run.take("attribuer")


def _first_contact(run: Run) -> None:
    run.event("contact_pris", on=d("2026-01-30"))
    run.take("commencer", by=Actor.AMBASSADOR)


def _hard(run: Run) -> None:
    run.fill("fiche", difficulte="oui")


def _closed(run: Run) -> None:
    run.fill("bilan", issue="installe")
    run.take("clore_installe")


ACCOMPANIMENT: dict[date, Act] = {
    d("2026-01-09"): _assigned,
    d("2026-01-31"): _first_contact,
    d("2026-03-10"): _hard,
    d("2026-03-12"): lambda run: run.event("difficulte_traitee"),
    d("2026-03-20"): lambda run: run.fill("fiche", difficulte="non"),
    d("2026-04-29"): lambda run: run.fill("suivi_3", resultat="joint"),
    d("2026-08-31"): _closed,
    d("2026-09-10"): lambda run: run.event("satisfaction_repondue"),
}

ACCOMPANIMENT_YEAR = """
2026-01-09 mail nouvel_accompagnement
2026-01-09 mail presentation
2026-01-14 reminder prise_de_contact
2026-01-16 deadline prise_de_contact
2026-01-19 reminder prise_de_contact
2026-03-10 mail alerte_difficulte
2026-04-23 reminder point_3
2026-07-16 reminder fin_parrainage
2026-07-23 reminder point_6
2026-07-30 deadline fin_parrainage
2026-07-30 deadline point_6
2026-08-06 reminder point_6
2026-08-13 reminder fin_parrainage
2026-08-31 invitation satisfaction
2027-01-23 reminder point_12
2027-01-30 deadline point_12
"""


# --- installation ----------------------------------------------------------------------------


def _met(run: Run) -> None:
    run.event("entretien_tenu")
    run.fill("fiche_entretien", horizon="court")
    run.take("lancer_croisement")


def _matched(run: Run) -> None:
    run.fill("releve_croisement", nombre_lieux=3)
    run.take("organiser_visites")


def _followed(run: Run) -> None:
    run.fill("debriefing_distance", intention="oui")
    run.take("suivre")


def _installed(run: Run) -> None:
    run.know(lieu_installation="Maison de santé", date_installation="2026-06-01")
    run.take("installer")


INSTALLATION: dict[date, Act] = {
    d("2026-01-08"): lambda run: (run.event("rdv_propose"), run.take("fixer_entretien"))[1],
    d("2026-01-20"): _met,
    d("2026-02-02"): _matched,
    d("2026-02-10"): lambda run: run.event("visite"),
    d("2026-02-11"): lambda run: run.fill("debriefing", ressenti="Bon"),
    d("2026-02-28"): lambda run: run.event("visite"),
    d("2026-03-01"): lambda run: run.fill("debriefing", ressenti="Bon"),
    d("2026-03-16"): _followed,
    d("2026-05-26"): lambda run: run.fill("suivi_3", resultat="joint"),
    d("2026-06-02"): _installed,
    d("2026-09-10"): lambda run: run.fill("suivi_6", resultat="joint"),
}

INSTALLATION_YEAR = """
2026-01-08 mail proposition_rdv
2026-01-25 reminder croisement_10_jours
2026-01-28 reminder croisement_10_jours
2026-01-30 deadline croisement_10_jours
2026-02-02 mail retour_croisement
2026-02-02 reminder croisement_10_jours
2026-02-21 reminder debriefer_a_distance
2026-02-24 deadline debriefer_a_distance
2026-03-11 reminder debriefer_a_distance
2026-03-14 deadline debriefer_a_distance
2026-05-21 reminder point_3
2026-06-02 mail felicitations
2026-06-09 invitation satisfaction
2026-08-21 reminder point_6
2026-08-28 deadline point_6
2026-09-04 reminder point_6
2027-02-21 reminder point_12
2027-02-28 deadline point_12
2027-03-07 reminder point_12
"""


# --- concierge -------------------------------------------------------------------------------


def _asked(run: Run) -> None:
    run.fill("demande", urgence="mois", qualite="candidat")


def _partner(run: Run) -> None:
    run.know(partenaire="Agence", accord_partenaire="oui")
    run.take("solliciter")


def _solved(run: Run) -> None:
    run.event("engagement_signe")
    run.take("resoudre")


CONCIERGE: dict[date, Act] = {
    START: _asked,
    d("2026-01-13"): lambda run: run.take("prendre_en_charge"),
    d("2026-01-16"): _partner,
    d("2026-01-24"): lambda run: run.event("partenaire_relance"),
    d("2026-02-09"): _solved,
    d("2026-05-12"): lambda run: run.event("installation_constatee"),
    d("2026-07-01"): lambda run: run.event("adhesion_recue"),
}

CONCIERGE_YEAR = """
2026-01-09 reminder prise_normale
2026-01-12 deadline prise_normale
2026-01-13 document engagement_adhesion
2026-01-13 mail demande_prise_en_charge
2026-01-23 deadline relancer_partenaire
2026-01-27 deadline faire_signer
2026-01-29 reminder reponse_mois
2026-01-31 deadline relancer_partenaire
2026-02-05 deadline reponse_mois
2026-02-09 invitation satisfaction
2026-02-09 mail demande_resolue
2026-05-09 deadline verifier_installation
2026-05-12 mail bienvenue_adhesion
2026-05-29 reminder adhesion_promise
2026-06-12 deadline adhesion_promise
2026-06-26 reminder adhesion_promise
"""

YEARS = {
    "ambassadeur": (AMBASSADOR, AMBASSADOR_YEAR),
    "accompagnement": (ACCOMPANIMENT, ACCOMPANIMENT_YEAR),
    "installation": (INSTALLATION, INSTALLATION_YEAR),
    "conciergerie": (CONCIERGE, CONCIERGE_YEAR),
}
each = pytest.mark.parametrize("name", YEARS)


def year(name: str, missed: Iterable[date] = ()) -> Run:
    return live(name, YEARS[name][0], start=START, days=480, missed=missed)


def expected(name: str) -> list[str]:
    return YEARS[name][1].split("\n")[1:-1]


@each
def test_a_year_at_its_dates(name: str) -> None:
    run = year(name)
    assert table(run) == expected(name)
    late = [(day - item.on).days for day, item in run.done]
    assert set(late) <= {0, 1, 2}, "deeds of the day are seen the next night"
    assert all(days == 0 for days, (_, i) in zip(late, run.done, strict=True) if i.deadline)


@each
def test_a_year_with_missed_days(name: str) -> None:
    run = year(name, MISSED)
    keys = [item.key for _, item in run.done]
    assert len(keys) == len(set(keys)), "each exactly once"
    assert sorted(line.removesuffix(" (muet)") for line in table(run)) == expected(name)
    assert not MISSED & {day for day, _ in run.done}


@each
@settings(max_examples=25, deadline=None)
@given(missed=st.frozensets(st.integers(0, 479), max_size=300))
def test_any_missed_days(name: str, missed: frozenset[int]) -> None:
    """Nothing twice and nothing else; what is lacking is only what a deed has overtaken."""
    run = year(name, [START + timedelta(days=offset) for offset in missed])
    keys = [item.key for _, item in run.done]
    assert len(keys) == len(set(keys))
    done = [line.removesuffix(" (muet)") for line in table(run)]
    lacking = Counter(expected(name)) - Counter(done)
    assert not Counter(done) - Counter(expected(name))
    assert {line.split()[1] for line in lacking} <= {"reminder", "deadline"}


def test_a_month_away_leaves_one_word_to_each() -> None:
    """The reminder to the person, overtaken by the end of the mandate, is kept and not sent."""
    away = [d("2027-01-20") + timedelta(days=offset) for offset in range(45)]
    lines = [line for line in table(year("ambassadeur", away)) if line > "2027"]
    assert lines == [
        "2027-01-28 reminder fin_mandat (muet)",
        "2027-02-14 reminder fin_mandat (muet)",
        "2027-02-28 mail fin_de_mandat",
        "2027-02-28 move terminer",
    ]


def test_what_indicators_count_of_an_installation() -> None:
    run = year("installation")
    names = ("croisement_10_jours", "point_3", "point_6", "point_12")
    found = {name: outcome(run.dossier, name, run.today) for name in names}
    kept = {name: term.kept for name, term in found.items() if term is not None}
    assert kept == {
        "croisement_10_jours": False,
        "point_3": True,
        "point_6": False,
        "point_12": None,
    }


def test_a_mandate_that_is_renewed_goes_on_for_a_year() -> None:
    def renewed(run: Run) -> None:
        run.fill("souhait", suite="renouveler")
        transition = run.dossier.journey.transition("renouveler")
        assert transition is not None
        run.dossier = run.dossier.moved_by(transition, on=d("2027-02-28"), id="renewed")

    acts = {**AMBASSADOR, d("2027-02-10"): renewed}
    run = live("ambassadeur", acts, start=START, days=480)
    later = [line for line in table(run) if line > "2027-02-10"]
    assert later == [
        "2027-02-28 document attestation_mandat",
        "2027-02-28 document lettre_mandat",
        "2027-02-28 mail debut_mandat",
    ]
    assert run.dossier.stage.name == "mandat"
    assert [term.on for term in terms(run.dossier, run.today)] == [d("2027-08-28"), d("2028-02-28")]


def test_a_mandate_to_renew_does_not_end_because_nobody_clicked() -> None:
    acts: dict[date, Act] = {
        **AMBASSADOR,
        d("2027-02-10"): lambda run: run.fill("souhait", suite="renouveler"),
    }
    run = live("ambassadeur", acts, start=START, days=480)
    assert run.dossier.stage.name == "mandat"
    assert [line for line in table(run) if line > "2027-02-10"] == [
        "2027-02-28 deadline renouvellement"
    ]
    assert [term.deadline.name for term in overdue(run.dossier, run.today)] == ["renouvellement"]


def test_a_withdrawal_takes_fifteen_days() -> None:
    acts = {**AMBASSADOR, d("2026-09-20"): lambda run: run.event("retrait_annonce")}
    run = live("ambassadeur", acts, start=START, days=480)
    later = [line for line in table(run) if line > "2026-09-10"]
    assert later == [
        "2026-09-20 mail relais_a_organiser",
        "2026-09-20 mail retrait_note",
        "2026-09-27 deadline organiser_relais",
        "2026-10-05 mail fin_de_mandat",
        "2026-10-05 move terminer",
    ]


def test_a_major_difficulty_in_la_reunion() -> None:
    """Friday 17 December 2027; Monday 20 is free there: Tuesday, Wednesday, Thursday."""
    start = d("2027-12-13")
    acts: dict[date, Act] = {
        start: _assigned,
        d("2027-12-14"): lambda run: (run.event("contact_pris"), run.take("commencer"))[1],
        d("2027-12-17"): _hard,
    }
    place = Calendar(Territory.REUNION)
    run = live("accompagnement", acts, start=start, days=30, calendar=place)
    assert "2027-12-23 deadline difficulte" in table(run)
    assert "2027-12-22 deadline difficulte" in table(
        live("accompagnement", acts, start=start, days=30)
    )


def test_a_candidate_who_is_not_a_member_goes_no_further() -> None:
    run = live("ambassadeur", {}, start=START, days=1)
    transition = run.dossier.journey.transition("instruire")
    assert transition is not None
    said = refusal(run.dossier, transition, Actor.COORDINATION, START)
    assert said is not None and "à jour de cotisation" in said


def test_a_signed_commitment_is_needed_from_who_is_no_member() -> None:
    acts: dict[date, Act] = {START: _asked, d("2026-01-06"): lambda r: r.take("prendre_en_charge")}
    run = live("conciergerie", acts, start=START, days=3)
    transition = run.dossier.journey.transition("resoudre")
    assert transition is not None
    assert refusal(run.dossier, transition, Actor.COORDINATION, run.today) is not None
    run.fill("demande", urgence="mois", qualite="adherent")
    assert refusal(run.dossier, transition, Actor.COORDINATION, run.today) is None
