"""What a respondent has typed so far, kept on the server.

The respondent alone holds the token of the draft; the database knows its SHA-256. The
draft of an anonymous answer has no time but a day, and disappears when it is sent.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from surveyapp.models import Campaign, Response, ResponseStatus, SpentToken, db, random_key
from surveyapp.services.dossiers import collecting
from surveyapp.services.respond.campaigns import COLUMNS, SOURCE, CampaignInfo, info_of
from surveyapp.services.transaction import AnySession, insert_into, transaction

_TOKEN_BYTES = 24
#: What a token begins with when a colleague types somebody else's answers, which open a dossier.
BEHALF = "dossier-"


class AlreadySent(Exception):
    """The draft of this token was sent: there is nothing left to change."""


@dataclass(slots=True)
class Draft:
    """The pages filled so far.

    ``values`` is an answer document that nobody has checked yet (hidden answers included:
    whoever changes their mind finds them again); ``raw`` holds, by field identifier, texts
    that could not be understood; ``seen`` the pages already saved; ``page`` the one where
    the person is, empty at the review. ``edits`` is the answer that it changes, 0 for a new
    one. ``stored``: it was read from the database.
    """

    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    page: str = ""
    version_id: int = 0
    edits: int = 0
    stored: bool = field(default=False, compare=False)

    def fill(
        self, page: str, names: Iterable[str], values: dict[str, Any], raw: dict[str, str]
    ) -> None:
        """Replace what was known of ``page``, which asks for ``names``."""
        known = frozenset(names)
        self.values = {k: v for k, v in self.values.items() if k not in known} | values
        self.raw = {k: v for k, v in self.raw.items() if k.partition("-")[0] not in known} | raw
        if page not in self.seen:
            self.seen.append(page)
        self.page = page


def new_token() -> str:
    """A token that nobody can guess; it is never written down on the server."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hashed(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


_response: Any = Response.__table__
_spent: Any = SpentToken.__table__
_OF_TOKEN = sa.and_(
    _response.c.token_hash == sa.bindparam("token"),
    _response.c.status == ResponseStatus.DRAFT,
)
_campaign: Any = Campaign.__table__
_DRAFT_COLUMNS = (_response.c.document, _response.c.page, _response.c.version_id)
_ENTRY = (
    sa.select(*COLUMNS, *_DRAFT_COLUMNS)
    .select_from(
        SOURCE.outerjoin(_response, sa.and_(_response.c.campaign_id == _campaign.c.id, _OF_TOKEN))
    )
    .where(_campaign.c.slug == sa.bindparam("slug"))
)
_UPDATE = (
    sa.update(_response)
    .where(_OF_TOKEN)
    .values(
        document=sa.bindparam("new_document"),
        page=sa.bindparam("new_page"),
        saved_on=sa.bindparam("new_saved_on"),
    )
)
_DELETE = sa.delete(_response).where(_OF_TOKEN)
_WAS_SENT = sa.select(_response.c.id).where(
    _response.c.token_hash == sa.bindparam("token"),
    _response.c.status == ResponseStatus.SUBMITTED,
)
_WAS_SPENT = sa.select(_spent.c.token_hash).where(_spent.c.token_hash == sa.bindparam("token"))


def find_with_draft(slug: str, token: str) -> tuple[CampaignInfo, Draft | None] | None:
    """The campaign at ``/q/SLUG`` and the draft of ``token`` in it, in one reading."""
    parameters = {"slug": slug, "token": hashed(token) if token else ""}
    row = db.session.connection().execute(_ENTRY, parameters).one_or_none()
    if row is None:
        return None
    *campaign, document, page, version_id = row
    draft = None if document is None else _draft(document, page, version_id)
    return info_of(campaign), draft


def load(campaign: CampaignInfo, token: str) -> Draft | None:
    """The draft of ``token``; ``None`` before the first page is saved, or once it is sent."""
    found = find_with_draft(campaign.slug, token)
    return found[1] if found else None


def _draft(document: dict[str, Any], page: str | None, version_id: int) -> Draft:
    return Draft(
        values=document.get("values", {}),
        raw=document.get("raw", {}),
        seen=document.get("seen", []),
        page=page or "",
        version_id=version_id,
        edits=document.get("edits", 0),
        stored=True,
    )


def whose(token: str) -> str | None:
    """Address word of the campaign where ``token`` has a draft or an answer."""
    statement = (
        sa.select(Campaign.slug)
        .join(Response, Response.campaign_id == Campaign.id)
        .where(Response.token_hash == hashed(token))
    )
    return db.session.scalar(statement)


def save(campaign: CampaignInfo, token: str, draft: Draft, *, today: date) -> None:
    """Keep the draft.

    :raises AlreadySent: another tab has sent it.
    :raises NotAwaited: the dossier that it is for is gone: nothing of it comes back.
    """
    document: dict[str, Any] = {"values": draft.values, "raw": draft.raw, "seen": draft.seen}
    if draft.edits:
        document["edits"] = draft.edits
    values = {"document": document, "page": draft.page, "saved_on": today}
    token_hash = hashed(token)
    update = {"token": token_hash, **{f"new_{name}": value for name, value in values.items()}}
    with transaction(durable=False) as session:
        connection = session.connection()
        if draft.stored and connection.execute(_UPDATE, update).rowcount:
            return
        if spent(session, campaign, token_hash):
            raise AlreadySent
        if campaign.internal and not token.startswith(BEHALF):
            collecting.expect_draft(session, token_hash)
        insert = insert_into(session, _response).values(
            id=random_key(),
            campaign_id=campaign.id,
            version_id=campaign.version_id,
            anonymous=campaign.anonymous,
            status=ResponseStatus.DRAFT,
            token_hash=token_hash,
            **values,
        )
        connection.execute(insert.on_conflict_do_update(index_elements=["token_hash"], set_=values))


def discard(token: str) -> None:
    """Forget a draft, at the respondent's request."""
    with transaction() as session:
        remove(session, hashed(token))


def remove(session: AnySession, token_hash: str) -> None:
    """Delete the draft, if there is one."""
    session.connection().execute(_DELETE, {"token": token_hash})


def spent(session: AnySession, campaign: CampaignInfo, token_hash: str) -> bool:
    """Whether the answer of this token was sent.

    Only a nominative one keeps its token, until it is changed and gets the next one.
    """
    statements = (_WAS_SENT, _WAS_SPENT) if campaign.nominative else (_WAS_SPENT,)
    connection, known = session.connection(), {"token": token_hash}
    return any(connection.execute(s, known).first() is not None for s in statements)
