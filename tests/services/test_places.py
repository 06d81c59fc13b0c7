"""The register of places, and the places that were asked for a dossier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.models import Dossier, Event, PlaceContact, db
from surveyapp.services import places as service
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import opened
from surveyapp.services.places import Asked, PlaceCard
from tests.dossiers import COORDINATION, DAY, at, begin, in_service, know, move

CARD = PlaceCard("Maison des Tilleuls", "msp", "Val-Fictif", ("10",), "liberal")
ASKED = Asked(DAY, ("telephone", "courriel"), "interesse", "Rappeler le matin.")

pytestmark = pytest.mark.usefixtures("app")


def add(card: PlaceCard = CARD) -> int:
    return service.save(card, author_id=None, now=at(DAY))


def ask(dossier_id: int, place_id: int, said: Asked = ASKED, *, today: date = DAY) -> None:
    service.ask_place(dossier_id, place_id, said, viewer=COORDINATION, today=today, now=at(today))


def installation(**said: object) -> int:
    in_service("installation")
    return begin("installation", secteur="Val-Fictif", **said)


def names(dossier_id: int) -> list[str]:
    lines = service.crossing(opened(db.session, dossier_id), DAY)
    return [line.place.name for line in lines]


def test_a_place_is_added_changed_and_retired() -> None:
    place_id = add()
    service.save(replace(CARD, phone="01"), place_id=place_id, author_id=None, now=at(DAY))
    assert service.place(place_id).phone == "01"
    assert service.place(place_id).professions == ["10"]
    service.set_active(place_id, False, author_id=None, now=at(DAY))
    service.set_active(place_id, False, author_id=None, now=at(DAY))
    assert (service.register(), service.counts()) == ([], (0, 1))
    assert [row.id for row in service.register(retired=True)] == [place_id]
    service.set_active(place_id, True, author_id=None, now=at(DAY))
    assert service.counts() == (1, 0)
    kinds = db.session.scalars(sa.select(Event.kind).where(Event.subject == "place"))
    assert list(kinds) == ["place.added", "place.edited", "place.retired", "place.restored"]


def test_what_a_place_was_stays_in_its_history_without_who_answers_there() -> None:
    place_id = add(replace(CARD, contact="Dr Exemple-Demo", phone="01", note="Au calme."))
    changed = replace(CARD, contact="", phone="02", commune="Mont-Exemple")
    service.save(changed, place_id=place_id, author_id=None, now=at(DAY))
    service.save(changed, place_id=place_id, author_id=None, now=at(DAY))  # nothing changes
    kind = Event.kind == "place.edited"
    (event,) = db.session.scalars(sa.select(Event).where(kind)).all()
    assert event.data == {
        "before": {"commune": "Val-Fictif", "note": "Au calme."},
        "changed": ["contact", "phone"],
    }


def test_an_answer_that_changes_keeps_the_former_one() -> None:
    dossier_id, place_id = installation(), add()
    ask(dossier_id, place_id)
    ask(dossier_id, place_id, replace(ASKED, answer="attente", note="Plus tard."))
    service.forget_contact(dossier_id, place_id, viewer=COORDINATION, now=at(DAY))
    said = sa.select(Event).where(Event.kind.startswith("dossier.place_")).order_by(Event.id)
    first, second, gone = (event.data for event in db.session.scalars(said))
    assert first["before"] is None
    assert second["before"] == {
        "on": DAY.isoformat(),
        "channels": ["telephone", "courriel"],
        "answer": "interesse",
        "note": "Rappeler le matin.",
    }
    assert (gone["answer"], gone["note"]) == ("attente", "Plus tard.")


def test_the_register_is_searched_by_words_without_accents() -> None:
    add()
    add(replace(CARD, name="Cabinet de l’Étang", commune="Mont-Exemple", kind="cabinet"))
    assert [row.name for row in service.register()] == ["Cabinet de l’Étang", CARD.name]
    assert [row.name for row in service.register("etang MONT")] == ["Cabinet de l’Étang"]
    assert [row.name for row in service.register("maison de sante")] == [CARD.name]
    assert service.register("etang val") == []


def test_what_is_gone_is_said() -> None:
    with pytest.raises(service.PlaceGone, match="registre"):
        service.place(1)
    with pytest.raises(service.PlaceGone):
        service.save(CARD, place_id=1, author_id=None, now=at(DAY))


def test_the_most_suitable_places_come_first() -> None:
    dossier_id = installation(profession="10", statut_souhaite="liberal")
    add(replace(CARD, name="Sages-femmes", professions=("50",)))
    add(replace(CARD, name="Loin", commune="Ailleurs"))
    gone = add(replace(CARD, name="Retirée"))
    service.set_active(gone, False, author_id=None, now=at(DAY))
    add()
    assert names(dossier_id) == [CARD.name, "Loin", "Sages-femmes"]


def test_a_place_is_asked_and_its_answer_changes() -> None:
    dossier_id, place_id = installation(), add()
    ask(dossier_id, place_id, replace(ASKED, answer="attente"))
    ask(dossier_id, place_id)
    contact = service.contact_of(dossier_id, place_id)
    assert contact is not None
    assert (contact.answer, contact.contacted_on) == ("interesse", DAY)
    assert contact.channels == ["telephone", "courriel"]
    assert db.session.scalar(sa.select(sa.func.count(PlaceContact.id))) == 1
    asked = sa.select(Event).where(Event.kind == "dossier.place_asked").order_by(Event.id)
    assert [event.data["answer"] for event in db.session.scalars(asked)] == ["attente", "interesse"]
    service.set_active(place_id, False, author_id=None, now=at(DAY))
    assert names(dossier_id) == [CARD.name], "what was asked stays"


def test_a_contact_noted_by_mistake_goes_and_leaves_a_word() -> None:
    dossier_id, place_id = installation(), add()
    ask(dossier_id, place_id)
    for _ in range(2):
        service.forget_contact(dossier_id, place_id, viewer=COORDINATION, now=at(DAY))
    assert service.contact_of(dossier_id, place_id) is None
    gone = list(db.session.scalars(sa.select(Event).where(Event.kind == "dossier.place_not_asked")))
    assert [event.data["place"] for event in gone] == [place_id]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (replace(ASKED, on=date(2026, 1, 6)), "à venir"),
        (replace(ASKED, channels=("pigeon",)), "comment"),
        (replace(ASKED, answer="peut-être"), "réponse"),
    ],
)
def test_what_cannot_be_is_refused(said: Asked, why: str) -> None:
    dossier_id, place_id = installation(), add()
    with pytest.raises(DossierError, match=why):
        ask(dossier_id, place_id, said)
    assert service.contact_of(dossier_id, place_id) is None


def test_a_closed_dossier_and_other_journeys_ask_no_place() -> None:
    dossier_id, place_id = installation(), add()
    know(dossier_id, on=DAY, motif_issue="famille")
    move(dossier_id, "abandonner", on=DAY)
    with pytest.raises(DossierError, match="rouvrez"):
        ask(dossier_id, place_id)
    in_service("conciergerie")
    with pytest.raises(DossierError, match="parcours"):
        ask(begin("conciergerie", number=2), place_id)


def test_only_the_coordination_asks() -> None:
    dossier_id, place_id = installation(), add()
    for actor in (Actor.PARTNER, Actor.REFERENT, Actor.AMBASSADOR):
        viewer = Viewer(actor, None)
        with pytest.raises(DossierGone):
            service.ask_place(dossier_id, place_id, ASKED, viewer=viewer, today=DAY, now=at(DAY))
        with pytest.raises(DossierGone):
            service.forget_contact(dossier_id, place_id, viewer=viewer, now=at(DAY))


def test_the_form_starts_from_the_places_that_were_asked(app: Flask) -> None:
    dossier_id = installation()
    row = db.session.get_one(Dossier, dossier_id)
    assert service.prefill(db.session, row) == {}
    second = add(replace(CARD, name="Cabinet", kind="cabinet", commune=""))
    ask(dossier_id, second, Asked(date(2026, 1, 8), ("sms",), "attente"), today=date(2026, 1, 8))
    ask(dossier_id, add())
    assert service.prefill(db.session, row) == {
        "date_croisement": "2026-01-08",
        "lieux": [
            {
                "lieu": "Maison des Tilleuls, Val-Fictif",
                "type_lieu": "msp",
                "canal": ["telephone", "courriel"],
                "reponse": "interesse",
                "commentaire": "Rappeler le matin.",
            },
            {"lieu": "Cabinet", "type_lieu": "cabinet", "canal": ["sms"], "reponse": "attente"},
        ],
    }


def test_whether_the_person_may_be_named() -> None:
    for answer, said in ((True, True), (None, False)):
        dossier_id = installation(accord_lieux=answer, number=2 if said else 3)
        assert service.agreed(opened(db.session, dossier_id), DAY) is said
