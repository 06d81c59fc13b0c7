"""A link to a form of a dossier, once somebody opens it: may they, and what is known already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.core.personal import draft_token, token_hash
from surveyapp.models import Campaign, Dossier, DossierLink, DossierMark, Response, db
from surveyapp.services.dossiers import interview  # noqa: F401 - what it starts from
from surveyapp.services.dossiers.collecting import NO_DOSSIER, NotAwaited
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.journeys import journey_of
from surveyapp.services.dossiers.reading import opened
from surveyapp.services.dossiers.stage_forms import (
    PASSED_ON,
    PREFILL,
    answers_of,
    refuse_correction,
    refuse_filling,
    still_theirs,
    task_of,
)
from surveyapp.services.invite.personal import key
from surveyapp.store.structure import structure


@dataclass(frozen=True, slots=True)
class StageLink:
    """A link to a form of a dossier that somebody opened.

    ``draft`` is the token of the draft that goes with it, ``slug`` the campaign that takes the
    form. ``user_id`` is the only account that may open it, if any. ``refusal`` says why the
    form is not awaited now, in French.
    """

    dossier_id: int
    slug: str
    draft: str
    user_id: int | None
    used: bool
    refusal: str = ""


def open_stage_link(token: str, *, now: datetime) -> StageLink | None:
    """What is behind ``/i/TOKEN``; ``None`` when it is no link of a dossier (any more)."""
    link = _by_token(token)
    if link is None or not still_theirs(db.session, link, now):
        return None
    slug = db.session.scalars(sa.select(Campaign.slug).where(Campaign.id == link.campaign_id)).one()
    return StageLink(
        dossier_id=link.dossier_id,
        slug=slug,
        draft=draft_token(key(), token),
        user_id=link.user_id,
        used=link.mark_id is not None,
        refusal=_refusal(link, now) if link.mark_id is None else "",
    )


def _refusal(link: DossierLink, now: datetime) -> str:
    """Why the form is not awaited any more; nothing when it is, or was begun."""
    begun = sa.select(Response.id).where(Response.token_hash == link.draft_hash)
    if db.session.scalar(begun) is not None:
        return ""
    found = opened(db.session, link.dossier_id)
    today = now.astimezone(structure().zone).date()
    try:
        task = task_of(found.journey, link.task)
        if link.corrects_id is not None:
            refuse_correction(found, task, link.actor, link.user_id, link.corrects_id)
        else:
            refuse_filling(found, task, link.actor, today=today)
    except DossierError as error:
        return str(error)
    return ""


def refuse_draft(draft: str, *, now: datetime) -> None:
    """:raises NotAwaited: what is typed with this draft token can go to no dossier (any more)."""
    link = db.session.scalars(
        sa.select(DossierLink).where(DossierLink.draft_hash == token_hash(draft))
    ).one_or_none()
    if link is None:
        raise NotAwaited(NO_DOSSIER)
    if link.mark_id is None and not still_theirs(db.session, link, now):
        raise NotAwaited(PASSED_ON)


@dataclass(frozen=True, slots=True)
class Errand:
    """For whom a form of a dossier is filled, as its first and last pages say."""

    dossier_id: int
    title: str
    label: str
    user_id: int | None
    correcting: bool


def errand_of(draft: str) -> Errand | None:
    """What the form that is filled with this draft token is for; ``None`` outside of dossiers."""
    link = db.session.scalars(
        sa.select(DossierLink).where(DossierLink.draft_hash == token_hash(draft))
    ).one_or_none()
    if link is None:
        return None
    row = db.session.get_one(Dossier, link.dossier_id)
    title = "" if link.actor is Actor.PERSON else row.title
    label = task_of(journey_of(row.version), link.task).label
    return Errand(row.id, title, label, link.user_id, link.corrects_id is not None)


def dossier_of_answer(token: str) -> int | None:
    """The dossier that the nominative answer sent with ``token`` has opened."""
    return db.session.scalar(
        sa.select(DossierMark.dossier_id)
        .join(Response, Response.id == DossierMark.response_id)
        .where(Response.token_hash == token_hash(token))
        .limit(1)
    )


def starting_answers(token: str) -> dict[str, Any]:
    """Answers that are known already when the form of a link is opened for the first time."""
    link = _by_token(token)
    if link is None:
        return {}
    if link.corrects_id is not None:
        mark = db.session.get(DossierMark, link.corrects_id)
        return dict(answers_of(mark)) if mark is not None else {}
    row = db.session.get_one(Dossier, link.dossier_id)
    journey = journey_of(row.version)
    if link.task == journey.entry_task:
        return _last_answers(row, link.task)
    make = PREFILL.get(task_of(journey, link.task).form)
    return make(db.session, row) if make is not None else {}


def _last_answers(row: Dossier, task: str) -> dict[str, Any]:
    """Nobody is asked twice who they are: the entry form asked again starts from its answers."""
    mark = db.session.scalars(
        sa.select(DossierMark)
        .where(
            DossierMark.dossier_id == row.id,
            DossierMark.name == task,
            DossierMark.withdrawn.is_(False),
        )
        .order_by(DossierMark.position.desc())
        .limit(1)
    ).first()
    return dict(answers_of(mark)) if mark is not None else {}


def _by_token(token: str) -> DossierLink | None:
    statement = sa.select(DossierLink).where(DossierLink.token_hash == token_hash(token))
    return db.session.scalars(statement).one_or_none()
