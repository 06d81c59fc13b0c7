"""What is no longer needed goes away, on time and by itself.

The history keeps how many, never what.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition
from surveyapp.jobs import JobRun, handler
from surveyapp.models import (
    AccountLink,
    Campaign,
    DossierMark,
    Event,
    FormVersion,
    Job,
    Message,
    Response,
    ResponseStatus,
    ResultStep,
    SpentToken,
    WorkState,
    db,
    now,
)
from surveyapp.services import columns_cache, documents, polls
from surveyapp.services.dossiers.erasing import anonymise_due
from surveyapp.services.invite.forgetting import forget_invitations
from surveyapp.services.people.imports import forget_old
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store.structure import structure

#: A mail that left holds a copy of somebody's answers: no need to keep it long.
MESSAGE_LIFE = timedelta(days=30)
JOB_LIFE = timedelta(days=90)
ORPHAN_LIFE = timedelta(days=1)
#: After the closing of a campaign nobody sends the same answer twice any more.
TOKEN_LIFE = timedelta(days=60)


@dataclass(slots=True)
class Purged:
    """How many rows of each kind went away."""

    drafts: int = 0
    responses: int = 0
    documents: int = 0
    messages: int = 0
    jobs: int = 0
    links: int = 0
    tokens: int = 0
    files: int = 0
    invitations: int = 0
    directory: int = 0
    dossiers: int = 0


@handler("purge")
def purge_job(job: JobRun) -> None:
    """The purge of the day, as the worker runs it."""
    purge(now=now())


def purge(*, now: datetime) -> Purged:
    """Delete what is past its retention; note the counts in the history.

    One short transaction for each campaign, so that nobody who answers waits.
    """
    counts = Purged()
    today = now.astimezone(structure().zone).date()
    polls.finish_forgotten(now=now, today=today)
    for campaign_id, definition in _campaigns():
        before = counts.responses
        with transaction() as session:
            _purge_campaign(session, campaign_id, definition, today, counts)
            if _invitations_over(session, campaign_id, definition, now):
                counts.invitations += forget_invitations(session, campaign_id)
        if counts.responses > before:
            columns_cache.forget(campaign_id)
    counts.dossiers = anonymise_due(today=today, now=now)
    with transaction() as session:
        expired = documents.delete_expired(session, now)
        counts.documents = len(expired)
        _purge_work(session, now, counts)
        counts.directory = forget_old(session, now=now)
        counts.files = documents.sweep(session, now - ORPHAN_LIFE)
        if any(asdict(counts).values()):
            session.add(Event(kind="purge", subject="instance", subject_id=0, data=asdict(counts)))
    for path in expired:
        path.unlink(missing_ok=True)
    return counts


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, or the last day of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(1))


def _campaigns() -> list[tuple[int, FormDefinition]]:
    statement = sa.select(Campaign.id, FormVersion).join(Campaign.version)
    rows = [
        (campaign_id, definition_of(version))
        for campaign_id, version in db.session.execute(statement)
    ]
    db.session.expunge_all()
    return rows


def _purge_campaign(
    session: AnySession,
    campaign_id: int,
    definition: FormDefinition,
    today: date,
    counts: Purged,
) -> None:
    of_campaign = Response.campaign_id == campaign_id
    oldest_draft = today - timedelta(days=definition.draft_retention_days)
    counts.drafts += _delete(
        session,
        sa.delete(Response).where(
            of_campaign,
            Response.status == ResponseStatus.DRAFT,
            Response.saved_on < oldest_draft,
        ),
    )
    if definition.retention_months is None:
        return
    limit = months_before(today, definition.retention_months)
    if definition.anonymous and _younger(session, campaign_id, limit):
        return  # results without a few answers would tell what these few were
    gone = _delete(
        session,
        sa.delete(Response).where(
            of_campaign,
            Response.status == ResponseStatus.SUBMITTED,
            Response.submitted_on < limit,
            Response.id.not_in(_of_dossiers()),
        ),
    )
    counts.responses += gone
    if gone and definition.anonymous:
        session.execute(sa.delete(ResultStep).where(ResultStep.campaign_id == campaign_id))
    if gone:  # whoever caches the answers must read them again
        session.execute(
            sa.update(Campaign).where(Campaign.id == campaign_id).values(epoch=Campaign.epoch + 1)
        )


def _of_dossiers() -> sa.Select[int | None]:
    """Answers that belong to a dossier: they go when it is anonymised."""
    return sa.select(DossierMark.response_id).where(DossierMark.response_id.is_not(None))


def _invitations_over(
    session: AnySession, campaign_id: int, definition: FormDefinition, at: datetime
) -> bool:
    """Whether nobody needs to know any more who was invited: of an anonymous campaign soon
    after the closing, of another as long as its answers are kept."""
    months = None if definition.anonymous else definition.retention_months
    limit = (
        at - TOKEN_LIFE if months is None else at - (at.date() - months_before(at.date(), months))
    )
    closed = sa.select(Campaign.id).where(Campaign.id == campaign_id, Campaign.closes_at < limit)
    return session.execute(closed).first() is not None


def _younger(session: AnySession, campaign_id: int, limit: date) -> bool:
    """Whether an answer must still be kept: those of an anonymous campaign go together."""
    found = sa.select(Response.id).where(
        Response.campaign_id == campaign_id,
        Response.status == ResponseStatus.SUBMITTED,
        Response.submitted_on >= limit,
    )
    return session.execute(found.limit(1)).first() is not None


def _purge_work(session: AnySession, at: datetime, counts: Purged) -> None:
    finished = (WorkState.DONE, WorkState.FAILED)
    counts.messages = _delete(
        session,
        sa.delete(Message).where(Message.state.in_(finished), Message.done_at < at - MESSAGE_LIFE),
    )
    counts.jobs = _delete(
        session,
        sa.delete(Job).where(Job.state.in_(finished), Job.done_at < at - JOB_LIFE),
    )
    counts.links = _delete(session, sa.delete(AccountLink).where(AccountLink.expires_at < at))
    over = sa.select(Campaign.id).where(Campaign.closes_at < at - TOKEN_LIFE)
    counts.tokens = _delete(session, sa.delete(SpentToken).where(SpentToken.campaign_id.in_(over)))


def _delete(session: AnySession, statement: sa.Delete) -> int:
    result = session.execute(statement)
    return int(getattr(result, "rowcount", 0))
