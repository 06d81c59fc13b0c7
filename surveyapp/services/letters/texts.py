"""Which text a mail gets: the campaign's own, that of all campaigns, the program's."""

from __future__ import annotations

import sqlalchemy as sa

from surveyapp.core.letter import LetterKind, Wording
from surveyapp.models import MailTemplate
from surveyapp.services.letters.defaults import default_wording
from surveyapp.services.transaction import AnySession

EVERYWHERE = "all"


def scope_of(campaign_id: int | None) -> str:
    """The scope of the texts of one campaign, or of all."""
    return EVERYWHERE if campaign_id is None else f"campaign:{campaign_id}"


def wording_of(
    session: AnySession, kind: LetterKind, *, campaign_id: int | None, language: str
) -> Wording:
    """The text to send: the nearest that was written, else the program's."""
    nearest = scope_of(campaign_id)
    statement = sa.select(MailTemplate).where(
        MailTemplate.scope.in_({nearest, EVERYWHERE}),
        MailTemplate.kind == kind.value,
        MailTemplate.language == language,
    )
    found = {row.scope: row for row in session.scalars(statement)}
    row = found.get(nearest) or found.get(EVERYWHERE)
    return Wording(row.subject, row.body) if row else default_wording(kind, language)
