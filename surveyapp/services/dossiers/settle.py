"""After each change: do what is due, until nothing is, and redraw what lists read."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.due import Due, DueKind, due, terms
from surveyapp.core.title import search_text, sort_key
from surveyapp.models import Dossier, DossierAct, DossierTerm, FormVersion, Response
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.dossiers.records import add_mark, note, touch
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession

#: No dossier has more to do at once; one that has goes on at the next change or the next day.
_MOST = 500


def settle(session: AnySession, target: Opened | int, *, today: date, now: datetime) -> int:
    """Do what is due for a dossier inside of the caller's transaction; how many things were done.

    What was done is known by its key: a second call does nothing more. Then its stage, its
    deadlines and its name are drawn again from its marks.
    """
    dossier_id = target if isinstance(target, int) else target.row.id
    session.flush()
    found = opened(session, dossier_id, lock=True)
    if found.row.anonymised_on is not None:
        return 0
    done = 0
    while done < _MOST and (items := due(found.dossier, today)):
        item = items[0]
        known = _record(session, found, item, now)
        if not item.muted:
            _do(session, found, item, known, today=today, now=now)
        done += 1
        found = _next(session, found, item)
    _draw(session, found, today, now)
    if done:
        touch(found.row, now)
    return done


def _record(session: AnySession, found: Opened, item: Due, now: datetime) -> DossierAct:
    """Before it is done: whoever does it twice finds that it was."""
    act = DossierAct(
        dossier_id=found.row.id,
        key=item.key,
        kind=item.kind.value,
        name=item.name,
        on=item.on,
        muted=item.muted,
        at=now,
    )
    session.add(act)
    session.flush()
    return act


def _next(session: AnySession, found: Opened, item: Due) -> Opened:
    """The dossier afterwards: read again when marks were added, else one key more."""
    if item.kind is DueKind.MOVE:
        return opened(session, found.row.id, lock=True)
    return Opened(found.row, found.dossier.having_done([item.key]), found.marks)


def _do(
    session: AnySession, found: Opened, item: Due, act: DossierAct, *, today: date, now: datetime
) -> None:
    # Imported here: mails and documents lead to pages and forms, which hang on these rules.
    if item.kind is DueKind.MOVE:
        _move(session, found, item, now)
    elif item.kind is DueKind.MAIL or item.mail:
        from surveyapp.services.dossiers import mails

        mails.send(session, found, item, today=today, now=now)
    elif item.kind is DueKind.DOCUMENT:
        from surveyapp.services.dossiers import files

        files.make(session, found, item.name, mark_of(item.key), now=now)
    elif item.kind is DueKind.INVITATION:
        from surveyapp.services.dossiers import questionnaires

        questionnaires.invite(session, found, item, act, today=today, now=now)


def mark_of(key: str) -> int:
    """The mark that a mail, a document or an invitation follows; 0 when the key names none."""
    last = key.rpartition(":")[2]
    return int(last) if last.isdigit() else 0


def _move(session: AnySession, found: Opened, item: Due, now: datetime) -> None:
    """A deadline takes its transition, dated of its day."""
    transition = found.journey.transition(item.name)
    if transition is None:
        return
    for name in (transition.name, transition.target):
        add_mark(session, found.row, name, on=item.on, actor=Actor.SYSTEM, now=now)


def _draw(session: AnySession, found: Opened, today: date, now: datetime) -> None:
    """What lists, « À faire » and calendars read."""
    row, dossier = found.row, found.dossier
    stage = dossier.stage
    row.stage, row.stage_on, row.closed = stage.name, dossier.since(today), stage.closed
    shared = bool(dossier.shared(today))
    if shared is not bool(row.shared):
        row.shared = shared
        note(session, row.id, "sharing", author_id=None, now=now, data={"shared": shared})
    running = terms(dossier, today)
    row.next_on = running[0].on if running else None
    session.execute(sa.delete(DossierTerm).where(DossierTerm.dossier_id == row.id))
    for term in running:
        actors = " ".join(actor.value for actor in term.deadline.by)
        session.add(
            DossierTerm(
                dossier_id=row.id,
                name=term.deadline.name,
                mark_id=int(term.mark.id),
                label=term.deadline.label,
                on=term.on,
                actors=f" {actors} ",
            )
        )
    _name(session, found)
    session.flush()


def _name(session: AnySession, found: Opened) -> None:
    """Its title and its words, from the latest answer to the entry form."""
    entry = found.journey.entry_task
    numbers = [m.response_id for m in found.marks if m.name == entry and m.response_id]
    if not numbers:
        return
    response = session.execute(
        sa.select(Response.document, FormVersion)
        .join(FormVersion, FormVersion.id == Response.version_id)
        .where(Response.id == numbers[-1])
    ).one_or_none()
    if response is None:
        return
    document, version = response
    definition = definition_of(version)
    names = sorted(definition.identity_questions, key=lambda name: name != "nom")
    said = (str(document.get(name, "")).strip() for name in names)
    row: Dossier = found.row
    row.title = " ".join(text for text in said if text)[:250]
    row.sort_key = sort_key(definition, document)
    row.search = f"{search_text(definition, document)} · {row.reference.casefold()}"
