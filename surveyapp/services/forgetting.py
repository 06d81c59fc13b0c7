"""An answer goes away with what was made of it: changes under way, copies sent by mail."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from surveyapp.models import Campaign, Event, Message, Response, ResponseStatus
from surveyapp.services.transaction import AnySession


def forget_answer(
    session: AnySession, response: Response, author_id: int | None, now: datetime
) -> None:
    """The answer, the change of it that is under way, what was decided of its texts."""
    changes = sa.select(Response).where(
        Response.campaign_id == response.campaign_id,
        Response.status == ResponseStatus.DRAFT,
        Response.anonymous.is_(False),
    )
    for draft in session.scalars(changes):
        if draft.document.get("edits") == response.id:
            session.delete(draft)
    session.delete(response)
    session.execute(
        sa.update(Campaign)
        .where(Campaign.id == response.campaign_id)
        .values(epoch=Campaign.epoch + 1)
    )
    session.add(
        Event(
            at=now,
            user_id=author_id,
            kind="response.deleted",
            subject="response",
            subject_id=response.id,
            data={"campaign": response.campaign_id},
        )
    )


def forget_receipts(session: AnySession, response_id: int) -> int:
    """The mails that hold a copy of the answer, sent or not."""
    key = f"respond.receipt:{response_id}"
    copies = sa.or_(Message.dedupe_key == key, Message.dedupe_key.startswith(f"{key}:"))
    deleted = session.execute(sa.delete(Message).where(copies))
    return int(getattr(deleted, "rowcount", 0))
