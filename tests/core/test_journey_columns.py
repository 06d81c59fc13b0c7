"""The table of dossiers: words instead of codes, and an order."""

from __future__ import annotations

from datetime import date

from surveyapp.core.journey.columns import Cell, row
from surveyapp.core.journey.dossier import Dossier, begin
from tests.core.journeys import CALENDAR, dossier, every_form, shipped
from tests.core.samples import form

START = date(2026, 1, 5)
TODAY = date(2026, 7, 1)
FORMS = {"essai": form("")}


def cell(made: Dossier) -> Cell:
    (found,) = row(made, FORMS, TODAY)
    return found


def test_an_answer_is_its_label() -> None:
    made = dossier("columns: [{label: A, show: demande.avis}]", on=START)
    assert cell(made.filled("demande", {"avis": "oui"}, on=START, id="d")).texts == ("Oui",)
    assert row(made.filled("demande", {"avis": "oui"}, on=START, id="d"), {}, TODAY)[0].texts == ()


def test_a_mark_is_its_last_date_or_all_of_them() -> None:
    last = "columns: [{label: A, show: milieu}]"
    for body, shown in (
        (last, ("03/02/2026",)),
        (last.replace("}]", ", all: true}]"), ("01/02/2026", "03/02/2026")),
    ):
        made = dossier(body, on=START).marked("milieu", on=date(2026, 2, 3), id="m1")
        made = made.marked("milieu", on=date(2026, 2, 1), id="m2")
        planned = made.marked("milieu", on=date(2026, 8, 1), id="m3")
        assert cell(planned).texts == shown


def test_facts_are_said_by_their_kind() -> None:
    body = """
facts:
  - {name: accord, label: Accord, kind: yes_no}
  - {name: jour, label: Jour, kind: date}
  - {name: motif, label: Motif, kind: choice, choices: [{name: temps, label: Manque de temps}]}
  - {name: nombre, label: Nombre, kind: number}
  - {name: lieu, label: Lieu}
columns:
  - {label: A, show: accord}
  - {label: B, show: jour}
  - {label: C, show: motif}
  - {label: D, show: nombre}
  - {label: E, show: lieu}
"""
    made = dossier(body, on=START)
    assert [found.texts for found in row(made, FORMS, TODAY)] == [()] * 5
    known = made.knowing(accord="oui", jour="2026-03-01", motif="temps", nombre=2.5, lieu="Ici")
    texts = [found.texts[0] for found in row(known, FORMS, TODAY)]
    assert texts == ["Oui", "01/03/2026", "Manque de temps", "2,5", "Ici"]


def test_a_column_sorts_dates_as_dates_and_empty_cells_last() -> None:
    body = "facts: [{name: f, label: F}]\ncolumns: [{label: A, show: f}]"
    values = ["", "zoé", "École", "2026-03-01", 12, "2025-12-31", 3]
    cells = {value: row(dossier(body, on=START).knowing(f=value), FORMS, TODAY) for value in values}
    ordered = sorted(values, key=lambda value: cells[value][0].order)
    assert ordered == [3, 12, "2025-12-31", "2026-03-01", "École", "zoé", ""]


def test_the_table_of_installations() -> None:
    made = begin(shipped("installation"), on=START, id="m0", calendar=CALENDAR)
    answers = {"nom": "Essai", "profession": "60", "horizon": "court", "motivations": ["racines"]}
    answers |= {"jours_visite": ["semaine"], "visite_du": "2026-02-03"}
    made = made.filled("recueil", answers, on=START, id="r")
    for place, feeling in (("Nord", "positif"), ("Sud", "mitige")):
        report = {"lieu": place, "ressenti": feeling}
        made = made.filled("compte_rendu", report, on=START, id=place)
    labels = [column.label for column in made.journey.columns]
    cells = dict(zip(labels, row(made, every_form(), TODAY), strict=True))
    assert cells["Date du contact"].texts == ("05/01/2026",)
    assert cells["Jours de visite possibles"].texts == ("En semaine",)
    assert cells["Disponible à partir du"].texts == ("03/02/2026",)
    assert cells["Profession"].texts == ("Infirmier ou infirmière",)
    assert cells["Lieux visités"].texts == ("Nord", "Sud")
    assert cells["Ressenti des visites"].texts == ("Plutôt positif", "Mitigé")
    assert cells["Point à 12 mois prévu le"].texts == ()
    assert len(labels) == len(set(labels)) == 60


def test_the_columns_of_the_protocol_have_their_answers() -> None:
    made = begin(shipped("installation"), on=START, id="m0", calendar=CALENDAR)
    made = made.filled("recueil", {"date_contact": "2025-12-20"}, on=START, id="r")
    made = made.marked("entretien_tenu", on=date(2026, 1, 20), id="e")
    made = made.filled("fiche_entretien", {"pour_cls": "Camille Demo"}, on=START, id="f")
    places = [
        {"lieu": "Nord", "canal": ["telephone", "sms"], "reponse": "interesse"},
        {"lieu": "Sud", "canal": ["sms"], "reponse": "attente", "commentaire": "À rappeler"},
    ]
    made = made.filled("releve_croisement", {"lieux": places}, on=START, id="x")
    made = made.filled("suivi_3", {"qui": "Alix Demo"}, on=date(2026, 4, 18), id="s")

    def cells(seen: Dossier) -> dict[str, tuple[str, ...]]:
        labels = [column.label for column in seen.journey.columns]
        found = row(seen, every_form(), TODAY)
        return {label: cell.texts for label, cell in zip(labels, found, strict=True)}

    found = cells(made)
    assert found["Date du contact"] == ("20/12/2025",)
    assert found["Croisement attendu le"] == ("30/01/2026",)
    assert found["Lieux contactés, moyen et réponse"] == (
        "Nord – Téléphone, SMS – Intéressé, visite possible",
        "Sud – SMS – Pas encore de réponse – À rappeler",
    )
    assert found["Point à 3 mois prévu le"] == ("20/04/2026",)
    assert found["Point à 3 mois fait le"] == ("18/04/2026",)
    assert found["Point à 3 mois fait par"] == ("Alix Demo",)
    assert (found["Interlocuteur CPTS"], found["Interlocuteur CLS"]) == ((), ("Camille Demo",))
    known = made.knowing(interlocuteur_cls="Sacha Demo", rencontres="Soirée d’échanges")
    assert cells(known)["Interlocuteur CLS"] == ("Sacha Demo",)
    assert cells(known)["Rencontres où l’accompagnement a été présenté"] == ("Soirée d’échanges",)
