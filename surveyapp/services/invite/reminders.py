"""Reminders: a plan that is proposed, changed or stopped, and waves that the worker sends.

A wave goes to those who have not answered when it leaves, and to them once: its mails and
its count are written batch by batch, each batch looking again at who has answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from surveyapp.core import reminders as calendar
from surveyapp.core.address import address_hash
from surveyapp.core.campaign import Phase
from surveyapp.core.french import date_long, plural, typeset
from surveyapp.core.personal import token_hash, token_of
from surveyapp.jobs import JobRun, enqueue, handler
from surveyapp.models import (
    Campaign,
    Invitation,
    Message,
    Reminder,
    ReminderState,
    db,
    now,
)
from surveyapp.services.addresses import unreachable
from surveyapp.services.invite.batches import write_batch
from surveyapp.services.invite.personal import has_answered, key, withdraw_mails
from surveyapp.services.invite.plan import first_day, note
from surveyapp.services.invite.writing import Written, post, write
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import invitations as store
from surveyapp.store.campaigns import phase_of
from surveyapp.store.structure import structure

KIND = "remind"
BATCH = 25


class ReminderError(Exception):
    """The demand cannot be met; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


class Spared(StrEnum):
    """Why somebody who was invited gets no reminder, in the order in which it is told."""

    ANSWERED = "answered"
    STOPPED = "stopped"
    DECLINED = "declined"
    NOT_YET = "not_yet"  # the invitation itself has not arrived
    RECENT = "recent"  # invited a few days ago


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who would get a wave, by name, and how many would not, by reason."""

    rows: Sequence[Invitation]
    spared: Mapping[Spared, int]


def recipients(campaign_id: int, *, day: date) -> Recipients:
    """Who would get a wave that left on ``day``, as far as is known now."""
    statement = (
        sa.select(Invitation, store.answered, store.waiting, store.refused)
        .options(joinedload(Invitation.person))
        .where(Invitation.campaign_id == campaign_id)
    )
    found = db.session.execute(statement).all()
    closed = unreachable(db.session, (row[0].person.email for row in found))
    rows: list[Invitation] = []
    spared: dict[Spared, int] = {}
    for invitation, answered, waiting, refused in found:
        reason = _reason(invitation, answered, waiting or refused, closed, day)
        if reason is None:
            rows.append(invitation)
        else:
            spared[reason] = spared.get(reason, 0) + 1
    rows.sort(key=lambda row: (row.person.sort_key, row.id))
    return Recipients(rows, {reason: spared[reason] for reason in Spared if reason in spared})


def _reason(
    invitation: Invitation, answered: bool, absent: bool, closed: Mapping[str, str], day: date
) -> Spared | None:
    if answered:
        return Spared.ANSWERED
    if invitation.stopped:
        return Spared.STOPPED
    hashed = address_hash(invitation.person.email)
    if not hashed or hashed in closed:
        return Spared.DECLINED
    if absent or invitation.mailed_on is None:
        return Spared.NOT_YET
    recent = invitation.mailed_on > day - timedelta(days=calendar.GAP_DAYS)
    return Spared.RECENT if recent else None


def propose_plan(campaign_id: int, *, now: datetime) -> None:
    """Plan the usual waves once the first invitations have left; later plans are ours no more."""
    zone = structure().zone
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        first = first_day(session, campaign_id)
        planned = session.scalar(sa.select(Reminder.id).where(Reminder.campaign_id == campaign_id))
        if first is None or planned is not None:
            return
        for wave in calendar.propose(
            invited_on=first, closes_at=campaign.closes_at, zone=zone, now=now
        ):
            session.add(Reminder(campaign_id=campaign_id, rule=wave.rule, due_at=wave.due_at))


def foreseen(campaign_id: int, *, now: datetime) -> Sequence[calendar.Wave]:
    """The waves that :func:`propose_plan` would plan if the invitations left now."""
    zone = structure().zone
    campaign = db.session.get_one(Campaign, campaign_id)
    leaving = max(now, campaign.opens_at or now)
    if store.reminders_of(campaign_id):
        return ()
    return calendar.propose(
        invited_on=leaving.astimezone(zone).date(),
        closes_at=campaign.closes_at,
        zone=zone,
        now=leaving,
    )


def add(campaign_id: int, day: date, *, author_id: int | None, now: datetime) -> None:
    """Add a wave on a day of the CPTS; :raises ReminderError: it cannot leave then."""
    with transaction() as session:
        campaign = session.get_one(Campaign, campaign_id)
        due = _due_on(campaign, day, now=now)
        session.add(Reminder(campaign_id=campaign_id, rule=calendar.CHOSEN, due_at=due))
        note(session, campaign_id, "planned", author_id=author_id, now=now)


def move(reminder_id: int, day: date, *, author_id: int | None, now: datetime) -> None:
    """Let a wave leave on another day; one that was stopped or missed is planned again."""
    with transaction() as session:
        reminder = _changeable(session, reminder_id)
        campaign = session.get_one(Campaign, reminder.campaign_id)
        reminder.due_at = _due_on(campaign, day, now=now)
        reminder.rule, reminder.state = calendar.chosen(reminder.rule), ReminderState.PLANNED
        note(session, campaign.id, "planned", author_id=author_id, now=now)


def stop(reminder_id: int, *, author_id: int | None, now: datetime) -> None:
    """Keep a wave from leaving; :raises ReminderError: it has left."""
    with transaction() as session:
        reminder = _changeable(session, reminder_id)
        reminder.state = ReminderState.STOPPED
        note(session, reminder.campaign_id, "stopped", author_id=author_id, now=now)


def stop_person(campaign_id: int, invitation_id: int, *, stopped: bool) -> None:
    """Send this person no reminder any more, or again; what waits for them is withdrawn."""
    with transaction() as session:
        mine = sa.and_(Invitation.id == invitation_id, Invitation.campaign_id == campaign_id)
        found = session.scalar(sa.select(Invitation.id).where(mine))
        session.execute(sa.update(Invitation).where(mine).values(stopped=stopped))
        if stopped and found is not None:
            withdraw_mails(session, [found])


def _changeable(session: AnySession, reminder_id: int) -> Reminder:
    reminder = session.get(Reminder, reminder_id, with_for_update=True)
    if reminder is None or reminder.state is ReminderState.SENT:
        raise ReminderError("Cette relance est déjà partie : prévoyez-en une autre.")
    return reminder


def _due_on(campaign: Campaign, day: date, *, now: datetime) -> datetime:
    due = calendar.on_day(day, structure().zone)
    if due <= now:
        raise ReminderError("Choisissez un jour à venir : les relances partent à 10 heures.")
    if campaign.closes_at is not None and due >= campaign.closes_at:
        raise ReminderError("Choisissez un jour avant la fermeture de la collecte.")
    if too_soon := _too_soon(campaign, day):
        raise ReminderError(too_soon)
    return due


def _too_soon(campaign: Campaign, day: date) -> str:
    """Why a wave of ``day`` would reach nobody for now, as a French sentence; or nothing."""
    found = recipients(campaign.id, day=day)
    if found.rows or not found.spared.get(Spared.RECENT):
        return ""
    days = (day + timedelta(days=more) for more in range(1, calendar.GAP_DAYS + 1))
    last = day + timedelta(days=calendar.GAP_DAYS)
    first = next((d for d in days if recipients(campaign.id, day=d).rows), last)
    gap = plural(calendar.GAP_DAYS, "jour", "jours")
    why = f"Personne ne recevrait une relance ce jour-là : les invitations auraient moins de {gap}."
    due = calendar.on_day(first, structure().zone)
    if campaign.closes_at is not None and due >= campaign.closes_at:
        return f"{why} La collecte ferme avant : prolongez-la d’abord."
    return f"{why} Choisissez le {date_long(first)} ou plus tard."


def wake(at: datetime) -> None:
    """Ask the worker for the waves whose time has come; the plan follows the closing date.

    The waves of a campaign that is closed rest: neither moved nor missed, see ``plan.py``.
    """
    planned = db.session.execute(
        sa.select(Reminder, Campaign)
        .join(Campaign, Campaign.id == Reminder.campaign_id)
        .where(Reminder.state == ReminderState.PLANNED, Campaign.state == "open")
    ).all()
    open_now = [wave for wave, campaign in planned if phase_of(campaign, now=at) is Phase.OPEN]
    late = [(r.id, r.campaign_id) for r in open_now if (_follow(r) or r.due_at) <= at]
    for reminder_id, campaign_id in late:
        with transaction() as session:
            campaign = session.get_one(Campaign, campaign_id)
            enqueue(
                session,
                KIND,
                {"reminder": reminder_id},
                label=f"Relance\u00a0: {campaign.title}"[:300],
                dedupe_key=f"remind:{reminder_id}:{at.date().isoformat()}",
            )


def _follow(reminder: Reminder) -> datetime | None:
    """Move a wave with the dates that its rule counts from; its new time, if it moved."""
    campaign = db.session.get_one(Campaign, reminder.campaign_id)
    first = first_day(db.session, campaign.id) or date.max - timedelta(days=100)
    due = calendar.due_at(
        reminder.rule, invited_on=first, closes_at=campaign.closes_at, zone=structure().zone
    )
    if due is None or due == reminder.due_at:
        return None
    number = reminder.id
    with transaction() as session:
        session.execute(
            sa.update(Reminder)
            .where(Reminder.id == number, Reminder.state == ReminderState.PLANNED)
            .values(due_at=due)
        )
    return due


@handler(KIND)
def remind_job(job: JobRun) -> None:
    """Send a wave that is due, or note that its time has passed; it waits while closed."""
    reminder_id = int(job.payload["reminder"])
    at = now()
    reminder = db.session.get(Reminder, reminder_id)
    if reminder is None or reminder.state is not ReminderState.PLANNED or reminder.due_at > at:
        return
    campaign = db.session.get_one(Campaign, reminder.campaign_id)
    if phase_of(campaign, now=at) is not Phase.OPEN:
        return
    if calendar.missed(reminder.due_at, now=at):
        _finish(reminder_id, ReminderState.MISSED, at)
        return
    write_batch(reminder.campaign_id)
    _send(reminder_id, campaign.id, job, at)
    _finish(reminder_id, ReminderState.SENT, at)


def _send(reminder_id: int, campaign_id: int, job: JobRun, at: datetime) -> None:
    day = at.astimezone(structure().zone).date()
    ids = [row.id for row in recipients(campaign_id, day=day).rows]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        db.session.rollback()
        campaign = db.session.get_one(Campaign, campaign_id)
        rows = db.session.scalars(sa.select(Invitation).where(Invitation.id.in_(batch)))
        written = write(store.REMINDER, campaign, [(row.id, row.person) for row in rows])
        if not _post(reminder_id, campaign_id, list(written.values())):
            return
        job.progress((start + len(batch)) / len(ids), f"{start + len(batch)} sur {len(ids)}")


def _post(reminder_id: int, campaign_id: int, batch: Sequence[Written]) -> bool:
    """One batch of a wave; ``False`` when somebody stopped it meanwhile."""
    with transaction() as session:
        reminder = session.get(Reminder, reminder_id, with_for_update=True)
        if reminder is None or reminder.state is not ReminderState.PLANNED:
            return False
        sent = 0
        for written in batch:
            if written.letter is None or not _still_asked(session, reminder_id, written):
                continue
            post(session, store.REMINDER, campaign_id, written, wave=reminder_id)
            current = token_hash(token_of(key(), written.invitation_id))
            session.execute(
                sa.update(Invitation)
                .where(Invitation.id == written.invitation_id)
                .values(reminders=Invitation.reminders + 1, token_hash=current)
            )
            sent += 1
        reminder.recipients = (reminder.recipients or 0) + sent
    return True


def _still_asked(session: AnySession, reminder_id: int, written: Written) -> bool:
    """Whether the person has neither answered nor been written to in this wave."""
    dedupe_key = f"remind:{reminder_id}:{written.invitation_id}"
    posted = session.scalar(sa.select(Message.id).where(Message.dedupe_key == dedupe_key))
    return posted is None and not has_answered(session, written.invitation_id)


def _finish(reminder_id: int, state: ReminderState, at: datetime) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Reminder)
            .where(Reminder.id == reminder_id, Reminder.state == ReminderState.PLANNED)
            .values(state=state, done_at=at, recipients=sa.func.coalesce(Reminder.recipients, 0))
        )
