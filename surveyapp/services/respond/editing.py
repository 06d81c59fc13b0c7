"""Changing an answer that was sent, where its questionnaire says ``edit_until_close``.

Whoever holds the token of the answer can compute its successor, nobody else can. The
successor is the token of the draft of the change; once that is sent it is the token of the
answer, and the former one is spent. So every link of an earlier mail still leads to the
answer, and a page of an earlier state that arrives late writes nothing.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers import Reading
from surveyapp.core.title import search_text, sort_key
from surveyapp.models import (
    Campaign,
    Event,
    FormVersion,
    Response,
    ResponseStatus,
    SpentToken,
    Verbatim,
    db,
    random_key,
)
from surveyapp.services.dossiers import collecting
from surveyapp.services.publish import definition_of
from surveyapp.services.respond.campaigns import CampaignInfo
from surveyapp.services.respond.drafts import hashed, remove
from surveyapp.services.respond.mails import Acknowledged, acknowledge
from surveyapp.services.transaction import AnySession, insert_into, transaction

#: Changes after which the links of the first mails lead nowhere.
MOST_CHANGES = 100

_response: Any = Response.__table__
_spent: Any = SpentToken.__table__


class Gone(Exception):
    """The answer that was to be changed does not exist any more."""


def successor(token: str) -> str:
    """The token that follows ``token`` when its answer is changed."""
    digest = hashlib.sha256(b"modifier:" + token.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def latest(token: str) -> str:
    """The token that the answer sent with ``token`` bears now."""
    for _ in range(MOST_CHANGES):
        spent = sa.select(_spent.c.token_hash).where(_spent.c.token_hash == hashed(token))
        if db.session.execute(spent).first() is None:
            break
        token = successor(token)
    return token


def reopen(campaign: CampaignInfo, token: str, *, today: date) -> str:
    """Make a draft of the answer sent with ``token``; return the token of the draft.

    A change that was begun and not sent, on another device perhaps, is gone on with.

    :raises Gone: there is no such answer.
    """
    with transaction() as session:
        token = latest(token)
        found = session.scalars(
            sa.select(Response).where(
                Response.token_hash == hashed(token),
                Response.campaign_id == campaign.id,
                Response.status == ResponseStatus.SUBMITTED,
            )
        ).one_or_none()
        if found is None:
            raise Gone
        fresh = successor(token)
        _draft_of(session, found, hashed(fresh), today)
    return fresh


def _draft_of(session: AnySession, answer: Response, token_hash: str, today: date) -> None:
    version = session.get_one(FormVersion, answer.version_id)
    reading = Reading(definition_of(version), answer.document, today=today)
    document = {
        "values": answer.document,
        "raw": {},
        "seen": [section.name for section in reading.sections()],
        "edits": answer.id,
    }
    insert = insert_into(session, _response).values(
        id=random_key(),
        campaign_id=answer.campaign_id,
        version_id=answer.version_id,
        anonymous=False,
        status=ResponseStatus.DRAFT,
        token_hash=token_hash,
        document=document,
        page="",
        saved_on=today,
    )
    session.connection().execute(insert.on_conflict_do_nothing(index_elements=["token_hash"]))


def replace(
    campaign: CampaignInfo,
    token: str,
    answer_id: int,
    values: dict[str, Any],
    *,
    today: date,
    now: datetime,
) -> None:
    """Put ``values`` in the place of what was sent; the reference and the date of sending stay.

    A second call with the same token does nothing.

    :raises Gone: the answer was deleted meanwhile; the draft stays.
    """
    with transaction() as session:
        answer = session.scalars(
            sa.select(Response)
            .where(Response.id == answer_id, Response.status == ResponseStatus.SUBMITTED)
            .with_for_update()
        ).one_or_none()
        if answer is None:
            raise Gone
        if answer.token_hash == hashed(token):
            return
        _forget_decisions(session, answer, values)
        _succeed(session, answer, hashed(token))
        answer.document, answer.version_id = values, campaign.version_id
        answer.saved_on = today
        answer.title_key = sort_key(campaign.definition, values)
        answer.search = search_text(campaign.definition, values)
        _tell(session, campaign, answer, token, now)
        session.flush()
        collecting.edited(session, answer.id, today=today, now=now)


def _forget_decisions(session: AnySession, answer: Response, values: dict[str, Any]) -> None:
    """What the coordination decided of an open answer is not said of another text."""
    known = {*answer.document, *values}
    changed = [name for name in known if answer.document.get(name) != values.get(name)]
    session.execute(
        sa.delete(Verbatim).where(Verbatim.response_id == answer.id, Verbatim.question.in_(changed))
    )


def _succeed(session: AnySession, answer: Response, token_hash: str) -> None:
    """The draft goes away and its token becomes that of the answer."""
    remove(session, token_hash)
    former = {"token_hash": answer.token_hash, "campaign_id": answer.campaign_id}
    session.connection().execute(insert_into(session, _spent).on_conflict_do_nothing(), former)
    answer.token_hash = token_hash


def _tell(
    session: AnySession, campaign: CampaignInfo, answer: Response, token: str, now: datetime
) -> None:
    """Whoever keeps columns reads them again; the history and the author know."""
    session.execute(
        sa.update(Campaign).where(Campaign.id == campaign.id).values(epoch=Campaign.epoch + 1)
    )
    session.add(
        Event(
            at=now,
            kind="response.edited",
            subject="response",
            subject_id=answer.id,
            data={"campaign": campaign.id},
        )
    )
    told = Acknowledged(
        answer.id, answer.reference or "", answer.document, now, token=token, changed=True
    )
    acknowledge(session, campaign, told)
