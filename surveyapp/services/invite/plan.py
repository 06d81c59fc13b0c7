"""The plan of reminders follows the closing date, whoever moves it and however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core import reminders as calendar
from surveyapp.core.campaign import Phase
from surveyapp.core.reminders import Wave
from surveyapp.models import Campaign, Event, Invitation, Reminder, ReminderState
from surveyapp.services.transaction import AnySession
from surveyapp.store.campaigns import phase_of
from surveyapp.store.structure import structure


def first_day(session: AnySession, campaign_id: int) -> date | None:
    """The day on which the first invitations left."""
    return session.scalar(
        sa.select(sa.func.min(Invitation.mailed_on)).where(Invitation.campaign_id == campaign_id)
    )


def follow_closing(
    session: AnySession,
    campaign: Campaign,
    *,
    before: datetime | None,
    was: Phase,
    author_id: int | None,
    now: datetime,
) -> None:
    """Fit the waves to a closing date that was put off; ``before`` and ``was`` are the
    closing date and the phase until now.

    What never left and lies ahead again is planned again, what is missing from the proposed
    plan is added. A wave that was stopped stays stopped. A wave whose time passed while the
    campaign was closed is missed: it would surprise on the day of the reopening.
    """
    first = first_day(session, campaign.id)
    if first is None:
        return
    waves = session.scalars(
        sa.select(Reminder).where(Reminder.campaign_id == campaign.id).with_for_update()
    ).all()
    resumed = was is Phase.CLOSED and phase_of(campaign, now=now) is Phase.OPEN
    changed = False
    if _put_off(before, campaign.closes_at):
        changed = _plan_again(waves, campaign, first=first, now=now)
        changed = _propose_missing(session, waves, campaign, first=first, now=now) or changed
    for wave in waves if resumed else ():
        if wave.state is ReminderState.PLANNED and wave.due_at <= now:
            wave.state, wave.done_at = ReminderState.MISSED, now
            wave.recipients = wave.recipients or 0
    if changed:
        note(session, campaign.id, "planned", author_id=author_id, now=now)


def note(
    session: AnySession, campaign_id: int, what: str, *, author_id: int | None, now: datetime
) -> None:
    """One line of the history on the reminders of a campaign."""
    session.add(
        Event(
            kind=f"campaign.reminder_{what}",
            subject="campaign",
            subject_id=campaign_id,
            user_id=author_id,
            at=now,
        )
    )


def _put_off(before: datetime | None, after: datetime | None) -> bool:
    """Whether the closing is later than it was, or is dated for the first time."""
    if before == after:
        return False
    return before is None or after is None or after > before


def _plan_again(
    waves: Sequence[Reminder], campaign: Campaign, *, first: date, now: datetime
) -> bool:
    """Move what was not sent with its rule; plan again what was missed and lies ahead."""
    zone, revived = structure().zone, False
    for wave in waves:
        if wave.state not in (ReminderState.PLANNED, ReminderState.MISSED) or wave.recipients:
            continue
        closes_at = campaign.closes_at
        due = calendar.due_at(wave.rule, invited_on=first, closes_at=closes_at, zone=zone)
        due = due or wave.due_at
        fits = calendar.fits(due, invited_on=first, closes_at=closes_at, zone=zone, now=now)
        if wave.state is ReminderState.PLANNED:
            wave.due_at = due
        elif fits:
            wave.due_at, wave.state = due, ReminderState.PLANNED
            wave.done_at = wave.recipients = None
            revived = True
    return revived


def _propose_missing(
    session: AnySession,
    waves: Sequence[Reminder],
    campaign: Campaign,
    *,
    first: date,
    now: datetime,
) -> bool:
    """Add the rules that were left out of the plan and fit now."""
    living = (ReminderState.PLANNED, ReminderState.SENT)
    added = calendar.propose(
        invited_on=first,
        closes_at=campaign.closes_at,
        zone=structure().zone,
        now=now,
        there=[Wave(wave.rule, wave.due_at) for wave in waves if wave.state in living],
        without=[calendar.origin(wave.rule) for wave in waves],
    )
    for wave in added:
        session.add(Reminder(campaign_id=campaign.id, rule=wave.rule, due_at=wave.due_at))
    return bool(added)
