"""The same questionnaire again: a new wave, or a copy."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from surveyapp.core.instant import closing
from surveyapp.core.wave import copy_title, proposed_closing, wave_title
from surveyapp.models import Campaign
from surveyapp.services.campaigns.edit import create, plan_of
from surveyapp.services.campaigns.plan import TITLE_LENGTH, CampaignError, Plan
from surveyapp.services.campaigns.records import find, propose_slug
from surveyapp.store import structure

#: Times that the copy of a campaign looks for a free address before it gives up.
_TRIES = 4


def propose_wave(previous: Campaign, *, now: datetime) -> Plan:
    """The plan of the next wave: the same choices, another year, as long as the last one."""
    zone = structure().zone
    today = now.astimezone(zone).date()
    opened, closed = (
        moment.astimezone(zone).date() if moment else None
        for moment in (previous.opens_at, previous.closes_at)
    )
    title = wave_title(previous.title, year=today.year, longest=TITLE_LENGTH)
    return replace(
        plan_of(previous),
        title=title,
        slug=propose_slug(title),
        opens_at=None,
        closes_at=closing(proposed_closing(today, opened=opened, closed=closed), None, zone),
    )


def create_wave(slug: str, plan: Plan, *, author_id: int | None, now: datetime) -> Campaign:
    """A campaign of the latest version of the same questionnaire, linked to the one before.

    :raises CampaignError: what to correct.
    """
    previous = find(slug)
    return create(
        previous.version.form.name, plan, author_id=author_id, now=now, previous_id=previous.id
    )


def duplicate(slug: str, *, author_id: int | None, now: datetime) -> Campaign:
    """A draft with the same choices under another address, without dates or answers."""
    original = find(slug)
    plan = replace(
        plan_of(original),
        title=copy_title(original.title, longest=TITLE_LENGTH),
        slug="",
        opens_at=None,
        closes_at=None,
    )
    name = original.version.form.name
    for _ in range(_TRIES):
        with suppress(CampaignError):  # the address was taken meanwhile: another is drawn
            return create(name, plan, author_id=author_id, now=now)
    return create(name, plan, author_id=author_id, now=now)
