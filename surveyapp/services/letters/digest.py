"""« De nouvelles réponses »: one mail a day at most to the coordination, with counts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from surveyapp import mail
from surveyapp.core.definition import Mode
from surveyapp.core.french import plural
from surveyapp.core.letter import LetterKind
from surveyapp.jobs import JobRun, enqueue, handler
from surveyapp.links import absolute_url
from surveyapp.models import (
    Campaign,
    FormVersion,
    Job,
    Response,
    ResponseStatus,
    User,
    db,
)
from surveyapp.permissions import Permission, granted
from surveyapp.services.letters.rendering import render
from surveyapp.services.transaction import transaction
from surveyapp.store import structure

KIND = "digest"
#: The local hour from which the mail of the day may leave.
HOUR = 7
#: What the first digest looks back on, and any that was not sent for long.
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewAnswers:
    """A nominative campaign, its answers since the last digest and in all."""

    title: str
    new: int
    total: int


def wake(at: datetime) -> None:
    """Put the digest of the day in the queue, once, from seven o'clock where the CPTS is."""
    local = at.astimezone(structure().zone)
    key = f"{KIND}:{local.date().isoformat()}"
    if local.hour < HOUR or _known(key):
        return
    payload = {"since": _since(at).isoformat(), "until": at.isoformat()}
    with transaction() as session:
        enqueue(session, KIND, payload, label="Résumé du jour", dedupe_key=key)


@handler(KIND)
def digest_job(job: JobRun) -> None:
    """Write the digest to each account that may read nominative answers."""
    since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))
    found = new_answers(since, until)
    if not found:
        return
    letter = render(
        db.session,
        LetterKind.DIGEST,
        campaign=None,
        language="fr",
        fields={"liste": _list(found), "lien": absolute_url("manage.home")},
    )
    with transaction() as session:
        for user_id, email in _readers():
            mail.post(
                session,
                to=email,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                kind=KIND,
                dedupe_key=f"{KIND}:{until.isoformat()}:{user_id}",
            )


def new_answers(since: datetime, until: datetime) -> list[NewAnswers]:
    """Nominative campaigns with answers sent in [since, until), by title."""
    new = sa.func.count().filter(Response.submitted_at >= since, Response.submitted_at < until)
    statement = (
        sa.select(Campaign.title, new, sa.func.count())
        .join(Response, Response.campaign_id == Campaign.id)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .where(
            FormVersion.mode == Mode.NOMINATIVE,
            Response.status == ResponseStatus.SUBMITTED,
            Campaign.internal.is_(False),
        )
        .group_by(Campaign.id, Campaign.title)
        .having(new > 0)
        .order_by(Campaign.title)
    )
    return [NewAnswers(*row) for row in db.session.execute(statement)]


def _list(found: Sequence[NewAnswers]) -> str:
    return "\n".join(
        f"– {one.title}\u00a0: {plural(one.new, 'nouvelle réponse', 'nouvelles réponses')}"
        f" ({one.total} en tout)"
        for one in found
    )


def _readers() -> list[tuple[int, str]]:
    users = db.session.scalars(
        sa.select(User).where(User.active).options(selectinload(User.roles)).order_by(User.id)
    )
    return [
        (user.id, user.email)
        for user in users
        if Permission.RESPONSES in granted({role.name for role in user.roles})
    ]


def _since(at: datetime) -> datetime:
    """Where the last digest stopped; never more than a week ago."""
    last = db.session.scalars(
        sa.select(Job).where(Job.kind == KIND).order_by(Job.id.desc()).limit(1)
    ).first()
    stopped = datetime.fromisoformat(last.payload["until"]) if last else at - DAY
    return max(stopped, at - WEEK)


def _known(key: str) -> bool:
    return db.session.scalar(sa.select(Job.id).where(Job.dedupe_key == key)) is not None
