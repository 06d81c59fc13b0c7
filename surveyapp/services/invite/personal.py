"""Personal links: whom one belongs to, whether it has served, what its answer leaves.

An anonymous answer leaves a mark that only the key relates to an invitation; who has
answered is written later, with others (:mod:`surveyapp.services.invite.batches`). The other
answers say at once that the person has answered, and the mails that wait are withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import Mode
from surveyapp.core.personal import draft_token, spent_mark, token_hash, token_of
from surveyapp.links import absolute_url, settings
from surveyapp.models import (
    Campaign,
    FormVersion,
    Invitation,
    Message,
    Participation,
    SpentToken,
    WorkState,
    db,
)
from surveyapp.services.transaction import AnySession, insert_into
from surveyapp.store import invitations as store

_CHUNK = 500


class LinkUsed(Exception):
    """The personal link has served for an answer already: this one is not taken."""


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """A link that somebody opened. ``draft`` is the token of the draft that goes with it,
    empty in an anonymous campaign, where nothing goes with it. ``deleted``: it served for
    a nominative answer that was deleted since."""

    invitation_id: int
    slug: str
    mode: Mode
    draft: str
    used: bool
    deleted: bool


def key() -> str:
    """The key of personal links."""
    return settings().invitation_key


def link_of(invitation_id: int) -> str:
    """The address that the mail of an invitation carries."""
    return absolute_url("respond.personal", token=token_of(key(), invitation_id))


def open_link(token: str) -> PersonalLink | None:
    """What is behind ``/i/TOKEN``; ``None`` when there is nothing (any more)."""
    statement = (
        sa.select(Invitation.id, Campaign.id, Campaign.slug, FormVersion.mode, store.deleted)
        .join(Campaign, Campaign.id == Invitation.campaign_id)
        .join(FormVersion, FormVersion.id == Campaign.version_id)
        .where(Invitation.token_hash == token_hash(token))
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        return None
    invitation_id, campaign_id, slug, mode, deleted = row
    used = has_answered(db.session, invitation_id) or is_spent(campaign_id, token, mode)
    return PersonalLink(invitation_id, slug, mode, draft_of(token, mode), used, deleted)


def draft_of(token: str, mode: Mode) -> str:
    """The token of the draft that a personal link opens on any device.

    A nominative draft bears the token of the link itself, so that its answer is known to be
    this person's wherever it is sent from. A confidential one bears a token that nobody can
    relate to the link without the key.
    """
    if mode is Mode.ANONYMOUS:
        return ""
    return token if mode is Mode.NOMINATIVE else draft_token(key(), token)


def mark_of(token: str, mode: Mode) -> str:
    """The hash that stands in ``spent_token`` once the link has served."""
    if mode is Mode.CONFIDENTIAL:
        return token_hash(draft_token(key(), token))
    return spent_mark(key(), token)


def is_spent(campaign_id: int, token: str, mode: Mode) -> bool:
    """Whether the mark of a link is there."""
    if mode is Mode.NOMINATIVE:
        return False  # its participation is written with the answer
    found = sa.select(SpentToken.token_hash).where(
        SpentToken.token_hash == mark_of(token, mode), SpentToken.campaign_id == campaign_id
    )
    return db.session.execute(found).first() is not None


def has_answered(session: AnySession, invitation_id: int) -> bool:
    """Whether the participation of an invitation is written."""
    found = sa.select(Participation.invitation_id).where(
        Participation.invitation_id == invitation_id
    )
    return session.execute(found).first() is not None


def of_token(session: AnySession, campaign_id: int, hashed: str) -> int | None:
    """The invitation of a campaign whose token has this hash."""
    return session.scalar(
        sa.select(Invitation.id).where(
            Invitation.token_hash == hashed, Invitation.campaign_id == campaign_id
        )
    )


def spend(session: AnySession, campaign_id: int, token: str) -> None:
    """Use the link of an anonymous answer, in its transaction; :raises LinkUsed: it was used.

    Nothing else is written: neither the invitation nor its mails change.
    """
    invitation_id = of_token(session, campaign_id, token_hash(token))
    if invitation_id is not None and has_answered(session, invitation_id):
        raise LinkUsed
    mark = {"token_hash": spent_mark(key(), token), "campaign_id": campaign_id}
    table: Any = SpentToken.__table__
    insert = insert_into(session, table).on_conflict_do_nothing().returning(table.c.token_hash)
    if session.connection().execute(insert, mark).first() is None:
        raise LinkUsed


def participate(session: AnySession, invitation_id: int, response_id: int | None) -> None:
    """Note who has answered, in the transaction of an answer that is not anonymous.

    ``response_id`` is told of a nominative answer only. :raises LinkUsed: they had answered.
    """
    table: Any = Participation.__table__
    row = {"invitation_id": invitation_id, "anonymous": False, "response_id": response_id}
    insert = insert_into(session, table).on_conflict_do_nothing().returning(table.c.invitation_id)
    if session.connection().execute(insert, row).first() is None:
        raise LinkUsed
    withdraw_mails(session, [invitation_id])


def withdraw_mails(session: AnySession, invitation_ids: Iterable[int]) -> None:
    """Take the mails that wait out of the outbox: these people need none any more."""
    ids = list(invitation_ids)
    for start in range(0, len(ids), _CHUNK):
        session.execute(
            sa.delete(Message).where(
                Message.invitation_id.in_(ids[start : start + _CHUNK]),
                Message.solicitation,
                sa.or_(
                    Message.state == WorkState.PENDING,
                    # claimed, but its first attempt has not begun: it finds no row, and leaves it
                    sa.and_(Message.state == WorkState.RUNNING, Message.tried_at.is_(None)),
                ),
            )
        )
