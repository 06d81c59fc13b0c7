"""Sending an answer, once and for all."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from surveyapp.core.answers import Outcome, Reading
from surveyapp.core.answers import outcome as outcome_of
from surveyapp.core.definition import Prerequisite
from surveyapp.core.problems import Code, Problem, message_of
from surveyapp.core.title import search_text, sort_key
from surveyapp.models import (
    Campaign,
    Event,
    Response,
    ResponseStatus,
    SpentToken,
    db,
    random_key,
)
from surveyapp.services.dossiers import collecting
from surveyapp.services.invite import personal
from surveyapp.services.respond import editing
from surveyapp.services.respond.campaigns import CampaignInfo, submitted
from surveyapp.services.respond.drafts import Draft, hashed, remove, spent
from surveyapp.services.respond.mails import Acknowledged, acknowledge
from surveyapp.services.transaction import AnySession, insert_into, transaction

_response: Any = Response.__table__
_spent: Any = SpentToken.__table__
#: Letters and digits of a reference: none can be taken for another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class Full(Exception):
    """The campaign has all the answers it takes."""


class Incomplete(Exception):
    """Something is left to correct, or a prerequisite is not met."""

    def __init__(self, outcome: Outcome, prerequisite: Prerequisite | None) -> None:
        super().__init__("incomplete")
        self.outcome = outcome
        self.prerequisite = prerequisite


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the respondent keeps. ``reference`` is empty unless the campaign is nominative;
    ``sent_at`` is ``None`` in an anonymous one; ``mail`` tells where a copy goes."""

    reference: str = ""
    sent_at: datetime | None = None
    mail: str = ""


def submit(  # noqa: PLR0913 - the answer, by whom, by which door, when
    campaign: CampaignInfo,
    token: str,
    draft: Draft,
    *,
    today: date,
    now: datetime,
    invitation: str = "",
    user_id: int | None = None,
) -> None:
    """Check every answer, then store them; the draft is gone with the same transaction.

    A second call with the same token does nothing: it counts once. ``invitation`` is the
    token of the personal link by which the person came, if they came by one; ``user_id`` the
    colleague who types the answers of somebody else.

    :raises Incomplete: nothing is stored, the draft stays.
    :raises Full: nothing is stored, the draft stays.
    :raises LinkUsed: the personal link has served already; the same.
    :raises Gone: the answer that was to be changed is not there any more; the same.
    :raises NotAwaited: the dossier that asked for it does not expect it; the same.
    """
    outcome = check(campaign, draft, today=today)
    lacking = unmet(campaign, draft.values, today=today)
    if outcome.problems or lacking:
        raise Incomplete(outcome, lacking)
    if draft.edits:
        editing.replace(campaign, token, draft.edits, outcome.values, today=today, now=now)
        return
    try:
        _submit(campaign, _Sending(token, invitation, user_id, today, now), outcome.values)
    except IntegrityError:
        # The same answer arrived twice at once and the other one was first: PostgreSQL lets
        # both begin, the unique token stops the second.
        if not spent(db.session, campaign, hashed(token)):
            raise


@dataclass(frozen=True, slots=True)
class _Sending:
    """With which token an answer is sent, by which door, by whom and when."""

    token: str
    invitation: str
    user_id: int | None
    today: date
    now: datetime


def _submit(campaign: CampaignInfo, sending: _Sending, values: dict[str, Any]) -> None:
    token_hash, invitation = hashed(sending.token), sending.invitation
    with transaction() as session:
        places = _places(session, campaign)
        if not _first_time(session, campaign, token_hash):
            return
        if places <= 0:
            raise Full
        if campaign.anonymous and invitation:
            personal.spend(session, campaign.id, invitation)
        remove(session, token_hash)
        number = _store(session, campaign, sending.token, values, sending.today, sending.now)
        if not campaign.anonymous:
            _participate(session, campaign, token_hash, invitation, number)
            collecting.arrived(session, _arrival(campaign, sending, number, values))


def _arrival(
    campaign: CampaignInfo, sending: _Sending, number: int, values: dict[str, Any]
) -> collecting.Arrival:
    return collecting.Arrival(
        response_id=number,
        answers=values,
        definition=campaign.definition,
        internal=campaign.internal,
        draft_hash=hashed(sending.token),
        user_id=sending.user_id,
        today=sending.today,
        now=sending.now,
    )


def _participate(
    session: AnySession, campaign: CampaignInfo, token_hash: str, invitation: str, number: int
) -> None:
    """Note that whoever was invited has answered; only a nominative answer is named."""
    hashes = [token_hash] if campaign.nominative else []
    hashes += [hashed(invitation)] if invitation else []
    for candidate in hashes:
        invitation_id = personal.of_token(session, campaign.id, candidate)
        if invitation_id is not None:
            personal.participate(session, invitation_id, number if campaign.nominative else None)
            return


def _first_time(session: AnySession, campaign: CampaignInfo, token_hash: str) -> bool:
    """Spend the token; tell whether it was still good."""
    if campaign.nominative:
        return not spent(session, campaign, token_hash)
    insert = insert_into(session, _spent).on_conflict_do_nothing().returning(_spent.c.token_hash)
    used = {"token_hash": token_hash, "campaign_id": campaign.id}
    return session.connection().execute(insert, used).first() is not None


def check(campaign: CampaignInfo, draft: Draft, *, today: date) -> Outcome:
    """What is to be corrected in a whole draft, texts that were not understood included."""
    reading = Reading(campaign.definition, draft.values, today=today)
    outcome = outcome_of(reading)
    left = []
    for field in draft.raw:
        place = reading.places.get(field.partition("-")[0])
        if place is not None and reading.open(place):
            message = message_of(Code.TYPE, place.item.label)
            left.append(Problem(place.item.name, Code.TYPE, message, place.section.name))
    return replace(outcome, problems=(*outcome.problems, *left)) if left else outcome


def unmet(
    campaign: CampaignInfo,
    values: Mapping[str, Any],
    *,
    today: date,
    section: str | None = None,
) -> Prerequisite | None:
    """The first prerequisite that does not hold: of one page, or of all."""
    wanted = [p for p in campaign.definition.prerequisites if section in (None, p.section)]
    if not wanted:
        return None
    reading = Reading(campaign.definition, values, today=today)
    shown = {page.name for page in reading.sections()}
    return next((p for p in wanted if p.section in shown and not reading.holds(p.expression)), None)


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """A nominative answer, for its author."""

    document: dict[str, Any]
    receipt: Receipt


def receipt(campaign: CampaignInfo, token: str) -> Receipt | None:
    """The receipt of an answer that was sent with ``token``; ``None`` when none was."""
    if not campaign.nominative:
        return Receipt() if spent(db.session, campaign, hashed(token)) else None
    found = answer_sent(campaign, token)
    return found.receipt if found else None


def answer_sent(campaign: CampaignInfo, token: str) -> SentAnswer | None:
    """The nominative answer that was sent with ``token``; of no other is the author known."""
    if not campaign.nominative:
        return None
    statement = sa.select(Response.reference, Response.submitted_at, Response.document).where(
        Response.token_hash == hashed(editing.latest(token)),
        Response.campaign_id == campaign.id,
        Response.status == ResponseStatus.SUBMITTED,
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        return None
    reference, sent_at, document = found
    mail = document.get(campaign.definition.email_question, "")
    return SentAnswer(document, Receipt(reference or "", sent_at, mail))


def _places(session: AnySession, campaign: CampaignInfo) -> float:
    """How many answers the campaign still takes.

    The row of a campaign with a limit orders its senders, and is locked before anything is
    written: PostgreSQL would see a deadlock in two senders that lock it afterwards.
    """
    if campaign.capacity is None:
        return math.inf
    lock = sa.select(Campaign.capacity).where(Campaign.id == campaign.id).with_for_update()
    capacity = session.scalar(lock)
    return math.inf if capacity is None else capacity - submitted(session, campaign.id)


def _store(
    session: AnySession,
    campaign: CampaignInfo,
    token: str,
    values: dict[str, Any],
    today: date,
    now: datetime,
) -> int:
    """A new row with a new random key: nothing leads from the draft to the answer.

    Only a nominative answer keeps its token (the thank-you page finds its reference);
    an anonymous one keeps the day and the answers.
    """
    definition = campaign.definition
    row: dict[str, Any] = {
        "id": random_key(),
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "anonymous": campaign.anonymous,
        "status": ResponseStatus.SUBMITTED,
        "document": values,
        "saved_on": today,
        "submitted_on": today,
    }
    if not campaign.anonymous:
        row["submitted_at"] = now
        row["title_key"] = sort_key(definition, values)
        row["search"] = search_text(definition, values)
    if campaign.nominative:
        row["token_hash"] = hashed(token)
        row["reference"] = new_reference()
    session.connection().execute(sa.insert(_response), row)
    if campaign.nominative:
        _tell(session, campaign, row, token, now)
    return int(row["id"])


def _tell(
    session: AnySession, campaign: CampaignInfo, row: dict[str, Any], token: str, now: datetime
) -> None:
    """Note a nominative answer in the history and send its author a copy."""
    session.add(
        Event(
            at=now,
            kind="response.submitted",
            subject="response",
            subject_id=row["id"],
            data={"campaign": campaign.id},
        )
    )
    if campaign.internal and collecting.corrects(session, row["token_hash"]):
        return  # what a colleague corrects is not news for its author
    answer = Acknowledged(row["id"], row["reference"], row["document"], now, token=token)
    acknowledge(session, campaign, answer)


def new_reference() -> str:
    """« K7QF-2M9X »: short enough to be read out on the telephone."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"
