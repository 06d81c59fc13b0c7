"""Calling those who said nothing, where the campaign knows who answered what."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from surveyapp.models import Invitation
from surveyapp.services.transaction import transaction

NOTE_LENGTH = 200


def note_call(campaign_id: int, invitation_id: int, note: str, *, today: date) -> bool:
    """Note that this person was called; false when the invitation is gone."""
    with transaction() as session:
        found = session.execute(
            sa.update(Invitation)
            .where(Invitation.id == invitation_id, Invitation.campaign_id == campaign_id)
            .values(called_on=today, call_note=" ".join(note.split())[:NOTE_LENGTH])
            .returning(Invitation.id)
        )
        return found.first() is not None
