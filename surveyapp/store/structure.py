"""The CPTS itself, as pages, letters and documents name it."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.exc import OperationalError, ProgrammingError

from surveyapp.core.french import typeset
from surveyapp.models import Structure, db

_KNOWN = "surveyapp.structure"
_PLACE = re.compile(r"\{(structure|address|contact|dpo)\}")

#: What pages say before the structure has been described.
UNNAMED = "Votre CPTS"
DEFAULT_COLOUR = "#1d5c63"
DEFAULT_TIMEZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class StructureInfo:
    """A copy of the row, free of the session. ``timezone`` is an IANA name.

    ``territory`` is empty for the one of the time zone; a rate that is not set is ``None``.
    """

    name: str = UNNAMED
    address: str = ""
    email: str = ""
    phone: str = ""
    referent: str = ""
    dpo_email: str = ""
    timezone: str = DEFAULT_TIMEZONE
    color: str = DEFAULT_COLOUR
    territory: str = ""
    hour_cents: int | None = None
    kilometre_mills: int | None = None
    membership_url: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def fill(self, text: str) -> str:
        """Replace ``{structure}``, ``{address}``, ``{contact}`` and ``{dpo}`` in a notice.

        What the CPTS has not told yet is replaced by words that keep the sentence right.
        """
        known = {
            "structure": self.name,
            "address": " ".join(self.address.split()) or "adresse non précisée",
            "contact": self.email or self.phone or f"la coordination de {self.name}",
            "dpo": self.dpo_email or self.email or f"la coordination de {self.name}",
        }
        return typeset(_PLACE.sub(lambda place: known[place[1]], text))


_ROW = sa.select(*(getattr(Structure, field.name) for field in fields(StructureInfo))).where(
    Structure.id == 1
)


def structure() -> StructureInfo:
    """Return the structure, or its defaults before it is described.

    Read once in a request: every page names the CPTS several times. An error page must
    still be shown when the database does not answer or is not migrated: then the defaults
    are returned too.
    """
    if not has_request_context():
        return _read()
    known: StructureInfo | None = request.environ.get(_KNOWN)
    if known is None:
        known = request.environ[_KNOWN] = _read()
    return known


def _read() -> StructureInfo:
    try:
        row = db.session.execute(_ROW).first()
    except (OperationalError, ProgrammingError):
        if db.session.info.get("writing"):
            raise  # to roll back would silently lose what is being written
        db.session.rollback()
        return StructureInfo()
    if row is None:
        return StructureInfo()
    told = {name: value for name, value in row._mapping.items() if value}
    return StructureInfo(**told)
