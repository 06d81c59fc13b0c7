"""Declarations of time and expenses: read them, validate them, send them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from surveyapp.core.declarations import (
    JOURNEY,
    SENT_BACK,
    TASK,
    VALIDATED,
    Declaration,
    Rates,
    State,
    Statement,
    content_of,
    rates_at,
    statement,
)
from surveyapp.core.definition import FormDefinition
from surveyapp.core.readable import ReadSection, read
from surveyapp.models import DossierMark
from surveyapp.services.dossiers import acts
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.files import local_day
from surveyapp.services.publish import definition_of
from surveyapp.store import declarations as store
from surveyapp.store.declarations import MarkRow

__all__ = ["JOURNEY", "TASK", "all_declarations", "declaration", "statement_of"]

#: What a dossier that was anonymised is called.
_NOBODY = "Dossier anonymisé"
_MESSAGE = 2000


def all_declarations() -> list[Declaration]:
    """Every declaration, the oldest first."""
    return _read(store.marks())


def declaration(mark_id: int) -> Declaration:
    """One declaration. :raises DossierGone: there is none."""
    found = next((line for line in _read(_beside(mark_id)) if line.id == mark_id), None)
    if found is None:
        raise DossierGone("Cette déclaration n’existe plus.")
    return found


def answers_in_words(mark_id: int) -> tuple[ReadSection, ...]:
    """All that was answered, as the questionnaire puts it."""
    version = store.version_of(mark_id)
    row = next((row for row in _beside(mark_id) if row.mark.id == mark_id), None)
    if version is None or row is None:
        return ()
    return read(definition_of(version), row.document or {})


def _beside(mark_id: int) -> list[MarkRow]:
    """The declarations and decisions of the dossier in which this one stands."""
    number = store.dossier_of(mark_id)
    return [] if number is None else store.marks(number)


def statement_of(period: str) -> Statement:
    """The validated declarations of a month or a year, added up."""
    return statement(all_declarations(), period)


def validate(mark_id: int, *, viewer: Viewer, now: datetime) -> Declaration:
    """Accept a declaration: it counts from now on, at the rates of today."""
    return _decide(mark_id, VALIDATED, viewer=viewer, now=now)


def send_back(mark_id: int, message: str, *, viewer: Viewer, now: datetime) -> Declaration:
    """Ask the ambassador to correct a declaration; ``message`` says what is missing."""
    words = message.strip()
    if not words:
        raise DossierError("Écrivez ce qui est à corriger : l’ambassadeur lira ce message.")
    if len(words) > _MESSAGE:
        raise DossierError("Ce message est trop long : 2 000 signes au plus.")
    return _decide(mark_id, SENT_BACK, viewer=viewer, now=now, message=words)


def reopen(mark_id: int, reason: str, *, viewer: Viewer, now: datetime) -> Declaration:
    """Take a decision back: the declaration waits again. The history keeps both."""
    found = declaration(mark_id)
    if found.decision_id is None:
        raise DossierError("Cette déclaration n’a pas encore été traitée.")
    acts.withdraw(
        found.dossier_id,
        found.decision_id,
        viewer=viewer,
        reason=reason,
        today=local_day(now),
        now=now,
    )
    return found


def _decide(
    mark_id: int, event: str, *, viewer: Viewer, now: datetime, message: str = ""
) -> Declaration:
    found = declaration(mark_id)
    if found.state is not State.WAITING:
        raise DossierError("Cette déclaration a déjà été traitée : rechargez la page.")
    acts.note_event(
        found.dossier_id,
        event,
        viewer=viewer,
        on=local_day(now),
        today=local_day(now),
        now=now,
        about_id=mark_id,
        reason=message,
    )
    return found


def _read(rows: Iterable[MarkRow]) -> list[Declaration]:
    """Declarations with what was decided of them, by the day on which they were filed."""
    means = _means()
    found: dict[int, Declaration] = {}
    for mark, dossier, document in rows:
        if mark.name == TASK:
            found[mark.id] = Declaration(
                id=mark.id,
                dossier_id=dossier.id,
                reference=dossier.reference,
                holder=dossier.title or _NOBODY,
                sort_key=dossier.sort_key,
                filed_on=mark.on,
                content=content_of(document or mark.answers or {}, filed_on=mark.on, means=means),
            )
        if mark.about_id in found:
            found[mark.about_id] = _after(found[mark.about_id], mark)
    paid = _with_rates(_without_replaced(found, rows))
    return sorted(paid, key=lambda line: (line.filed_on, line.id))


def _after(line: Declaration, mark: DossierMark) -> Declaration:
    """A declaration once a mark about it is known.

    A corrected one takes the place of what was not validated; of what was, only once it is
    validated itself (:func:`_without_replaced`).
    """
    if mark.name == TASK:
        waiting = line.state is not State.VALIDATED
        return replace(line, state=State.REPLACED) if waiting else line
    return replace(
        line,
        state=State.VALIDATED if mark.name == VALIDATED else State.SENT_BACK,
        decision_id=mark.id,
        decided_on=mark.on,
        decided_at=mark.at,
        message=mark.reason if mark.name == SENT_BACK else "",
    )


def _without_replaced(
    found: dict[int, Declaration], rows: Iterable[MarkRow]
) -> Iterable[Declaration]:
    """Nothing is paid twice: once its correction is validated, the former one is replaced."""
    for mark, _, _ in rows:
        former = found.get(mark.about_id or 0)
        corrected = mark.name == TASK and found[mark.id].state is State.VALIDATED
        if former is not None and corrected:
            found[former.id] = replace(former, state=State.REPLACED)
    return found.values()


def _with_rates(lines: Iterable[Declaration]) -> Iterable[Declaration]:
    """Each at the rates of the moment when it was validated; the others at those of today."""
    now, changes = store.rates_now(), store.former_rates()
    for line in lines:
        at = line.decided_at if line.state is State.VALIDATED else None
        rates: Rates = now if at is None else rates_at(at, now, changes)
        yield replace(line, rates=rates)


def _means() -> dict[str, str]:
    """How each way to travel is called in the questionnaire."""
    version = store.last_version()
    return _choices(definition_of(version), "moyen") if version else {}


def _choices(definition: FormDefinition, name: str) -> dict[str, str]:
    """Labels of the choices of a question, wherever it stands."""
    for question in definition.every_question():
        if question.name == name:
            return {choice.name: choice.label for choice in question.choices}
    return {}
