"""Drafts of forms of dossiers: whose they are, until when, and that they do not come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from surveyapp.core.definition import Kind
from surveyapp.core.journey.definition import Actor
from surveyapp.core.personal import token_hash
from surveyapp.models import Dossier, DossierMark, db, now
from surveyapp.services import respond
from surveyapp.services.dossiers import acts, collecting
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.services.dossiers.stage_forms import ask, link_for
from surveyapp.services.dossiers.stage_links import open_stage_link, refuse_draft
from surveyapp.services.respond import Draft, NotAwaited
from surveyapp.services.transaction import transaction
from tests.dossiers import COORDINATION, DAY, at, begin, in_service
from tests.services.test_dossier_forms import OPINION, candidature, token_of
from tests.spaces import entrusted, in_mandate, person_of


def test_a_form_that_was_open_is_not_taken_from_whoever_it_is_not_for_any_more(app: Flask) -> None:
    in_service("ambassadeur", "accompagnement")
    first, second = (person_of(in_mandate(on=DAY, number=number)) for number in (50, 51))
    dossier_id = entrusted(first, on=DAY)
    with transaction() as session:
        row = session.get_one(Dossier, dossier_id)
        address = link_for(session, row, "fiche", actor=Actor.AMBASSADOR, now=at(DAY, 10))
    link = open_stage_link(token_of(address), now=at(DAY, 10))
    assert link is not None
    refuse_draft(link.draft, now=at(DAY, 10))
    acts.assign(dossier_id, viewer=COORDINATION, today=DAY, now=at(DAY, 11), ambassador_id=second)
    with pytest.raises(NotAwaited, match="Copiez vos réponses"):
        refuse_draft(link.draft, now=at(DAY, 12))
    campaign = respond.find(link.slug)
    assert campaign is not None
    arrival = collecting.Arrival(
        response_id=0,
        answers={},
        definition=campaign.definition,
        internal=True,
        draft_hash=token_hash(link.draft),
        user_id=None,
        today=DAY,
        now=at(DAY, 12),
    )
    with pytest.raises(NotAwaited, match="Copiez vos réponses"), transaction() as session:
        collecting.arrived(session, arrival)


def test_a_partner_sends_nothing_after_the_agreement_was_withdrawn(app: Flask) -> None:
    in_service("installation")
    dossier_id = begin("installation")
    with transaction() as session:
        row = session.get_one(Dossier, dossier_id)
        task = journey_of(row.version).tasks[0].name
        address = link_for(session, row, task, actor=Actor.PARTNER, now=at(DAY))
    assert open_stage_link(token_of(address), now=at(DAY)) is not None
    with transaction() as session:
        session.get_one(Dossier, dossier_id).shared = False
    assert open_stage_link(token_of(address), now=at(DAY)) is None


def test_no_draft_is_born_again_after_its_dossier(app: Flask) -> None:
    dossier_id = candidature()
    address = ask(dossier_id, "avis_referent", viewer=COORDINATION, now=at(DAY))
    link = open_stage_link(token_of(address), now=at(DAY))
    assert link is not None
    campaign = respond.find(link.slug)
    assert campaign is not None
    draft = Draft(values=OPINION, version_id=campaign.version_id)
    respond.save(campaign, link.draft, draft, today=DAY)
    acts.erase(dossier_id, viewer=COORDINATION, reason="Demande.", today=DAY, now=at(DAY))
    with pytest.raises(NotAwaited, match="depuis un dossier"):
        respond.save(campaign, link.draft, replace(draft, stored=True), today=DAY)
    with pytest.raises(NotAwaited, match="depuis un dossier"):
        refuse_draft(link.draft, now=at(DAY))
    assert respond.whose(link.draft) is None
    entry = respond.new_token()
    respond.save(campaign, f"dossier-{entry}", draft, today=DAY)


def test_a_refused_form_shows_what_was_typed(app: Flask, client: FlaskClient) -> None:
    in_service("ambassadeur", "accompagnement")
    first, second = (person_of(in_mandate(on=DAY, number=number)) for number in (50, 51))
    dossier_id = entrusted(first, on=DAY)
    with transaction() as session:
        row = session.get_one(Dossier, dossier_id)
        address = link_for(session, row, "fiche", actor=Actor.AMBASSADOR, now=now())
    link = open_stage_link(token_of(address), now=now())
    assert link is not None
    campaign = respond.find(link.slug)
    assert campaign is not None
    texts = [q.name for q in campaign.definition.questions() if q.kind is Kind.TEXT]
    typed = Draft(values=dict.fromkeys(texts, "Vu mardi."), version_id=campaign.version_id)
    respond.save(campaign, link.draft, typed, today=DAY)
    assert client.get(f"/reprise/{link.draft}").status_code == 303
    acts.assign(dossier_id, viewer=COORDINATION, today=DAY, now=now(), ambassador_id=second)
    for path in (f"/reprise/{link.draft}", f"/q/{link.slug}/ma-copie"):
        page = client.get(path)
        assert page.status_code == 410
        assert "Copiez vos réponses" in page.text.replace("\u00a0", " ")
        assert "Vu mardi." in page.text


def test_an_opening_is_not_older_than_any_journey(app: Flask) -> None:
    in_service("conciergerie")
    dossier_id = begin("conciergerie")
    first = db.session.scalars(
        sa.select(DossierMark.id)
        .where(DossierMark.dossier_id == dossier_id)
        .order_by(DossierMark.position)
    ).first()
    assert first is not None
    with pytest.raises(DossierError, match="trop ancienne"):
        acts.correct_date(
            dossier_id,
            first,
            date(1, 1, 1),
            viewer=COORDINATION,
            reason="Erreur.",
            today=DAY,
            now=at(DAY),
        )
