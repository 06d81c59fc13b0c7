"""Thanks after the close, to whoever answered by name and left an address, if it is wanted.

The coordinatrice turns it on for a campaign (``thanks_mail`` of its messages).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from surveyapp import mail
from surveyapp.core.address import address_hash
from surveyapp.core.campaign import Phase
from surveyapp.core.definition import Mode
from surveyapp.core.letter import LetterKind
from surveyapp.jobs import JobRun, enqueue, handler
from surveyapp.models import (
    Campaign,
    Event,
    FormVersion,
    Invitation,
    Job,
    Participation,
    Person,
    Response,
    ResponseStatus,
    db,
    now,
)
from surveyapp.services.addresses import unreachable, unsubscribe_url
from surveyapp.services.letters.rendering import Letter, render
from surveyapp.services.publish import definition_of
from surveyapp.services.respond.campaigns import GRACE
from surveyapp.services.transaction import transaction
from surveyapp.store.campaigns import phase_of

KIND = "thanks"
FLAG = "thanks_mail"
#: Thanks that come later than this after the close would only surprise.
LATEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Thanked:
    """A mail of thanks that is ready."""

    to: str
    letter: Letter


def wake(at: datetime) -> None:
    """Put the thanks of every campaign that has closed in the queue, once per close.

    Not before the hour is over in which whoever had begun may still send.
    """
    closed = db.session.scalars(
        sa.select(Campaign)
        .join(Campaign.version)
        .where(
            FormVersion.mode == Mode.NOMINATIVE,
            Campaign.closes_at <= at - GRACE,
            Campaign.closes_at > at - LATEST,
        )
    ).all()
    wanted = [(c.id, c.title, _key(c)) for c in closed if _is_due(c, at)]
    for campaign_id, title, key in wanted:
        if db.session.scalar(sa.select(Job.id).where(Job.dedupe_key == key)) is not None:
            continue
        label = f"Remerciements\u00a0: {title}"[:300]
        with transaction() as session:
            enqueue(session, KIND, {"campaign": campaign_id}, label=label, dedupe_key=key)


@handler(KIND)
def thanks_job(job: JobRun) -> None:
    """Thank whoever answered since the last time; nobody twice."""
    at = now()
    campaign = db.session.get(Campaign, job.payload["campaign"])
    if campaign is None or not _is_due(campaign, at):
        return  # reopened, or turned off, in the meantime
    campaign_id, language = campaign.id, campaign.language
    ready = _write(campaign, _addresses(campaign))
    with transaction() as session:
        for one in ready:
            mail.post(
                session,
                to=one.to,
                subject=one.letter.subject,
                text=one.letter.text,
                html=one.letter.html,
                kind=KIND,
                dedupe_key=f"{KIND}:{campaign_id}:{address_hash(one.to)}",
                solicitation=True,
                campaign_id=campaign_id,
                language=language,
            )
        session.add(
            Event(
                kind="campaign.thanked",
                subject="campaign",
                subject_id=campaign_id,
                at=at,
                data={"count": len(ready)},
            )
        )


def _is_due(campaign: Campaign, at: datetime) -> bool:
    wanted = bool(campaign.messages.get(FLAG))
    return wanted and phase_of(campaign, now=at) in (Phase.CLOSED, Phase.ARCHIVED)


def _key(campaign: Campaign) -> str:
    closed = campaign.closes_at.isoformat() if campaign.closes_at else ""
    return f"{KIND}:{campaign.id}:{closed}"


def _addresses(campaign: Campaign) -> list[str]:
    """Where the authors of the answers that were not thanked yet read their mail.

    The outbox forgets after a month whom it wrote to; the history says until when it did.
    """
    question = definition_of(campaign.version).email_question
    last = db.session.scalar(
        sa.select(sa.func.max(Event.at)).where(
            Event.kind == "campaign.thanked", Event.subject_id == campaign.id
        )
    )
    statement = (
        sa.select(Response.document, Person.email)
        .outerjoin(Participation, Participation.response_id == Response.id)
        .outerjoin(Invitation, Invitation.id == Participation.invitation_id)
        .outerjoin(Person, Person.id == Invitation.person_id)
        .where(Response.campaign_id == campaign.id, Response.status == ResponseStatus.SUBMITTED)
        .order_by(Response.id)
    )
    if last is not None:
        statement = statement.where(Response.submitted_at > last)
    found: dict[str, str] = {}
    for document, invited in db.session.execute(statement):
        given = document.get(question) if question else None
        if address := str(given or invited or "").strip():
            found.setdefault(address_hash(address), address)
    return list(found.values())


def _write(campaign: Campaign, to: Sequence[str]) -> list[Thanked]:
    closed = unreachable(db.session, to)
    return [
        Thanked(
            address,
            render(
                db.session,
                LetterKind.THANKS,
                campaign=campaign,
                language=campaign.language,
                fields={"désinscription": unsubscribe_url(address)},
            ),
        )
        for address in to
        if address_hash(address) not in closed
    ]
