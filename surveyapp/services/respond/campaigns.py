"""What a respondent may find behind an address: the campaign, and whether it takes answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from surveyapp.core.campaign import Phase, phase
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.models import (
    Access,
    Campaign,
    CampaignState,
    FormVersion,
    Response,
    ResponseStatus,
    db,
)
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession

#: Whoever began before the closing date has this long to send: nobody loses an answer for
#: having read slowly. A campaign that the coordination closes by hand closes at once.
GRACE = timedelta(hours=1)


class Door(StrEnum):
    """Whether answers come in."""

    OPEN = "open"
    GRACE = "grace"  # closing: a draft may still be sent, none may be begun
    SOON = "soon"
    CLOSED = "closed"
    FULL = "full"
    INVITED = "invited"  # only whoever has a personal link comes in
    UNKNOWN = "unknown"  # not published


@dataclass(frozen=True, slots=True)
class CampaignInfo:
    """A campaign as the respondent's pages need it, free of the session.

    ``messages`` are the coordination's own words (see :class:`surveyapp.models.Campaign`);
    an ``internal`` one takes the forms of dossiers.
    """

    id: int
    slug: str
    title: str
    state: CampaignState
    opens_at: datetime | None
    closes_at: datetime | None
    capacity: int | None
    access: Access
    internal: bool
    language: str
    messages: Mapping[str, str]
    redirect_url: str
    version_id: int
    digest: str
    definition: FormDefinition

    @property
    def anonymous(self) -> bool:
        return self.definition.anonymous

    @property
    def nominative(self) -> bool:
        return self.definition.mode is Mode.NOMINATIVE

    @property
    def invited_only(self) -> bool:
        """Whether only whoever has a personal link may answer."""
        return self.access is Access.INVITED

    @property
    def reviewed(self) -> bool:
        """Whether the respondent reads the answers again before sending them."""
        return self.definition.mode is not Mode.ANONYMOUS

    @property
    def resumable(self) -> bool:
        """Whether a link to go on later can be sent by mail: never in an anonymous campaign."""
        return self.definition.mode is not Mode.ANONYMOUS

    def editable(self, now: datetime) -> bool:
        """Whether an answer that was sent may be changed: a full campaign takes no new one,
        but those it has may change."""
        allowed = self.definition.edit_until_close and self.nominative and not self.internal
        return allowed and self.door(now) in (Door.OPEN, Door.FULL)

    def door(self, now: datetime) -> Door:
        """Whether answers come in at ``now``. Those of a meeting come by its own pages."""
        if self.definition.live:
            return Door.UNKNOWN
        match phase(self.state, opens_at=self.opens_at, closes_at=self.closes_at, now=now):
            case Phase.DRAFT:
                return Door.UNKNOWN
            case Phase.SCHEDULED:
                return Door.SOON
            case Phase.OPEN:
                return Door.FULL if self._full() else Door.OPEN
        return Door.GRACE if self._in_grace(now) else Door.CLOSED

    def _in_grace(self, now: datetime) -> bool:
        if self.state is not CampaignState.OPEN or self.closes_at is None:
            return False
        return now < self.closes_at + GRACE and not self._full()

    def _full(self) -> bool:
        return self.capacity is not None and submitted(db.session, self.id) >= self.capacity


_campaign: Any = Campaign.__table__
_version: Any = FormVersion.__table__
#: A campaign with the digest of its version, as :func:`info_of` reads it. Statements are
#: built once, on tables rather than classes: each page asks for one.
COLUMNS = (
    _campaign.c.id,
    _campaign.c.slug,
    _campaign.c.title,
    _campaign.c.state,
    _campaign.c.opens_at,
    _campaign.c.closes_at,
    _campaign.c.capacity,
    _campaign.c.access,
    _campaign.c.internal,
    _campaign.c.language,
    _campaign.c.messages,
    _campaign.c.redirect_url,
    _campaign.c.version_id,
    _version.c.sha256,
)
SOURCE = _campaign.join(_version, _version.c.id == _campaign.c.version_id)
_FIELDS = tuple(f.name for f in fields(CampaignInfo) if f.name != "definition")
_BY_SLUG = sa.select(*COLUMNS).select_from(SOURCE).where(_campaign.c.slug == sa.bindparam("slug"))
_OPEN = (
    sa.select(*COLUMNS)
    .select_from(SOURCE)
    .where(
        _campaign.c.state == CampaignState.OPEN,
        _campaign.c.listed,
        _campaign.c.access != Access.INVITED,
    )
    .order_by(_campaign.c.title)
)

#: Questionnaires by version. A version never changes, so neither does this.
_definitions: dict[tuple[int, str], FormDefinition] = {}
_DEFINITIONS_MAX = 64


def find(slug: str) -> CampaignInfo | None:
    """The campaign at ``/q/SLUG``; ``None`` when there is none."""
    row = db.session.connection().execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else info_of(row)


def listed(now: datetime) -> list[CampaignInfo]:
    """The campaigns that the home page proposes, by title."""
    found = [info_of(row) for row in db.session.connection().execute(_OPEN)]
    return [campaign for campaign in found if campaign.door(now) is Door.OPEN]


def with_version(campaign: CampaignInfo, version_id: int) -> CampaignInfo:
    """The same campaign with the version that a draft was begun with."""
    if version_id == campaign.version_id:
        return campaign
    version = db.session.get_one(FormVersion, version_id)
    return replace(
        campaign,
        version_id=version_id,
        digest=version.sha256,
        definition=_definition(version_id, version.sha256),
    )


def submitted(session: AnySession, campaign_id: int) -> int:
    """How many answers were sent."""
    count = sa.select(sa.func.count()).where(
        Response.campaign_id == campaign_id, Response.status == ResponseStatus.SUBMITTED
    )
    return session.scalar(count) or 0


def info_of(row: Sequence[Any]) -> CampaignInfo:
    """The campaign of a row of :data:`COLUMNS`."""
    values = dict(zip(_FIELDS, row, strict=True))
    definition = _definition(values["version_id"], values["digest"])
    return CampaignInfo(**values, definition=definition)


def _definition(version_id: int, digest: str) -> FormDefinition:
    key = (version_id, digest)
    if key not in _definitions:
        if len(_definitions) >= _DEFINITIONS_MAX:
            _definitions.clear()
        _definitions[key] = definition_of(db.session.get_one(FormVersion, version_id))
    return _definitions[key]
