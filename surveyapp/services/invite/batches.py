"""Who has answered an anonymous or confidential campaign, written by batches.

The answer left a mark; with the key, the marks tell which invitations have served. They are
written as participations when at least ``k`` of them are new, in one transaction and in no
order: whoever compares two backups sees ``k`` people join, never one. Fewer than ``k`` are
never written, not even after the closing: the last person to answer would be the one whose
name appears. The marks go away with the batch: what the key could still tell, it then tells
of the last few people only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import sqlalchemy as sa

from surveyapp.core.definition import Mode
from surveyapp.core.personal import token_of
from surveyapp.jobs import JobRun, handler
from surveyapp.models import (
    Campaign,
    FormVersion,
    Invitation,
    Participation,
    SpentToken,
    db,
)
from surveyapp.services.invite.personal import key, mark_of, withdraw_mails
from surveyapp.services.transaction import AnySession, insert_into, transaction

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Subject:
    """A campaign with marks to read. ``least`` is the size below which nothing is written."""

    id: int
    mode: Mode
    least: int


@handler("participation")
def participation_job(job: JobRun) -> None:
    """Every campaign with invitations, once a night."""
    invited = sa.select(Invitation.campaign_id).distinct()
    for campaign_id in list(db.session.scalars(invited)):
        write_batch(campaign_id)
        job.beat()


def write_batch(campaign_id: int) -> int:
    """Write the participations of a campaign that may be written; how many there were."""
    subject = _subject(campaign_id)
    if subject is None:
        return 0
    new = _newly_spent(subject)
    if len(new) < subject.least:
        return 0
    random.SystemRandom().shuffle(new)
    with transaction() as session:
        _write(session, subject, new)
        withdraw_mails(session, new)
    return len(new)


def _subject(campaign_id: int) -> _Subject | None:
    statement = (
        sa.select(FormVersion.mode, FormVersion.k)
        .join(Campaign, Campaign.version_id == FormVersion.id)
        .where(Campaign.id == campaign_id)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None or row.mode is Mode.NOMINATIVE:
        return None  # written with the answer itself
    return _Subject(campaign_id, row.mode, row.k if row.mode is Mode.ANONYMOUS else 1)


def _newly_spent(subject: _Subject) -> list[int]:
    """Invitations that have served and whose participation is not written yet."""
    known = sa.exists().where(Participation.invitation_id == Invitation.id)
    open_ones = sa.select(Invitation.id).where(Invitation.campaign_id == subject.id, sa.not_(known))
    marks = set(
        db.session.scalars(
            sa.select(SpentToken.token_hash).where(SpentToken.campaign_id == subject.id)
        )
    )
    if not marks:
        return []
    secret = key()
    return [
        number
        for number in db.session.scalars(open_ones)
        if mark_of(token_of(secret, number), subject.mode) in marks
    ]


def _write(session: AnySession, subject: _Subject, new: list[int]) -> None:
    anonymous = subject.mode is Mode.ANONYMOUS
    rows = [{"invitation_id": n, "anonymous": anonymous, "response_id": None} for n in new]
    session.execute(insert_into(session, Participation).on_conflict_do_nothing(), rows)
    if anonymous:  # the participation keeps the link from serving again
        secret = key()
        marks = [mark_of(token_of(secret, number), subject.mode) for number in new]
        for start in range(0, len(marks), _CHUNK):
            some = SpentToken.token_hash.in_(marks[start : start + _CHUNK])
            session.execute(sa.delete(SpentToken).where(some))
