"""What people do to dossiers: who may, what it leaves, and what goes away."""

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
    DossierMark,
    DossierNote,
    DossierTerm,
    Event,
    FormVersion,
    Invitation,
    JourneyVersion,
    Message,
    Person,
    Response,
    Structure,
    User,
    db,
)
from surveyapp.services.dossiers import access, acts, journeys, reading
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.daily import run_day
from surveyapp.services.dossiers.erasing import anonymise_due
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.invite import personal
from surveyapp.services.people.cards import add_person
from surveyapp.services.purge import purge
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at

EVERY = ("ambassadeur", "accompagnement", "installation", "conciergerie")
LATER = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _journeys(app: Flask, add_user: Callable[..., User]) -> None:
    add_user("coordination")
    dossiers.in_service(*EVERY)


def row(dossier_id: int) -> Dossier:
    db.session.rollback()
    return db.session.get_one(Dossier, dossier_id)


def messages(dossier_id: int) -> list[Message]:
    statement = sa.select(Message).where(Message.dossier_id == dossier_id).order_by(Message.id)
    return list(db.session.scalars(statement))


def events(dossier_id: int, kind: str) -> list[Event]:
    return list(
        db.session.scalars(
            sa.select(Event).where(
                Event.subject == "dossier", Event.subject_id == dossier_id, Event.kind == kind
            )
        )
    )


def marks(dossier_id: int, name: str) -> list[DossierMark]:
    statement = sa.select(DossierMark).where(
        DossierMark.dossier_id == dossier_id, DossierMark.name == name
    )
    return list(db.session.scalars(statement.order_by(DossierMark.position)))


# --- opening ---------------------------------------------------------------------------------


def test_an_answer_opens_one_dossier_with_its_person_stage_and_deadline() -> None:
    number = dossiers.begin("conciergerie", name="Durand-Demo")
    found = row(number)
    assert (found.title, found.stage, found.closed) == ("Durand-Demo Prénom1", "recue", False)
    assert found.sort_key.startswith("durand-demo")
    assert "logement" in found.search and found.reference.casefold() in found.search
    assert found.next_on == DAY + timedelta(days=7)  # five working days
    assert found.person is not None and found.person.dossier_only
    term = db.session.scalars(sa.select(DossierTerm)).one()
    assert (term.name, term.actors) == ("prise_normale", " coordination ")
    response = marks(number, "demande")[0].response_id
    version = db.session.scalars(sa.select(FormVersion)).first()
    assert version is not None
    with transaction() as session:
        again = acts.open_dossier(
            session,
            "conciergerie",
            answers={},
            response_id=response,
            definition=journeys_form(version),
            on=DAY,
            actor=Actor.PERSON,
            user_id=None,
            now=at(DAY),
            today=DAY,
        )
    assert again == number


def journeys_form(version: FormVersion) -> object:
    from surveyapp.services.publish import definition_of

    return definition_of(version)


def test_somebody_of_the_directory_is_found_by_mail_and_name_not_by_mail_alone() -> None:
    with transaction() as session:
        known = add_person(
            session, last_name="Personne-Demo", first_name="Ana", email="Personne1@demo.example"
        )
        known_id = known.id
    assert row(dossiers.begin("conciergerie")).person_id == known_id
    stranger = row(dossiers.begin("conciergerie", name="Autre-Demo"))
    assert stranger.person_id != known_id and stranger.person is not None
    assert db.session.get_one(Person, known_id).dossier_only is False


# --- moving, noting, correcting --------------------------------------------------------------


def test_a_step_is_refused_with_what_to_do_and_a_page_that_is_old() -> None:
    number = dossiers.begin("conciergerie")
    dossiers.move(number, "prendre_en_charge", on=LATER, stage="recue")
    with pytest.raises(DossierError, match="Indiquez le partenaire"):
        dossiers.move(number, "solliciter", on=LATER)
    with pytest.raises(DossierError, match="rechargez la page"):
        dossiers.move(number, "resoudre", on=LATER, stage="recue")
    with pytest.raises(DossierError, match="à venir"):
        acts.move(
            number,
            "resoudre",
            viewer=COORDINATION,
            on=LATER + timedelta(days=1),
            today=LATER,
            now=at(LATER),
        )
    with pytest.raises(DossierError, match="depuis le"):
        acts.move(number, "resoudre", viewer=COORDINATION, on=DAY, today=LATER, now=at(LATER))
    dossiers.know(number, on=LATER, motif_echec="offre")
    with pytest.raises(DossierError, match="motif"):
        dossiers.move(number, "clore_non_aboutie", on=LATER, reason=" ")
    assert row(number).stage == "prise_en_charge"
    (mail,) = messages(number)
    assert mail.subject == "Nous nous occupons de votre demande"
    assert mail.recipient == "personne1@demo.example" and "Bonjour Prénom1," in mail.text


def test_a_stage_and_its_mail_are_withdrawn_while_it_waits_and_dates_keep_their_order() -> None:
    number = dossiers.begin("conciergerie")
    dossiers.move(number, "prendre_en_charge", on=LATER)
    dossiers.move(number, "resoudre", on=LATER)
    taken = marks(number, "prendre_en_charge")[0].id
    by = {"viewer": COORDINATION, "today": LATER, "now": at(LATER)}
    with pytest.raises(DossierError, match="pourquoi"):
        acts.withdraw(number, taken, reason="", **by)
    with pytest.raises(DossierError, match="dernier passage"):
        acts.withdraw(number, taken, reason="Erreur.", **by)
    with pytest.raises(DossierError, match="ouverture"):
        acts.withdraw(number, marks(number, "demande")[0].id, reason="Erreur.", **by)
    acts.withdraw(number, marks(number, "resolue")[0].id, reason="Erreur.", **by)
    assert row(number).stage == "prise_en_charge" and not row(number).closed
    assert all(mark.withdrawn for mark in marks(number, "resoudre") + marks(number, "resolue"))
    assert [mail.subject for mail in messages(number) if mail.kind == "dossier.mail"] == [
        "Nous nous occupons de votre demande"
    ]
    (told,) = events(number, "dossier.withdrawn")
    assert told.data["reason"] == "Erreur." and told.data["name"] in ("resolue", "resoudre")
    acts.correct_date(number, taken, DAY, reason="La veille.", **by)
    assert row(number).stage_on == DAY
    (told,) = events(number, "dossier.date_corrected")
    assert (told.data["before"], told.data["after"]) == (LATER.isoformat(), DAY.isoformat())
    with pytest.raises(DossierError, match="datez après"):
        acts.correct_date(number, taken, DAY - timedelta(days=1), reason="Plus tôt.", **by)
    assert len([m for m in messages(number) if m.kind == "dossier.mail"]) == 1


def test_a_fact_and_an_assignment_keep_what_was_there(add_user: Callable[..., User]) -> None:
    number = dossiers.begin("accompagnement")
    with transaction() as session:
        first = add_person(
            session, last_name="Guide-Demo", first_name="Lou", email="l@demo.example"
        )
        guide = first.id
    by = {"viewer": COORDINATION, "today": DAY, "now": at(DAY)}
    with pytest.raises(DossierError, match="attribution"):
        acts.set_facts(number, {"ambassadeur_choisi": "X"}, **by)
    with pytest.raises(DossierError, match="ambassadeur"):
        dossiers.move(number, "attribuer", on=DAY)
    acts.assign(number, ambassador_id=guide, **by)
    assert row(number).facts == {"ambassadeur_choisi": "Lou Guide-Demo"}
    dossiers.move(number, "attribuer", on=DAY)
    to_guide, to_person = messages(number)
    assert "Lou Guide-Demo vous accompagne" in to_person.text
    assert to_guide.recipient == "l@demo.example" and "/i/" in to_guide.text
    assert "12 janvier 2026" in to_guide.text.replace("\u00a0", " ")
    acts.assign(number, ambassador_id=None, **by)
    assert row(number).facts == {} and row(number).ambassador_id is None
    assert events(number, "dossier.assigned")[-1].data["before"]["ambassador"] == guide
    with pytest.raises(DossierError, match="plus connue"):
        acts.assign(number, ambassador_id=12, **by)


def test_nobody_to_write_to_is_noted_for_whoever_telephones() -> None:
    number = dossiers.begin("conciergerie", courriel="")
    dossiers.move(number, "prendre_en_charge", on=DAY)
    assert messages(number) == []
    (told,) = events(number, "dossier.not_written")
    assert told.data == {"mail": "demande_prise_en_charge", "actor": "person"}


# --- who sees what ---------------------------------------------------------------------------


def _lands() -> tuple[dict[str, int], int, int]:
    numbers = {name: dossiers.begin(name, number=i) for i, name in enumerate(EVERY)}
    other = dossiers.begin("installation", number=9, accord_cls=False)
    with transaction() as session:
        guide = add_person(session, last_name="Guide-Demo", email="guide@demo.example").id
    acts.assign(
        numbers["accompagnement"],
        viewer=COORDINATION,
        today=DAY,
        now=at(DAY),
        ambassador_id=guide,
    )
    return numbers, other, guide


def test_each_sees_what_is_their_business_only() -> None:
    numbers, other, guide = _lands()
    own = row(numbers["ambassadeur"]).person_id
    wanted = {
        Viewer(Actor.COORDINATION, 1): {*numbers.values(), other},
        Viewer(Actor.REFERENT, 1): {numbers["ambassadeur"]},
        Viewer(Actor.PARTNER, 1): {numbers["installation"]},
        Viewer(Actor.AMBASSADOR, 1, guide): {numbers["accompagnement"]},
        Viewer(Actor.AMBASSADOR, 1, own): {numbers["ambassadeur"]},
        Viewer(Actor.AMBASSADOR, 1, None): set(),
    }
    for viewer, expected in wanted.items():
        seen = set(db.session.scalars(sa.select(Dossier.id).where(access.visible(viewer))))
        assert seen == expected, viewer
        for number in (*numbers.values(), other):
            sight = access.sight(viewer, reading.opened(db.session, number), DAY)
            assert (sight is not None) == (number in expected), (viewer, number)
            if number not in expected:
                with pytest.raises(DossierGone):
                    acts.add_note(number, "Bonjour", shared=True, viewer=viewer, now=at(DAY))
    mine = Viewer(Actor.AMBASSADOR, 1, own)
    assert access.actor_in(mine, row(numbers["ambassadeur"])) is Actor.PERSON
    found = reading.opened(db.session, numbers["installation"])
    partner = access.sight(Viewer(Actor.PARTNER, 1), found, DAY)
    assert partner is not None and not partner.internal
    assert "motif_issue" not in partner.facts and "interlocuteur_cls" in partner.facts
    guided = reading.opened(db.session, numbers["accompagnement"])
    sight = access.sight(Viewer(Actor.AMBASSADOR, 1, guide), guided, DAY)
    assert sight is not None and sight.tasks >= {"demande", "fiche"} and not sight.whole


def test_an_act_that_is_not_theirs_is_refused_and_their_note_is_shared() -> None:
    numbers, _, guide = _lands()
    viewer, number = Viewer(Actor.AMBASSADOR, None, guide), numbers["accompagnement"]
    by = {"viewer": viewer, "today": DAY, "now": at(DAY)}
    with pytest.raises(DossierError, match="ne vous revient pas"):
        acts.move(number, "attribuer", **by)
    with pytest.raises(DossierError, match="revient à la coordination"):
        acts.assign(number, ambassador_id=None, **by)
    with pytest.raises(DossierError, match="revient à la coordination"):
        acts.withdraw(number, marks(number, "demande_recue")[0].id, reason="Non.", **by)
    with pytest.raises(DossierError, match="revient à la coordination"):
        acts.erase(number, viewer=viewer, reason="Non.", now=at(DAY))
    with pytest.raises(DossierError, match="Écrivez"):
        acts.add_note(number, "  ", shared=False, viewer=viewer, now=at(DAY))
    acts.add_note(number, "Vue hier.", shared=False, viewer=viewer, now=at(DAY))
    assert db.session.scalars(sa.select(DossierNote)).one().shared


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
        acts.erase(number, viewer=COORDINATION, reason="", now=at(DAY))
    acts.erase(number, viewer=COORDINATION, reason="À sa demande.", now=at(DAY))
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
    assert db.session.scalar(sa.select(sa.func.count(JourneyVersion.id))) == len(EVERY)
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
    (preview,) = journeys.move_preview("conciergerie", today=DAY)
    assert preview.moved.refusals == () and "16\u00a0janvier" in " ".join(preview.moved.changes)
    with pytest.raises(DossierError, match="coordination"):
        journeys.move_to_latest([number], viewer=Viewer(Actor.PARTNER, 1), today=DAY, now=at(DAY))
    assert journeys.move_to_latest([number], viewer=COORDINATION, today=DAY, now=at(DAY)) == 1
    assert row(number).version.number == 2 and row(number).next_on == DAY + timedelta(days=11)
    assert events(number, "dossier.version")[0].data == {"before": 1, "after": 2}
    assert journeys.move_preview("conciergerie", today=DAY) == []


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
