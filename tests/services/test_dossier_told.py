"""What a form says of its day, what a correction leaves, what a form starts from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from surveyapp.core.journey.due import outcome
from surveyapp.models import Dossier, db
from surveyapp.services.dossiers.access import sight
from surveyapp.services.dossiers.page.sheet import Sheet, sheet
from surveyapp.services.dossiers.reading import opened
from surveyapp.services.dossiers.stage_forms import ask, filling_awaits
from surveyapp.services.dossiers.stage_links import starting_answers
from surveyapp.store.structure import structure
from tests.dossiers import COORDINATION, DAY, at, begin, event, fill, in_service, move
from tests.services.test_dossier_forms import marks, submit, token_of

pytestmark = pytest.mark.usefixtures("app")
HELD, TYPED = DAY + timedelta(days=10), DAY + timedelta(days=40)


def compared(**said: object) -> int:
    """An installation at its comparison with places, the interview held on a day."""
    in_service("installation")
    number = begin("installation", **said)
    event(number, "rdv_propose", on=DAY)
    move(number, "fixer_entretien", on=DAY)
    event(number, "entretien_tenu", on=HELD)
    fill(number, "fiche_entretien", on=HELD)
    move(number, "lancer_croisement", on=HELD)
    return number


def page(number: int, today: date = TYPED) -> Sheet:
    db.session.rollback()
    found = opened(db.session, number)
    seen = sight(COORDINATION, found, today)
    assert seen is not None
    return sheet(found, COORDINATION, seen, today=today, zone=structure().zone)


def labels(number: int) -> list[str]:
    found = [line for day in page(number).days for line in day.lines]
    return [f"{line.label} {line.detail}".replace("\u00a0", " ").strip() for line in found]


def crossed(on: date) -> dict[str, object]:
    return {"date_croisement": on.isoformat(), "aucun_lieu": "Aucun ne correspond."}


def test_the_mark_of_a_form_has_the_day_that_the_form_says() -> None:
    number = compared()
    done = HELD + timedelta(days=5)
    fill(number, "releve_croisement", on=TYPED, **crossed(done))
    (mark,) = marks(number, "releve_croisement")
    assert mark.on == done
    term = outcome(opened(db.session, number).dossier, "croisement_10_jours", TYPED)
    assert term is not None and term.kept

    moved = HELD + timedelta(days=12)
    address = ask(
        number, "releve_croisement", viewer=COORDINATION, now=at(TYPED), corrects_id=mark.id
    )
    submit(address, on=TYPED, **crossed(moved))
    known = {found.id: found.on for found in marks(number, "releve_croisement")}
    assert known[mark.id] == moved
    said = f"Réponses corrigées : « Relevé du croisement » {done:%d/%m/%Y} → {moved:%d/%m/%Y}"
    assert said in labels(number)
    (filling,) = [f for f in page(number).fillings if f.task == "releve_croisement"]
    assert "corrigé le 14 février 2026 par" in filling.corrected.replace("\u00a0", " ")


def test_the_end_of_sharing_stands_in_the_history() -> None:
    number = compared(accord_cls=True)
    assert "Partage avec le partenaire : début" in labels(number)
    (mark,) = marks(number, "recueil")
    row = db.session.get_one(Dossier, number)
    assert row.shared
    said = opened(db.session, number).dossier.mark(str(mark.id))
    assert said is not None
    address = ask(number, "recueil", viewer=COORDINATION, now=at(TYPED), corrects_id=mark.id)
    answers = {"horizon": "court", "contact_prefere": "indifferent", "information_lue": True}
    submit(address, on=TYPED, **{**said.answers, **answers, "accord_cls": False})
    shown = labels(number)
    assert "Partage avec le partenaire : fin" in shown
    assert "Réponses corrigées : « Recueil du projet »" in shown
    assert not db.session.get_one(Dossier, number).shared


def test_the_fillings_are_in_the_order_of_the_days() -> None:
    number = compared()
    fill(number, "releve_croisement", on=TYPED, **crossed(HELD + timedelta(days=2)))
    days = [filling.on for filling in page(number).fillings]
    assert days == sorted(days) and len(days) == 3


def test_the_sheet_of_the_interview_starts_from_what_the_person_wrote() -> None:
    in_service("installation")
    number = begin(
        "installation",
        motivations=["equipe", "racines"],
        horizon="moyen",
        jours_visite=["samedi"],
        visite_du="2026-02-03",
        disponibilites="Le matin",
        type_exercice="ne_sait_pas",
        c_equipe="obligatoire",
        c_logement="souple",
        critere_autre="Une école",
    )
    event(number, "rdv_propose", on=DAY)
    move(number, "fixer_entretien", on=DAY)
    address = ask(number, "fiche_entretien", viewer=COORDINATION, now=at(DAY))
    known = starting_answers(token_of(address))
    assert known["motivations"].startswith("Travailler en équipe, Me rapprocher")
    assert known["horizon"] == "moyen" and "exercice" not in known
    assert known["disponibilites"] == "Le samedi, à partir du 03/02/2026, Le matin"
    assert known["obligatoires"] == "Le type d’exercice et l’équipe\nUne école"
    assert known["souples"] == "Le logement"


def test_what_must_come_before_the_comparison_is_said() -> None:
    in_service("installation")
    number = begin("installation")
    found = opened(db.session, number)
    task = found.journey.task("releve_croisement")
    assert task is not None
    said = filling_awaits(found, task).replace("\u00a0", " ").replace("\u202f", " ")
    assert "se remplit à l’étape « Croisement » ou « Visites »" in said
    assert "« Recueil »" in said
    assert filling_awaits(opened(db.session, compared()), task) == ""
