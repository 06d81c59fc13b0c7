"""Where the link of a mail leads, which is not the same for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.moves import open_tasks
from surveyapp.links import absolute_url
from surveyapp.models import Role, User
from surveyapp.services.dossiers import stage_forms
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.transaction import AnySession

_OUTSIDE = (Actor.PERSON, Actor.AMBASSADOR)


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and what its button says."""

    url: str
    label: str


def link_to(
    session: AnySession,
    found: Opened,
    actor: Actor,
    wanted: Sequence[str],
    *,
    today: date,
    now: datetime,
) -> Link:
    """Colleagues get the dossier, an ambassador with an account their space, others the form.

    ``wanted`` are the forms that the mail is about, the likeliest first. Where no form waits,
    the public page of the CPTS.
    """
    if actor not in _OUTSIDE:
        return Link(absolute_url("dossiers.show", dossier_id=found.row.id), "Ouvrir le dossier")
    own = found.row.ambassador_id if actor is Actor.AMBASSADOR else found.row.person_id
    if own is not None and _signs_in(session, own):
        return Link(absolute_url("space.home"), "Ouvrir mon espace")
    task = _task(found, actor, wanted, today)
    if task is None:
        return Link(absolute_url("respond.home"), "Ouvrir le site")
    url = stage_forms.link_for(session, found.row, task, actor=actor, now=now)
    return Link(url, "Ouvrir le formulaire")


def _task(found: Opened, actor: Actor, wanted: Sequence[str], today: date) -> str | None:
    theirs = [task.name for task in open_tasks(found.dossier, today) if actor in task.by]
    return next((name for name in wanted if name in theirs), next(iter(theirs), None))


def _signs_in(session: AnySession, person_id: int) -> bool:
    """Whether an ambassador has an account."""
    account = (
        sa.select(User.id)
        .join(User.roles)
        .where(User.person_id == person_id, User.active.is_(True), Role.name == "ambassadeur")
    )
    return session.execute(account.limit(1)).first() is not None
