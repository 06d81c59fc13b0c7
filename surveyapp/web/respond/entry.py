"""Coming in: which campaign, whether it takes answers, whose draft, what day it is."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, request

from surveyapp.core.answers import Reading
from surveyapp.core.definition import Section
from surveyapp.models import now as current_time
from surveyapp.services import respond
from surveyapp.services.dossiers.stage_links import refuse_draft, starting_answers
from surveyapp.services.invite.prefill import known_answers
from surveyapp.services.respond import CampaignInfo, Door, Draft
from surveyapp.store import structure
from surveyapp.web.respond import visit
from surveyapp.web.respond.errands import on_behalf
from surveyapp.web.respond.trial import TrialOver, trial_of
from surveyapp.web.session import same_origin

_ZONE = "respond.zone"
_ZONE_SECONDS = 60


class NotOpen(Exception):
    """The campaign takes no answer from this person now; ``campaign`` may be unknown."""

    def __init__(self, campaign: CampaignInfo | None, door: Door) -> None:
        super().__init__(door)
        self.campaign = campaign
        self.door = door


@dataclass(slots=True)
class Entry:
    """A respondent at a page. ``begun``: the draft is in the database; ``genuine``: what was
    posted comes from a page that this browser was given; ``invitation``: the token of the
    personal link by which they came, if any; ``trial``: a colleague tries, nothing counts."""

    campaign: CampaignInfo
    draft: Draft
    token: str
    begun: bool
    genuine: bool
    invitation: str
    now: datetime
    today: date
    trial: bool = False

    @property
    def slug(self) -> str:
        return self.campaign.slug

    def reading(self) -> Reading:
        """The answers of the draft, as they are now."""
        return Reading(self.campaign.definition, self.draft.values, today=self.today)

    def sections(self) -> tuple[Section, ...]:
        """The pages that this respondent sees."""
        return self.reading().sections()


def enter(slug: str) -> Entry:
    """Let a respondent in.

    :raises NotOpen: unknown, not yet open, closed or full. Whoever has a draft may still
        send it in the time of grace after the closing date.
    """
    now = current_time()
    genuine = request.method != "POST" or visit.genuine()
    if tried := trial_of(slug):
        return _try(slug, tried, now, genuine=genuine)
    token = _token(slug, genuine=genuine)
    if respond.is_trial(token):
        raise TrialOver(slug)
    found = respond.find_with_draft(slug, token)
    if found is None:
        raise NotOpen(None, Door.UNKNOWN)
    campaign, draft = found
    door = campaign.door(now)
    if door is Door.FULL and draft is not None and draft.edits:
        door = Door.OPEN  # the place is theirs already
    if door not in (Door.OPEN, Door.GRACE):
        raise NotOpen(campaign, door)
    if draft is None and door is Door.GRACE:
        raise NotOpen(campaign, Door.CLOSED)
    invitation = visit.invitation(slug)
    if draft is None and campaign.invited_only and not (invitation or on_behalf(token)):
        raise NotOpen(campaign, Door.INVITED)
    if campaign.internal and token and request.method != "POST":
        shown = respond.with_version(campaign, draft.version_id) if draft else campaign
        _refuse(shown, token, draft, now)
    return Entry(
        campaign=respond.with_version(campaign, draft.version_id) if draft else campaign,
        draft=draft or _fresh(campaign, invitation),
        token=token,
        begun=draft is not None,
        genuine=genuine,
        invitation=invitation,
        now=now,
        today=today_at(now),
    )


def _refuse(campaign: CampaignInfo, token: str, draft: Draft | None, now: datetime) -> None:
    """:raises NotAwaited: no dossier takes what is typed with this token (any more)."""
    if on_behalf(token) is not None:
        return
    try:
        refuse_draft(token, now=now)
    except respond.NotAwaited as refused:
        typed = (campaign.definition, draft.values) if draft else None
        raise respond.NotAwaited(refused.reason, typed) from None


def _try(slug: str, token: str, now: datetime, *, genuine: bool) -> Entry:
    """Let a colleague in who tries, be the campaign open or not."""
    campaign = respond.find(slug)
    if campaign is None:
        raise NotOpen(None, Door.UNKNOWN)
    draft = respond.load_trial(token)
    return Entry(
        campaign=campaign,
        draft=draft or Draft(version_id=campaign.version_id),
        token=token,
        begun=draft is not None,
        genuine=genuine,
        invitation="",
        now=now,
        today=today_at(now),
        trial=True,
    )


def _fresh(campaign: CampaignInfo, invitation: str) -> Draft:
    """A draft that nobody has begun, with what the directory knows of whoever is invited."""
    if invitation and campaign.internal:
        values = starting_answers(invitation)
    else:
        values = known_answers(campaign.definition, invitation) if invitation else {}
    return Draft(values=values, version_id=campaign.version_id)


def today_at(now: datetime) -> date:
    """The day it is where the CPTS is; a change of its time zone is seen within a minute."""
    known: tuple[float, ZoneInfo] | None = current_app.extensions.get(_ZONE)
    if known is None or known[0] < time.monotonic():
        known = (time.monotonic() + _ZONE_SECONDS, structure().zone)
        current_app.extensions[_ZONE] = known
    return now.astimezone(known[1]).date()


def _token(slug: str, *, genuine: bool) -> str:
    """The draft's token: that of the page that was sent, else that of the browser."""
    if request.method == "POST" and (genuine or same_origin()):
        return visit.posted_token(slug)
    return visit.token_of(slug) or ""
