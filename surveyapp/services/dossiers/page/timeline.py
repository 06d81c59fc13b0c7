"""What happened to a dossier, in the order of the days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby

from surveyapp.core.french import quoted, typeset
from surveyapp.core.journey.definition import TO_ACTORS, Actor
from surveyapp.core.journey.due import DueKind
from surveyapp.models import DossierAct, DossierMark
from surveyapp.services.dossiers.page import changes
from surveyapp.services.dossiers.page.answers import Look, who
from surveyapp.services.dossiers.reading import Opened
from surveyapp.store import dossier_page as store


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened, or will (``planned``).

    ``kind`` is stage, event, form, sent, made, missed (it could not be sent) or change.
    ``mark_id`` when the viewer may correct it. ``detail`` is said after the label; ``why`` is
    the reason that was given.
    """

    on: date
    order: tuple[int, datetime]
    kind: str
    label: str
    detail: str = ""
    by: str = ""
    why: str = ""
    mark_id: int | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    lines: tuple[Line, ...]


def timeline(look: Look, zone: tzinfo) -> tuple[Day, ...]:
    """Everything that the viewer may know of, the newest day first."""
    found = [*_marks(look)]
    if look.sight.whole:
        found += _acts(look)
        found += _changes(look, zone)
    found.sort(key=lambda line: (line.on, line.order), reverse=True)
    return tuple(Day(on, tuple(lines)) for on, lines in groupby(found, key=lambda line: line.on))


def _marks(look: Look) -> Iterator[Line]:
    before: DossierMark | None = None
    for mark in look.opened.marks:
        line = _mark(look, mark, before)
        if line is not None:
            yield line
        before = mark


def _mark(look: Look, mark: DossierMark, before: DossierMark | None) -> Line | None:
    journey = look.opened.journey
    if journey.transition(mark.name):
        return None  # it stands on the line of the stage that follows
    kind, detail, why = "stage", "", mark.reason
    label = journey.label(mark.name)
    if journey.stage(mark.name):
        step = journey.transition(before.name) if before else None
        if step and before and step.target == mark.name:
            detail = step.label
            told = look.sight.whole or look.actor in step.by
            why = before.reason if told else ""
    elif journey.task(mark.name):
        if mark.name not in look.sight.tasks:
            return None
        kind = "form"
    else:
        if mark.name not in look.sight.events:
            return None
        kind, detail = "event", _about(look.opened, mark)
    return Line(
        on=mark.on,
        order=(mark.position, mark.at),
        kind=kind,
        label=typeset(label),
        detail=typeset(detail),
        by=who(mark, look.names),
        why=why,
        mark_id=mark.id if look.can_correct else None,
        planned=mark.on > look.today,
    )


def removable(opened: Opened, mark: DossierMark) -> bool:
    """The opening of a dossier stays, and only the last step can be taken back."""
    journey = opened.journey
    if journey.stage(mark.name):
        last = [other.id for other in opened.marks if journey.stage(other.name)][-1]
        return mark.position != 0 and mark.id == last
    if mark.name == journey.entry_task:
        return mark.id != next(other.id for other in opened.marks if other.name == mark.name)
    return True


def _about(opened: Opened, mark: DossierMark) -> str:
    about = opened.mark(mark.about_id)
    return f"{opened.journey.label(about.name)}, {about.on:%d/%m/%Y}" if about else ""


_SAID: dict[str, tuple[str, str]] = {
    DueKind.MAIL: ("sent", "Mail"),
    DueKind.REMINDER: ("sent", "Rappel"),
    DueKind.DOCUMENT: ("made", "Document"),
    DueKind.INVITATION: ("sent", "Invitation"),
    DueKind.DEADLINE: ("change", "Échéance arrivée"),
}


def _acts(look: Look) -> Iterator[Line]:
    """What was done by itself; a move stands there as a stage."""
    acts = store.acts(look.opened.row.id)
    versions = {e.at for e in store.events(look.opened.row.id) if e.kind == "dossier.version"}
    for act in acts:
        said = _SAID.get(act.kind)
        if said is not None:
            kind, word = said
            detail = f"écarté : {_why_muted(act, acts, versions)}" if act.muted else ""
            yield Line(
                on=act.on,
                order=(1 << 30, act.at),
                kind=kind,
                label=typeset(f"{word} {quoted(_label(look.opened, act))}"),
                detail=typeset(detail),
                by=_recipients(look.opened, act),
            )


def _why_muted(act: DossierAct, acts: Sequence[DossierAct], versions: Set[datetime]) -> str:
    """Why it was not sent, from what was done at the same moment."""
    beside = [other for other in acts if other.at == act.at and _deadline(other) == _deadline(act)]
    if any(other.kind == DueKind.MOVE for other in beside):
        return "le passage automatique a eu lieu aussitôt"
    if any(other.on > act.on and not other.muted for other in beside):
        return "un envoi plus récent dit la même chose"
    if act.at in versions:
        return "il datait d’avant le passage à une autre version du parcours"
    return "il n’était plus utile"


def _deadline(act: DossierAct) -> tuple[str, ...]:
    """The deadline that a reminder or an end belongs to, with its mark: part of its key."""
    return tuple(act.key.split(":")[1:4])


def _label(opened: Opened, act: DossierAct) -> str:
    mail = opened.journey.mail(act.name)
    return mail.subject if mail else opened.journey.label(act.name)


def _recipients(opened: Opened, act: DossierAct) -> str:
    """To whom a mail went; a reminder ends its key with them."""
    names: Sequence[str] = ()
    if mail := opened.journey.mail(act.name):
        names = mail.to
    elif act.kind == DueKind.REMINDER:
        names = act.key.rpartition(":")[2].split("+")
    return " et ".join(TO_ACTORS[Actor(name)] for name in names if name in set(Actor))


def _changes(look: Look, zone: tzinfo) -> Iterator[Line]:
    """What was corrected, with what was there before."""
    for event in store.events(look.opened.row.id):
        said = changes.said(look.opened, event, look.names)
        if said is not None:
            yield Line(
                on=event.at.astimezone(zone).date(),
                order=(1 << 30, event.at),
                kind="missed" if said.missed else "change",
                label=typeset(said.label),
                detail=typeset(said.detail),
                why=said.why,
                by=look.names.get(event.user_id or 0, ""),
            )
