"""What becomes of dossiers: declarations and questionnaires, what goes away, versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    Campaign,
    Dossier,
    DossierAct,
    DossierTerm,
    Invitation,
    JourneyVersion,
    Person,
    Response,
    Structure,
    User,
    db,
)
from surveyapp.services.dossiers import acts, journeys, reading, versions
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.dossiers.erasing import anonymise_due
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.invite import personal
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at, events, marks, messages, row

LATER = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _journey(app: Flask, add_user: Callable[..., User]) -> None:
    add_user("coordination")
    dossiers.in_service("conciergerie")


# --- declarations, invitations ---------------------------------------------------------------


def _mandate(number: int) -> None:
    dossiers.know(number, on=DAY, adhesion_a_jour="oui")
    dossiers.move(number, "instruire", on=DAY)
    dossiers.fill(number, "avis_referent", on=DAY, avis="favorable")
    dossiers.move(number, "proposer_entretien", on=DAY)
    dossiers.event(number, "entretien_tenu", on=DAY)
    dossiers.fill(number, "grille", on=DAY, conclusion="adequation")
    dossiers.move(number, "conclure_entretien", on=DAY)
    dossiers.move(number, "accepter", on=DAY)
    dossiers.fill(number, "session", on=DAY, kit=True, aides=True, situations=True)
    dossiers.move(number, "donner_mandat", on=DAY)


def test_each_declaration_has_its_own_deadline_and_its_own_answer() -> None:
    dossiers.in_service("ambassadeur")
    number = dossiers.begin("ambassadeur")
    _mandate(number)
    first = dossiers.fill(number, "declaration", on=DAY, total_minutes=60)
    second = dossiers.fill(number, "declaration", on=LATER, total_minutes=30)

    def running() -> set[int]:
        found = sa.select(DossierTerm.mark_id).where(DossierTerm.name == "traiter_declaration")
        return set(db.session.scalars(found))

    assert running() == {first, second}
    with pytest.raises(DossierError, match="de quoi il s’agit"):
        dossiers.event(number, "declaration_validee", on=LATER)
    dossiers.event(number, "declaration_validee", on=LATER, about_id=first)
    assert running() == {second}
    with pytest.raises(DossierError, match="de quoi il s’agit"):
        dossiers.event(number, "declaration_renvoyee", on=LATER, about_id=first)
    dossiers.event(number, "declaration_renvoyee", on=LATER, about_id=second)
    assert running() == set()
    third = dossiers.fill(number, "declaration", on=LATER, corrects_id=second, total_minutes=45)
    assert running() == {third}


def test_the_questionnaire_is_sent_once_and_its_answer_is_an_event() -> None:
    number = dossiers.begin("conciergerie")
    dossiers.move(number, "prendre_en_charge", on=DAY)
    dossiers.move(number, "resoudre", on=DAY)
    invitation = db.session.scalars(sa.select(Invitation)).one()
    invitation_id, campaign_id = invitation.id, invitation.campaign_id
    campaign = db.session.get_one(Campaign, campaign_id)
    assert (campaign.internal, campaign.listed, campaign.access) == (False, False, "invited")
    assert [m.kind for m in messages(number)].count("invitation") == 1
    run_day(today=LATER, now=at(LATER))
    assert marks(number, "satisfaction_repondue") == []
    with transaction() as session:
        personal.participate(session, invitation_id, None)
    for _ in range(2):
        run_day(today=LATER, now=at(LATER))
    (mark,) = marks(number, "satisfaction_repondue")
    assert (mark.on, mark.actor, mark.about_id) == (
        LATER,
        Actor.PERSON,
        marks(number, "resolue")[0].id,
    )
    second = dossiers.begin("conciergerie", number=2)
    dossiers.move(second, "prendre_en_charge", on=LATER)
    dossiers.move(second, "resoudre", on=LATER)
    assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 2
    assert {i.campaign_id for i in db.session.scalars(sa.select(Invitation))} == {campaign_id}


# --- what goes away --------------------------------------------------------------------------


def _words() -> str:
    """Every text that the database holds."""
    found = []
    for table in db.metadata.sorted_tables:
        if table.name not in ("journey_version", "form_version"):
            found += [str(list(line)) for line in db.session.execute(sa.select(table))]
    return "\n".join(found).casefold()


def test_a_dossier_is_erased_with_all_that_it_holds() -> None:
    number = dossiers.begin("conciergerie", name="Effacée-Demo", number=77)
    dossiers.move(number, "prendre_en_charge", on=DAY)
    acts.add_note(number, "Effacée-Demo a appelé.", shared=False, viewer=COORDINATION, now=at(DAY))
    assert "effacée-demo" in _words() and "personne77@" in _words()
    with pytest.raises(DossierError, match="pourquoi"):
        acts.erase(number, viewer=COORDINATION, reason="", today=DAY, now=at(DAY))
    acts.erase(number, viewer=COORDINATION, reason="À sa demande.", today=DAY, now=at(DAY))
    assert "effacée-demo" not in _words() and "personne77@" not in _words()
    assert db.session.scalar(sa.select(sa.func.count(Person.id))) == 0
    (told,) = events(number, "dossier.erased")
    assert told.data == {"journey": "conciergerie", "reason": "À sa demande."}
    with pytest.raises(DossierGone):
        reading.opened(db.session, number)


def test_a_closed_dossier_is_anonymised_when_its_time_is_over() -> None:
    number = dossiers.begin("conciergerie", name="Anonyme-Demo", number=78)
    living = dossiers.begin("conciergerie", name="Vivante-Demo", number=79)
    dossiers.move(number, "prendre_en_charge", on=DAY)
    dossiers.know(number, on=DAY, motif_echec="offre", partenaire="Chez Anonyme-Demo")
    dossiers.move(number, "clore_non_aboutie", on=DAY)
    assert anonymise_due(today=DAY.replace(year=2027) - timedelta(days=1), now=at(LATER)) == 0
    over = DAY.replace(year=2029)
    counts = purge(now=at(over))
    assert counts.dossiers == 1
    found = row(number)
    assert (found.title, found.person_id, found.anonymised_on) == ("", None, over)
    assert found.facts == {"motif_echec": "offre"}
    assert marks(number, "demande")[0].answers == {
        "urgence": "mois",
        "qualite": "adherent",
        "categories": ["logement"],
    }
    led = sa.select(DossierAct.key).where(DossierAct.invitation_id.is_not(None))
    assert db.session.scalars(led).all() == []
    assert "anonyme-demo" not in _words() and "personne78@" not in _words()
    # What a living dossier needs stays, however old it is.
    assert "vivante-demo" in _words() and not row(living).closed
    assert db.session.scalar(sa.select(sa.func.count(Response.id))) == 1
    with pytest.raises(DossierError, match="anonymisé"):
        dossiers.move(number, "rouvrir", on=over)


# --- versions --------------------------------------------------------------------------------


def test_a_new_version_is_for_new_dossiers_until_somebody_moves_the_others(app: Flask) -> None:
    number = dossiers.begin("conciergerie")
    dossiers.in_service("conciergerie")
    assert db.session.scalar(sa.select(sa.func.count(JourneyVersion.id))) == 1
    version = journeys.latest("conciergerie")
    assert version is not None
    with transaction() as session:
        text = version.text.replace("plus: P5D", "plus: P9D")
        session.add(
            JourneyVersion(
                journey_name="conciergerie", number=2, label="2", text=text, sha256="2" * 64
            )
        )
    assert row(number).version.number == 1
    (preview,) = versions.move_preview("conciergerie", today=DAY)
    assert preview.moved.refusals == () and "16\u00a0janvier" in " ".join(preview.moved.changes)
    with pytest.raises(DossierError, match="coordination"):
        versions.move_to_latest([number], viewer=Viewer(Actor.PARTNER, 1), today=DAY, now=at(DAY))
    assert versions.move_to_latest([number], viewer=COORDINATION, today=DAY, now=at(DAY)) == 1
    assert row(number).version.number == 2 and row(number).next_on == DAY + timedelta(days=11)
    assert events(number, "dossier.version")[0].data == {"before": 1, "after": 2}
    assert versions.move_preview("conciergerie", today=DAY) == []


def test_the_territory_of_the_settings_decides_of_the_holidays() -> None:
    with transaction() as session:
        session.add(Structure(id=1, name="CPTS", timezone="Indian/Reunion"))
    assert journeys.calendar_here().territory == "la-reunion"
    with transaction() as session:
        session.get_one(Structure, 1).territory = "guyane"
    assert journeys.calendar_here().territory == "guyane"


def test_many_dossiers_are_read_in_as_many_queries_as_few(app: Flask) -> None:
    def queries() -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        db.session.expire_all()
        sa.event.listen(db.engine, "before_cursor_execute", counted)
        reading.opened_many(db.session, Dossier.journey_name == "conciergerie")
        sa.event.remove(db.engine, "before_cursor_execute", counted)
        return count

    dossiers.begin("conciergerie")
    few = queries()
    for number in range(2, 12):
        dossiers.begin("conciergerie", number=number)
    assert queries() == few
    assert db.session.scalar(sa.select(sa.func.count(DossierAct.key))) == 0
