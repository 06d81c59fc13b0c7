"""What people do to dossiers: who may, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    Dossier,
    DossierNote,
    DossierTerm,
    FormVersion,
    Person,
    User,
    db,
)
from surveyapp.services.dossiers import access, acts, reading
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.people.cards import add_person
from surveyapp.services.transaction import transaction
from tests import dossiers
from tests.dossiers import COORDINATION, DAY, at, events, marks, messages, row

EVERY = ("ambassadeur", "accompagnement", "installation", "conciergerie")
LATER = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _journey(app: Flask, add_user: Callable[..., User]) -> None:
    add_user("coordination")
    dossiers.in_service("conciergerie")


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
            session, last_name="Personne-Demo", first_name="Prénom1", email="Personne1@demo.example"
        )
        known_id = known.id
    assert row(dossiers.begin("conciergerie")).person_id == known_id
    stranger = row(dossiers.begin("conciergerie", name="Autre-Demo"))
    assert stranger.person_id != known_id and stranger.person is not None
    kin = row(dossiers.begin("conciergerie", prenom="Paul"))  # a couple, one practice, one address
    assert kin.person_id != known_id and kin.person is not None
    assert kin.person.first_name == "Paul"
    unnamed = row(dossiers.begin("conciergerie", prenom=""))
    assert unnamed.person_id == known_id
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
    dossiers.in_service("accompagnement")
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
    dossiers.in_service(*EVERY)
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
        acts.erase(number, viewer=viewer, reason="Non.", today=DAY, now=at(DAY))
    with pytest.raises(DossierError, match="Écrivez"):
        acts.add_note(number, "  ", shared=False, viewer=viewer, now=at(DAY))
    acts.add_note(number, "Vue hier.", shared=False, viewer=viewer, now=at(DAY))
    assert db.session.scalars(sa.select(DossierNote)).one().shared
