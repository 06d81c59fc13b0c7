"""Two cards of one person become one; its invitations and dossiers follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.directory.merging import merge as merged_card
from surveyapp.models import (
    ChangeKind,
    ChangeState,
    DirectoryChange,
    Invitation,
    Participation,
)
from surveyapp.services.people.cards import find, note, write_card
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.ties import move_ties
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import people as store


def merge(
    kept_id: int,
    other_id: int,
    choices: Mapping[str, str],
    *,
    author_id: int | None,
    now: datetime,
) -> int:
    """Keep one card with the chosen fields, remove the other; return the change, to undo it.

    :raises PeopleError: one of them is gone, or they are the same.
    """
    if kept_id == other_id:
        raise PeopleError("Choisissez deux fiches différentes.")
    with transaction() as session:
        kept, other = find(session, kept_id), find(session, other_id)
        mine, theirs = store.card_of(kept), store.card_of(other)
        after = merged_card(mine, theirs, choices)
        moved, dropped = _follow(session, kept_id, other_id)
        ties = move_ties(session, source=other_id, target=kept_id)
        alone = (bool(kept.dossier_only), bool(other.dossier_only))
        session.flush()
        session.delete(other)
        session.flush()
        write_card(kept, after)
        kept.dossier_only, kept.updated_at = all(alone), now
        change = DirectoryChange(
            kind=ChangeKind.MERGE,
            state=ChangeState.APPLIED,
            mapping={"moved": moved, "dropped": dropped, "ties": ties},
            changes=[
                _change(kept_id, mine.to_json(), after.to_json(), alone[0]),
                _change(other_id, theirs.to_json(), None, alone[1]),
            ],
            author_id=author_id,
            at=now,
        )
        session.add(change)
        session.flush()
        data = {"change": change.id, "invitations": len(moved)}
        note(session, "merged", ("person", kept_id), author_id=author_id, now=now, data=data)
        return change.id


def _change(
    person_id: int, before: dict[str, Any], after: dict[str, Any] | None, dossier_only: bool
) -> dict[str, Any]:
    return {"id": person_id, "before": before, "after": after, "dossier_only": dossier_only}


def _follow(
    session: AnySession, kept_id: int, other_id: int
) -> tuple[list[int], list[dict[str, Any]]]:
    """Give the invitations of the other card to the one that is kept.

    Invited twice to one campaign: the invitation that was used stays, else that of the card
    that is kept; the other one is noted, to come back with an undo.

    :return: the keys of those that moved, and what was dropped.
    """
    several = session.scalars(
        sa.select(Invitation).where(Invitation.person_id.in_((kept_id, other_id)))
    ).all()
    mine = {i.campaign_id: i for i in several if i.person_id == kept_id}
    moved: list[int] = []
    dropped: list[dict[str, Any]] = []
    for invitation in several:
        if invitation.person_id != other_id:
            continue
        rival = mine.get(invitation.campaign_id)
        if rival is not None:
            used, free = _used(session, invitation.id), not _used(session, rival.id)
            loser = rival if used and free else invitation
            dropped.append(_dropped(session, loser))
            session.delete(loser)
            session.flush()
            if loser is invitation:
                continue
        invitation.person_id = kept_id
        moved.append(invitation.id)
    return moved, dropped


def _used(session: AnySession, invitation_id: int) -> bool:
    return session.get(Participation, invitation_id) is not None


def _dropped(session: AnySession, invitation: Invitation) -> dict[str, Any]:
    """Every column of an invitation and of its participation, as JSON."""
    values = {c.key: getattr(invitation, c.key) for c in sa.inspect(Invitation).column_attrs}
    plain = {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}
    used = session.get(Participation, invitation.id)
    if used is not None:
        plain["participation"] = {"anonymous": used.anonymous, "response_id": used.response_id}
    return plain


def restore_invitations(session: AnySession, change: DirectoryChange, *, other_id: int) -> None:
    """Give back what :func:`merge` moved and dropped. The other card exists again."""
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id.in_(change.mapping.get("moved", ())))
        .values(person_id=other_id)
    )
    for values in change.mapping.get("dropped", ()):
        participation = values.get("participation")
        own = {k: v for k, v in values.items() if k != "participation"}
        for day in ("mailed_on", "called_on"):
            own[day] = date.fromisoformat(own[day]) if own[day] else None
        session.add(Invitation(**own))
        session.flush()
        if participation:
            session.add(Participation(invitation_id=own["id"], **participation))
