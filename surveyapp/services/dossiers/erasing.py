"""What goes away: a whole dossier when its person asks, their identity when its time is over."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition, Kind
from surveyapp.core.journey.definition import FactKind
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.models import (
    Document,
    Dossier,
    DossierAct,
    DossierFile,
    DossierLink,
    DossierMark,
    DossierNote,
    DossierTerm,
    Event,
    FormVersion,
    Invitation,
    Message,
    Person,
    PlaceContact,
    Response,
    ResponseStatus,
    WorkState,
    db,
)
from surveyapp.services import accounts, columns_cache
from surveyapp.services.documents import file_of
from surveyapp.services.dossiers.access import Viewer, sight
from surveyapp.services.dossiers.ambassadors import JOURNEY as AMBASSADORS
from surveyapp.services.dossiers.changing import coordination_only
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import Opened, opened, views
from surveyapp.services.dossiers.records import new_reference, note
from surveyapp.services.forgetting import forget_answer, forget_receipts
from surveyapp.services.people.cards import forget_changes
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession, transaction

log = logging.getLogger(__name__)

_CHUNK = 200
#: Kinds of questions whose answers cannot name anybody.
_KEPT = frozenset(
    {
        *(Kind.INTEGER, Kind.DECIMAL, Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK),
        *(Kind.RANGE, Kind.DATE, Kind.TIME, Kind.DATETIME, Kind.ACKNOWLEDGE),
    }
)
_KEPT_FACTS = frozenset({FactKind.YES_NO, FactKind.NUMBER, FactKind.DATE, FactKind.CHOICE})


def erase(dossier_id: int, *, viewer: Viewer, reason: str, today: date, now: datetime) -> None:
    """Erase a dossier with all it holds: answers, notes, files, links, mails, history.

    The card of the person goes too when only this dossier needed it, and the account of an
    ambassador. One line stays: that it was done, when, by whom and why.
    """
    if not reason.strip():
        raise DossierError("Indiquez en quelques mots pourquoi ce dossier est effacé.")
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        if sight(viewer, found, today) is None:
            raise DossierGone
        coordination_only(viewer.actor, "Effacer un dossier")
        files = empty(session, found.row)
        campaigns = _campaigns(session, dossier_id)
        _forget_answers(session, dossier_id, author_id=viewer.user_id, now=now)
        person_id, journey = found.row.person_id, found.row.journey_name
        session.execute(sa.delete(DossierAct).where(DossierAct.dossier_id == dossier_id))
        session.delete(found.row)
        session.flush()
        _forget_person(session, person_id, journey)
        data = {"journey": journey, "reason": reason.strip()}
        note(session, dossier_id, "erased", author_id=viewer.user_id, now=now, data=data)
    _clean(files, campaigns)


def empty(session: AnySession, row: Dossier) -> list[Path]:
    """Take everything that names somebody away, but the answers; the files to remove."""
    mine = sa.select(DossierFile.document_id).where(DossierFile.dossier_id == row.id)
    documents = session.scalars(sa.select(Document).where(Document.id.in_(mine))).all()
    paths = [file_of(document) for document in documents]
    drafts = sa.select(DossierLink.draft_hash).where(DossierLink.dossier_id == row.id)
    session.execute(
        sa.delete(Response).where(
            Response.token_hash.in_(drafts), Response.status == ResponseStatus.DRAFT
        )
    )
    for model in (DossierFile, DossierLink, DossierNote, DossierTerm, PlaceContact):
        session.execute(sa.delete(model).where(model.dossier_id == row.id))
    for document in documents:
        session.delete(document)
    session.execute(sa.delete(Message).where(Message.dossier_id == row.id))
    session.execute(sa.delete(Event).where(Event.subject == "dossier", Event.subject_id == row.id))
    return paths


def _answers(session: AnySession, dossier_id: int) -> list[Response]:
    mine = sa.select(DossierMark.response_id).where(
        DossierMark.dossier_id == dossier_id, DossierMark.response_id.is_not(None)
    )
    return list(session.scalars(sa.select(Response).where(Response.id.in_(mine))))


def _campaigns(session: AnySession, dossier_id: int) -> set[int]:
    return {response.campaign_id for response in _answers(session, dossier_id)}


def _forget_answers(
    session: AnySession, dossier_id: int, *, author_id: int | None, now: datetime
) -> None:
    for response in _answers(session, dossier_id):
        forget_receipts(session, response.id)
        forget_answer(session, response, author_id, now)
    session.flush()


def _forget_person(session: AnySession, person_id: int | None, journey: str) -> None:
    """The card that existed because of the dossier, unless another one needs it; and the
    account of whoever has neither candidature nor mandate any more."""
    person = session.get(Person, person_id) if person_id is not None else None
    if person is None:
        return
    if journey == AMBASSADORS:
        _forget_account(session, person.id)
    if not person.dossier_only:
        return
    others = sa.select(Dossier.id).where(
        sa.or_(Dossier.person_id == person_id, Dossier.ambassador_id == person_id),
        Dossier.anonymised_on.is_(None),
    )
    if session.execute(others.limit(1)).first() is not None:
        return
    invited = sa.select(Invitation.id).where(Invitation.person_id == person_id)
    waiting = Message.state == WorkState.PENDING
    session.execute(sa.delete(Message).where(Message.invitation_id.in_(invited), waiting))
    _forget_account(session, person.id)
    forget_changes(session, person.id)
    session.delete(person)
    session.flush()


def _forget_account(session: AnySession, person_id: int) -> None:
    user = accounts.account_of(session, person_id)
    living = sa.select(Dossier.id).where(
        Dossier.person_id == person_id,
        Dossier.journey_name == AMBASSADORS,
        Dossier.anonymised_on.is_(None),
    )
    if user is not None and session.execute(living.limit(1)).first() is None:
        accounts.forget(session, user)


def _clean(files: Iterable[Path], campaigns: Iterable[int]) -> None:
    """After the commit: the files, and what is cached of the answers."""
    for path in files:
        path.unlink(missing_ok=True)
    for campaign_id in campaigns:
        columns_cache.forget(campaign_id)


def anonymise_due(*, today: date, now: datetime) -> int:
    """Anonymise the closed dossiers whose time is over; how many there were.

    One that fails, or whose journey cannot be read, keeps none of the others.
    """
    closed = sa.select(Dossier.id).where(Dossier.closed, Dossier.anonymised_on.is_(None))
    ids = list(db.session.scalars(closed.order_by(Dossier.id)))
    chunks = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
    found = [item for chunk in chunks for item in views(db.session, chunk).items()]
    return sum(_anonymised(number, view, today=today, now=now) for number, view in found)


def _anonymised(dossier_id: int, view: View, *, today: date, now: datetime) -> bool:
    try:
        return _over(view, today) and anonymise(dossier_id, today=today, now=now)
    except DossierGone:
        return False
    except Exception:
        log.exception("dossier %d", dossier_id)
        return False


def _over(view: View, today: date) -> bool:
    until = view.kept_until()
    return until is not None and until <= today


def anonymise(dossier_id: int, *, today: date, now: datetime) -> bool:
    """Keep of a dossier its dates, choices and numbers: nothing that names anybody.

    Whether its time is over is looked at again: somebody may have reopened it meanwhile.
    """
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        row = found.row
        if not row.closed or row.anonymised_on is not None or not _over(found.dossier, today):
            return False
        files = empty(session, row)
        campaigns = _campaigns(session, dossier_id)
        _strip_marks(session, found)
        _forget_answers(session, dossier_id, author_id=None, now=now)
        kept = {fact.name for fact in found.journey.facts if fact.kind in _KEPT_FACTS}
        person_id = row.person_id
        row.facts = {name: value for name, value in row.facts.items() if name in kept}
        row.title, row.sort_key, row.search = "", "", ""
        row.reference, row.shared, row.next_on = new_reference(), False, None
        row.person_id = row.ambassador_id = row.owner_id = None
        row.anonymised_on, row.updated_at = today, now
        row.revision += 1
        session.flush()
        _forget_person(session, person_id, row.journey_name)
        note(session, dossier_id, "anonymised", author_id=None, now=now)
    _clean(files, campaigns)
    return True


def _strip_marks(session: AnySession, found: Opened) -> None:
    """The answers without words; nor does an invitation lead to the person any more."""
    mine = DossierAct.dossier_id == found.row.id
    session.execute(sa.update(DossierAct).where(mine).values(invitation_id=None))
    marks = session.scalars(sa.select(DossierMark).where(DossierMark.dossier_id == found.row.id))
    for mark in marks.all():
        mark.reason, mark.user_id = "", None
        if mark.response_id is None:
            continue
        response = session.get(Response, mark.response_id)
        if response is not None:
            version = session.get_one(FormVersion, response.version_id)
            mark.answers = impersonal(definition_of(version), response.document)


def impersonal(definition: FormDefinition, document: dict[str, Any]) -> dict[str, Any]:
    """Choices, numbers and dates of an answer; no text, no address."""
    kept = {q.name for q in definition.questions() if q.kind in _KEPT and not q.private}
    found = {name: value for name, value in document.items() if name in kept}
    for repeat in definition.repeats():
        inner = {item.name for item in repeat.items if item.kind in _KEPT and not item.private}
        found[repeat.name] = [
            {name: value for name, value in entry.items() if name in inner}
            for entry in document.get(repeat.name, ())
        ]
    return found


__all__ = ["anonymise", "anonymise_due", "empty", "erase", "impersonal"]
