"""Who accompanies a person and who is in charge, and what a change of them writes again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from surveyapp.core.french import typeset
from surveyapp.core.journey.definition import Actor, Mail
from surveyapp.core.journey.dossier import Mark
from surveyapp.core.journey.due import Due, DueKind
from surveyapp.models import DossierAct, Message, Person, User, WorkState
from surveyapp.services.dossiers import mails
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.changing import changing, coordination_only
from surveyapp.services.dossiers.corrections import stop_mails, under
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.facts import write_facts
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import note, person_name, user_name
from surveyapp.services.transaction import AnySession

#: « Leave it as it is », where ``None`` means « nobody ».
UNCHANGED: Final = -1
_NAMED = "{ambassadeur}"


def assign(
    dossier_id: int,
    *,
    viewer: Viewer,
    today: date,
    now: datetime,
    ambassador_id: int | None = UNCHANGED,
    owner_id: int | None = UNCHANGED,
) -> None:
    """Say which ambassador accompanies the person and which colleague is in charge.

    Once the assignment has taken place, another ambassador is told, and the person with them;
    what waited for the former one does not leave (:func:`told_again`).
    """
    with changing(dossier_id, viewer, today=today, now=now) as (session, found, actor):
        coordination_only(actor, "Attribuer un dossier")
        row, former = found.row, found.row.ambassador
        before = {"ambassador": row.ambassador_id, "owner": row.owner_id}
        names: dict[str, Any] = {}
        if ambassador_id != UNCHANGED:
            person = _known(session, Person, ambassador_id, "Cette personne n’est plus connue.")
            row.ambassador_id = ambassador_id
            names |= _named(found, "ambassador", person_name(person))
        if owner_id != UNCHANGED:
            user = _known(session, User, owner_id, "Ce compte n’existe plus.")
            row.owner_id = owner_id
            names |= _named(found, "colleague", user_name(user))
        after = {"ambassador": row.ambassador_id, "owner": row.owner_id}
        if before != after:
            data = {"before": before, "after": after}
            note(session, row.id, "assigned", author_id=viewer.user_id, now=now, data=data)
        write_facts(session, row, names, author_id=viewer.user_id, now=now)
        if before["ambassador"] != after["ambassador"]:
            _hand_over(session, dossier_id, former, today=today, now=now)


def _known(session: AnySession, model: type[Any], key: int | None, gone: str) -> Any:
    found = None if key is None else session.get(model, key)
    if key is not None and found is None:
        raise DossierError(f"{gone} Rechargez la page.")
    return found


def _named(found: Opened, kind: str, name: str) -> dict[str, Any]:
    """The facts of the journey that hold this name, so that guards and columns read it."""
    return {fact.name: name for fact in found.journey.facts if fact.kind.value == kind}


def told_again(found: Opened, today: date) -> tuple[Mail, ...]:
    """The mails that another ambassador sets off, as the assignment had: none before it took
    place, nor once the dossier is closed or came back to before it."""
    return tuple(dict.fromkeys(mail for mail, _ in _followed(found, today)))


def _followed(found: Opened, today: date) -> Iterator[tuple[Mail, Mark]]:
    """Each mail that goes to the ambassador or names them, with the last step that caused it."""
    view = found.dossier
    if view.stage.closed:
        return
    for mail in found.journey.mails:
        if not _concerned(mail):
            continue
        mark = view.latest(m for name in mail.after for m in view.happened(name, today))
        key = "" if mark is None else f"{DueKind.MAIL}:{mail.name}:{mark.id}"
        if mark is not None and key in view.acted and _stands(found, mark):
            yield mail, mark


def _concerned(mail: Mail) -> bool:
    return Actor.AMBASSADOR in mail.to or _NAMED in mail.subject + mail.text


def _stands(found: Opened, mark: Mark) -> bool:
    """Whether the dossier has not come back since to where the step leaves from."""
    view, step = found.dossier, found.journey.transition(mark.name)
    if step is None:
        return False
    since = (entry for entry in view.entries() if view.rank(entry) > view.rank(mark))
    return not any(entry.name in step.sources for entry in since)


def _hand_over(
    session: AnySession, dossier_id: int, former: Person | None, *, today: date, now: datetime
) -> None:
    session.flush()
    session.expire(opened(session, dossier_id).row, ["ambassador"])
    found = opened(session, dossier_id)
    _stop_reminders(session, found, former)
    for mail, mark in list(_followed(found, today)):
        left = _take_back(session, found, mail, mark)
        now_with = found.row.ambassador
        if now_with is not None and left is not None and not _tells(left, now_with):
            _write_again(session, found, mail, mark, today=today, now=now)


def _take_back(session: AnySession, found: Opened, mail: Mail, mark: Mark) -> Message | None:
    """Delete the mails that wait, as if they had not been written; the last one that left.

    When none left, the mail is due again, and is written with the next ambassador.
    """
    number, first = found.row.id, f"{DueKind.MAIL}:{mail.name}:{mark.id}"
    statement = sa.select(DossierAct).where(
        DossierAct.dossier_id == number,
        DossierAct.kind == DueKind.MAIL,
        DossierAct.name == mail.name,
    )
    acts = [act for act in session.scalars(statement) if act.key.endswith(f":{mark.id}")]
    left: list[Message] = []
    for act in acts:
        key = f"dossier:{number}:{act.key}"
        stop_mails(session, key)
        gone = list(session.scalars(sa.select(Message).where(under(key))))
        left += gone
        if not gone and act.key != first:
            session.delete(act)
    written = {message.dedupe_key for message in left}
    for act in acts:
        if act.key == first and not left and found.row.ambassador is not None:
            session.delete(act)
        elif act.key == first and f"dossier:{number}:{first}" not in written:
            act.muted = True
    session.flush()
    return max(left, key=lambda message: message.id, default=None)


def _tells(message: Message, person: Person) -> bool:
    """Whether the last mail that left already speaks to this ambassador, or of them."""
    name = " ".join(typeset(person_name(person)).split())
    to_them = message.recipient.casefold() == (person.email or "").casefold()
    return to_them or name in " ".join(message.text.split())


def _write_again(
    session: AnySession, found: Opened, mail: Mail, mark: Mark, *, today: date, now: datetime
) -> None:
    """Under a key of its own, which ends as the first one does: with the mark."""
    key = f"{DueKind.MAIL}:{mail.name}:{found.row.revision + 1}:{mark.id}"
    item = Due(key, DueKind.MAIL, mail.name, today, mail.to)
    act = DossierAct(dossier_id=found.row.id, key=key, kind=item.kind.value, name=mail.name)
    act.on, act.at = today, now
    session.add(act)
    session.flush()
    done = replace(found.dossier, acted=found.dossier.acted | {key})
    mails.send(session, Opened(found.row, done, found.marks), item, today=today, now=now)


def _stop_reminders(session: AnySession, found: Opened, former: Person | None) -> None:
    """Those that wait for the former ambassador are forgotten: the next one is reminded."""
    address = (former.email or "").strip() if former is not None else ""
    if not address:
        return
    number = found.row.id
    reminders = session.scalars(
        sa.select(DossierAct).where(
            DossierAct.dossier_id == number, DossierAct.kind == DueKind.REMINDER
        )
    ).all()
    for act in reminders:
        waiting = sa.delete(Message).where(
            under(f"dossier:{number}:{act.key}"),
            Message.state == WorkState.PENDING,
            sa.func.lower(Message.recipient) == address.lower(),
        )
        if session.execute(waiting.returning(Message.id)).all():
            session.delete(act)
    session.flush()
