"""The life of a campaign: open, close, reopen, extend, archive."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from surveyapp.core import campaign as life
from surveyapp.core.campaign import Phase, Situation, Step
from surveyapp.models import Access, Campaign, CampaignState
from surveyapp.services.campaigns.opening import hindrances
from surveyapp.services.campaigns.plan import CampaignError
from surveyapp.services.campaigns.records import hold, note, plain
from surveyapp.services.invite.plan import follow_closing
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction
from surveyapp.store import campaigns as store

#: The phases in which the closing date can be put off.
EXTENSIBLE = (Phase.SCHEDULED, Phase.OPEN, Phase.CLOSED)


def move(
    slug: str,
    step_name: str,
    *,
    author_id: int | None,
    now: datetime,
    force: bool = False,
    closes_at: datetime | None = None,
) -> Step:
    """Take a step of :data:`surveyapp.core.campaign.STEPS`.

    ``force`` opens in spite of what :mod:`surveyapp.core.preflight` found. ``closes_at`` is
    the new closing date of a campaign that is reopened, if :func:`closing_to_restore` has none.

    :raises CampaignError: why not.
    """
    step = life.find_step(step_name)
    if step is None:
        raise CampaignError("Cette étape n’existe pas.")
    with transaction() as session:
        campaign = hold(slug)
        if why := life.refusal(step, situation(campaign, now=now)):
            raise CampaignError(why)
        if step.name == "ouvrir" and not force:
            _refuse_hindered(campaign, now)
        if step.name == "rouvrir":
            closes_at = closing_to_restore(campaign, now=now) or closes_at
            _check_closing(campaign, closes_at, now)
        before, was = campaign.closes_at, store.phase_of(campaign, now=now)
        campaign.state = CampaignState(step.target)
        changes = _date_step(campaign, step, now, closes_at=closes_at)
        note(session, campaign, step.name, author_id=author_id, now=now, data=changes)
        if step.name == "rouvrir":
            follow_closing(session, campaign, before=before, was=was, author_id=author_id, now=now)
    return step


def closing_to_restore(campaign: Campaign, *, now: datetime) -> datetime | None:
    """The closing date that a closed campaign keeps when it is reopened: invitations tell it.

    It is the one that was replaced when the campaign was closed early, or the one that was
    chosen since; ``None`` when it has passed, or there was none.
    """
    kept = campaign.closes_at
    if kept is None or kept > now:
        return kept
    replaced = store.closing_replaced(campaign)
    return replaced if replaced is not None and replaced > now else None


def extend(slug: str, closes_at: datetime, *, author_id: int | None, now: datetime) -> Campaign:
    """« Prolonger »: put the closing off; a campaign that was closed takes answers again.

    :raises CampaignError: the date is not later, or the campaign is not one to extend.
    """
    with transaction() as session:
        campaign = hold(slug)
        if not can_extend(campaign, now=now):
            raise CampaignError("La collecte a changé entre-temps : rechargez la page.")
        _check_closing(campaign, closes_at, now)
        before, was = campaign.closes_at, store.phase_of(campaign, now=now)
        if before is not None and closes_at <= before:
            raise CampaignError(
                "Choisissez une date plus tardive que celle qui est prévue. Pour finir plus tôt, "
                "fermez la collecte ou modifiez ses dates.",
                field="closes_on",
            )
        campaign.state = CampaignState.OPEN
        campaign.closes_at = closes_at
        changes = {"closes_at": [plain(before), plain(closes_at)]}
        note(session, campaign, "prolonger", author_id=author_id, now=now, data=changes)
        follow_closing(session, campaign, before=before, was=was, author_id=author_id, now=now)
    return campaign


def can_extend(campaign: Campaign, *, now: datetime) -> bool:
    """Whether the closing date of this campaign can be put off."""
    here = situation(campaign, now=now)
    return here.phase in EXTENSIBLE and not here.live


def open_to_all(campaign: Campaign) -> bool:
    """Whether the public address leads to the questionnaire: neither for people who are
    invited one by one, nor in a meeting, which has its own code."""
    live = definition_of(campaign.version).live
    return campaign.access is not Access.INVITED and not live


def situation(campaign: Campaign, *, now: datetime) -> Situation:
    """What the guards of the steps look at."""
    return Situation(
        phase=store.phase_of(campaign, now=now),
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        now=now,
        live=definition_of(campaign.version).live,
    )


def possible_steps(campaign: Campaign, *, now: datetime) -> tuple[Step, ...]:
    """The steps that this campaign may take now."""
    here = situation(campaign, now=now)
    return tuple(s for s in life.steps_from(here.phase) if life.refusal(s, here) is None)


def _refuse_hindered(campaign: Campaign, now: datetime) -> None:
    found = hindrances(campaign, now=now)
    if found:
        raise CampaignError(" ".join(finding.text for finding in found))


def _check_closing(campaign: Campaign, closes_at: datetime | None, now: datetime) -> None:
    if closes_at is None:
        return
    if closes_at <= now:
        raise CampaignError("Choisissez une date à venir.", field="closes_on")
    if campaign.opens_at is not None and closes_at <= campaign.opens_at:
        raise CampaignError("La fermeture doit venir après l’ouverture.", field="closes_on")


def _date_step(
    campaign: Campaign, step: Step, now: datetime, *, closes_at: datetime | None
) -> dict[str, Any]:
    """Keep the dates true: results and documents print the period of the campaign.

    Returns what changed, for the history.
    """
    minute = now.replace(second=0, microsecond=0)
    before = (campaign.opens_at, campaign.closes_at)
    if step.name == "ouvrir" and campaign.opens_at is None:
        campaign.opens_at = minute
    if step.name == "fermer":
        campaign.closes_at = minute
    if step.name == "rouvrir":
        campaign.closes_at = closes_at
    after = (campaign.opens_at, campaign.closes_at)
    moved = zip(("opens_at", "closes_at"), before, after, strict=True)
    return {name: [plain(old), plain(new)] for name, old, new in moved if old != new}
