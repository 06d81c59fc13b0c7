"""Forms of stages: who fills them by which link, and what an answer does to a dossier."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp.core.journey.definition import Actor
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    Dossier,
    DossierLink,
    DossierMark,
    Event,
    Message,
    Response,
    User,
    db,
)
from surveyapp.services import respond
from surveyapp.services.dossiers import acts, journeys, stage_forms
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.stage_forms import ask, link_for
from surveyapp.services.dossiers.stage_links import open_stage_link, starting_answers
from surveyapp.services.respond import Draft, NotAwaited
from surveyapp.services.transaction import transaction
from surveyapp.store import campaigns as store
from tests.dossiers import COORDINATION, DAY, at, begin, event, fill, in_service, know, move
from tests.spaces import entrusted, in_mandate, person_of

OPINION = {"referent": "Alix Demo", "avis": "favorable"}
REFERENT = Viewer(Actor.REFERENT, None)


def token_of(address: str) -> str:
    return address.rpartition("/")[2]


def submit(address: str, *, on: date = DAY, **values: Any) -> str:
    """Open a link and send its form; the token of its draft."""
    link = open_stage_link(token_of(address), now=at(on))
    assert link is not None
    campaign = respond.find(link.slug)
    assert campaign is not None
    draft = Draft(values=values, version_id=campaign.version_id)
    respond.submit(campaign, link.draft, draft, today=on, now=at(on), invitation=token_of(address))
    return link.draft


def marks(dossier_id: int, name: str) -> list[DossierMark]:
    db.session.rollback()
    found = sa.select(DossierMark).where(
        DossierMark.dossier_id == dossier_id, DossierMark.name == name
    )
    return list(db.session.scalars(found.order_by(DossierMark.position)))


def counted(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def candidature() -> int:
    """A candidature on which referents are asked for their opinion."""
    in_service("ambassadeur")
    dossier_id = begin("ambassadeur")
    know(dossier_id, on=DAY, adhesion_a_jour="oui")
    move(dossier_id, "instruire", on=DAY)
    return dossier_id


def test_each_form_has_one_campaign_that_no_list_shows(app: Flask) -> None:
    in_service("ambassadeur", "accompagnement", "installation")
    in_service("accompagnement")
    found = db.session.scalars(sa.select(Campaign)).all()
    assert all(c.internal and not c.listed and c.access is Access.INVITED for c in found)
    assert all(c.state is CampaignState.OPEN and c.closes_at is None for c in found)
    slugs = [c.slug for c in found]
    assert len(slugs) == len(set(slugs))
    assert {"dossier-point-suivi", "dossier-candidature-ambassadeur"} <= set(slugs)
    assert store.campaign_lines(now=at(DAY)) == []
    assert store.campaign_by_slug("dossier-point-suivi") is None
    assert respond.listed(at(DAY)) == []
    names = {form.name for form in store.forms()}
    assert "demande-accompagnement" in names
    assert "avis-referents" not in names


def test_a_form_filled_by_a_link_is_recorded_with_its_answers(app: Flask) -> None:
    dossier_id = candidature()
    address = ask(dossier_id, "avis_referent", viewer=REFERENT, now=at(DAY))
    assert ask(dossier_id, "avis_referent", viewer=REFERENT, now=at(DAY)) == address
    day = DAY + timedelta(days=2)
    token = submit(address, on=day, **OPINION)
    [mark] = marks(dossier_id, "avis_referent")
    assert (mark.on, mark.actor, mark.user_id) == (day, Actor.REFERENT, None)
    assert stage_forms.answers_of(mark)["avis"] == "favorable"
    [link] = db.session.scalars(sa.select(DossierLink)).all()
    assert link.mark_id == mark.id
    assert token not in (link.token_hash, link.draft_hash)
    submit(address, on=day, **OPINION)  # the same answer, sent twice
    assert len(marks(dossier_id, "avis_referent")) == 1
    # Another opinion is asked for by another link.
    assert ask(dossier_id, "avis_referent", viewer=REFERENT, now=at(day)) != address
    opened = open_stage_link(token_of(address), now=at(day))
    assert opened is not None
    assert opened.used


def test_a_form_is_refused_in_words_to_whoever_may_not_fill_it(app: Flask) -> None:
    dossier_id = candidature()

    def refused(task: str, viewer: Viewer = COORDINATION, **more: Any) -> str:
        with pytest.raises(DossierError) as error:
            ask(dossier_id, task, viewer=viewer, now=at(DAY), **more)
        return str(error.value)

    assert "ne vous revient pas" in refused("session", REFERENT)
    assert "n’est pas attendu à l’étape" in refused("session")
    assert "n’existe pas dans ce parcours" in refused("inconnue")
    assert "n’est plus dans le dossier" in refused("avis_referent", corrects_id=12)
    with pytest.raises(DossierGone):
        ask(dossier_id, "avis_referent", viewer=Viewer(Actor.AMBASSADOR, None, 4), now=at(DAY))
    with pytest.raises(DossierGone):
        ask(dossier_id + 1, "avis_referent", viewer=COORDINATION, now=at(DAY))
    assert counted(DossierLink) == 0


def test_what_was_begun_is_taken_although_the_dossier_went_on(app: Flask) -> None:
    dossier_id = candidature()
    begun = ask(dossier_id, "avis_referent", viewer=REFERENT, now=at(DAY))
    link = open_stage_link(token_of(begun), now=at(DAY))
    assert link is not None
    campaign = respond.find(link.slug)
    assert campaign is not None
    respond.save(campaign, link.draft, Draft(version_id=campaign.version_id), today=DAY)
    with transaction() as session:
        row = session.get_one(Dossier, dossier_id)
        other = link_for(session, row, "avis_referent", actor=Actor.PERSON, now=at(DAY))
    move(dossier_id, "refuser", on=DAY)
    late = open_stage_link(token_of(other), now=at(DAY))
    assert late is not None
    assert late.refusal  # nobody has begun this one
    held = open_stage_link(token_of(begun), now=at(DAY))
    assert held is not None
    assert held.refusal == ""
    submit(begun, **OPINION)
    assert len(marks(dossier_id, "avis_referent")) == 1


def test_a_correction_keeps_the_mark_and_the_former_answer(app: Flask) -> None:
    dossier_id = candidature()
    submit(ask(dossier_id, "avis_referent", viewer=REFERENT, now=at(DAY)), **OPINION)
    [mark] = marks(dossier_id, "avis_referent")
    was = mark.response_id
    day = DAY + timedelta(days=3)
    address = ask(
        dossier_id, "avis_referent", viewer=COORDINATION, now=at(day), corrects_id=mark.id
    )
    assert starting_answers(token_of(address))["avis"] == "favorable"
    link = open_stage_link(token_of(address), now=at(day))
    assert link is not None
    campaign = respond.find(link.slug)
    assert campaign is not None
    draft = respond.load(campaign, link.draft)
    assert draft is not None
    assert draft.values["referent"] == "Alix Demo"
    assert draft.seen == [page.name for page in campaign.definition.sections]
    submit(address, on=day, **{**OPINION, "referent": "Sacha Demo"})
    now_is, former = marks(dossier_id, "avis_referent")
    assert (now_is.id, now_is.on, now_is.withdrawn) == (mark.id, DAY, False)
    assert stage_forms.answers_of(now_is)["referent"] == "Sacha Demo"
    assert (former.withdrawn, former.response_id, former.about_id) == (True, was, mark.id)
    kinds = db.session.scalars(sa.select(Event.kind).where(Event.subject == "dossier")).all()
    assert "dossier.filling_corrected" in kinds


def test_an_answer_to_an_entry_form_opens_a_dossier_unless_the_journey_is_paused(
    app: Flask,
) -> None:
    in_service("accompagnement")
    _public("accueil")
    _answer("accueil", courriel="lea@demo.example")
    [row] = db.session.scalars(sa.select(Dossier)).all()
    assert (row.journey_name, row.stage, row.title) == (
        "accompagnement",
        "demande_recue",
        row.title,
    )
    assert "Martin-Demo" in row.title
    [mark] = marks(row.id, "demande")
    assert mark.actor is Actor.PERSON
    assert mark.response_id == db.session.scalars(sa.select(Response.id)).one()
    journeys.pause("accompagnement", True, author_id=None, now=at(DAY))
    _answer("accueil", courriel="ana@demo.example")
    assert counted(Dossier) == 1
    assert counted(Response) == 2


def test_an_answer_stays_although_no_dossier_can_be_opened(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surveyapp.services.dossiers import collecting

    def broken(*_: Any, **__: Any) -> int:
        raise DossierError("Essai.")

    in_service("accompagnement")
    _public("accueil")
    monkeypatch.setattr(collecting.acts, "open_dossier", broken)
    _answer("accueil", courriel="lea@demo.example")
    assert (counted(Response), counted(Dossier)) == (1, 0)


def test_an_internal_campaign_takes_nothing_without_a_dossier(app: Flask) -> None:
    in_service("ambassadeur")
    campaign = respond.find("dossier-avis-referents")
    assert campaign is not None
    draft = Draft(values=dict(OPINION), version_id=campaign.version_id)
    with pytest.raises(NotAwaited):
        respond.submit(campaign, respond.new_token(), draft, today=DAY, now=at(DAY))
    assert counted(Response) == 0


def test_the_coordination_answers_for_somebody(app: Flask, coordination: Any) -> None:
    in_service("accompagnement")
    user_id = db.session.scalars(sa.select(User.id)).one()
    _answer("dossier-demande-accompagnement", user_id=user_id, courriel="lea@demo.example")
    [row] = db.session.scalars(sa.select(Dossier)).all()
    [mark] = marks(row.id, "demande")
    assert (mark.actor, mark.user_id) == (Actor.COORDINATION, user_id)


def test_answers_that_their_author_changes_are_those_of_the_dossier(app: Flask) -> None:
    in_service("ambassadeur")
    _public("candidater", form="candidature-ambassadeur")
    campaign = respond.find("candidater")
    assert campaign is not None
    with transaction() as session:
        response_id, _ = _stored(session, campaign.id)
    with transaction() as session:
        from surveyapp.services.dossiers import collecting

        arrival = collecting.Arrival(
            response_id=response_id,
            answers=session.get_one(Response, response_id).document,
            definition=campaign.definition,
            internal=False,
            draft_hash="",
            user_id=None,
            today=DAY,
            now=at(DAY),
        )
        collecting.arrived(session, arrival)
    token = respond.reopen(campaign, "jeton", today=DAY)
    draft = respond.load(campaign, token)
    assert draft is not None
    respond.editing.replace(
        campaign,
        token,
        response_id,
        {**draft.values, "nom": "Durand-Demo"},
        today=DAY,
        now=at(DAY),
    )
    [row] = db.session.scalars(sa.select(Dossier)).all()
    assert "Durand-Demo" in row.title
    assert "dossier.filling_edited" in db.session.scalars(sa.select(Event.kind)).all()


def _stored(session: Any, campaign_id: int) -> tuple[int, Campaign]:
    from surveyapp.models import ResponseStatus, random_key
    from surveyapp.services.respond.drafts import hashed

    campaign = session.get_one(Campaign, campaign_id)
    row = Response(
        id=random_key(),
        campaign_id=campaign_id,
        version_id=campaign.version_id,
        anonymous=False,
        status=ResponseStatus.SUBMITTED,
        token_hash=hashed("jeton"),
        document={"prenom": "Léa", "nom": "Martin-Demo", "courriel": "lea@demo.example"},
        saved_on=DAY,
        submitted_on=DAY,
        submitted_at=at(DAY),
        reference="ABCD-EFGH",
    )
    session.add(row)
    session.flush()
    return row.id, campaign


def _public(slug: str, *, form: str = "demande-accompagnement") -> None:
    """Open a campaign of an entry form, as the coordination does."""
    internal = stage_forms.campaign_of(db.session, form)
    assert internal is not None
    version_id = internal.version_id
    with transaction() as session:
        session.add(
            Campaign(slug=slug, title="Accueil", version_id=version_id, state=CampaignState.OPEN)
        )


REQUEST: dict[str, Any] = {
    "prenom": "Léa",
    "nom": "Martin-Demo",
    "profession": "60",
    "commune": "Lons-Demo",
    "situation": "moins_6_mois",
    "besoins": ["aides"],
    "contact_prefere": "courriel",
    "accord_ambassadeur": True,
    "information_lue": True,
}


def _answer(slug: str, *, user_id: int | None = None, **values: Any) -> None:
    campaign = respond.find(slug)
    assert campaign is not None
    draft = Draft(values={**REQUEST, **values}, version_id=campaign.version_id)
    token = respond.new_token()
    respond.submit(campaign, token, draft, today=DAY, now=at(DAY), user_id=user_id)


def test_an_entry_form_asked_again_starts_from_its_answers_and_a_correction_writes_to_nobody(
    app: Flask,
) -> None:
    in_service("accompagnement")
    _public("accueil")
    _answer("accueil", courriel="lea@demo.example")
    [row] = db.session.scalars(sa.select(Dossier)).all()
    [mark] = marks(row.id, "demande")

    def receipts() -> int:
        found = sa.select(sa.func.count()).where(Message.kind == "respond.receipt")
        return db.session.scalar(found) or 0

    assert receipts() == 1
    address = ask(row.id, "demande", viewer=COORDINATION, now=at(DAY), corrects_id=mark.id)
    known = starting_answers(token_of(address))
    assert known["commune"] == "Lons-Demo"
    submit(address, **{**known, "commune": "Dole-Demo"})
    assert receipts() == 1
    [mark] = [m for m in marks(row.id, "demande") if not m.withdrawn]
    assert stage_forms.answers_of(mark)["commune"] == "Dole-Demo"
    with transaction() as session:
        again = link_for(
            session, session.get_one(Dossier, row.id), "demande", actor=Actor.PERSON, now=at(DAY)
        )
    assert starting_answers(token_of(again))["commune"] == "Dole-Demo"


def test_what_was_decided_about_is_replaced_by_a_filling_of_its_own(app: Flask) -> None:
    """A declaration that was sent back: the corrected one waits to be validated in its turn."""
    in_service("ambassadeur")
    dossier_id = in_mandate(on=DAY)
    first = fill(dossier_id, "declaration", on=DAY, actor=Actor.PERSON)
    event(dossier_id, "declaration_renvoyee", on=DAY, about_id=first)
    address = ask(dossier_id, "declaration", viewer=COORDINATION, now=at(DAY), corrects_id=first)
    turns = [{"activite": "formation", "minutes": 30}]
    submit(address, mois="2026-01-01", activites=turns, exactitude=True)
    before, after = marks(dossier_id, "declaration")
    assert (before.id, before.withdrawn, after.about_id) == (first, False, first)


def test_the_link_of_an_ambassador_ends_with_their_accompaniment(app: Flask) -> None:
    in_service("ambassadeur", "accompagnement")
    first, second = (person_of(in_mandate(on=DAY, number=number)) for number in (50, 51))
    dossier_id = entrusted(first, on=DAY)

    def link(hour: int) -> str:
        with transaction() as session:
            row = session.get_one(Dossier, dossier_id)
            return link_for(session, row, "fiche", actor=Actor.AMBASSADOR, now=at(DAY, hour))

    def assign(hour: int, **to: int) -> None:
        acts.assign(dossier_id, viewer=COORDINATION, today=DAY, now=at(DAY, hour), **to)

    mailed = link(10)
    assign(11, owner_id=acts.UNCHANGED, ambassador_id=first)
    assert link(12) == mailed
    assign(13, ambassador_id=second)
    assert open_stage_link(token_of(mailed), now=at(DAY, 14)) is None
    fresh = link(14)
    assert fresh != mailed
    assert open_stage_link(token_of(fresh), now=at(DAY, 15)) is not None
