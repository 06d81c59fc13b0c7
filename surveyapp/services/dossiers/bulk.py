"""The same act on several dossiers: what would happen to each, then one transaction for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from surveyapp.core.french import plural, quoted, typeset
from surveyapp.core.journey.calendar import Duration, add
from surveyapp.core.journey.definition import Actor, EventKind, Journey
from surveyapp.core.journey.dossier import Dossier as View
from surveyapp.core.journey.due import Due, DueKind, due
from surveyapp.core.journey.moves import open_events, refusal
from surveyapp.models import Dossier, User, db
from surveyapp.permissions import Permission, granted
from surveyapp.services import accounts
from surveyapp.services.dossiers import acts, reading
from surveyapp.services.dossiers.access import Viewer, visible
from surveyapp.services.dossiers.errors import DossierError

#: Dossiers that one act may change at once.
MOST = 200
#: No event is planned further ahead (:mod:`.acts` refuses it too).
FURTHEST = Duration(months=24)
OWNER, MOVE, EVENT = "suivi", "passage", "evenement"
_NOBODY = "personne"
_KEY = "apercu"
#: What leaves at once after an act, in words.
_LEAVES = {
    DueKind.MAIL: ("mail part", "mails partent"),
    DueKind.DOCUMENT: ("document est préparé", "documents sont préparés"),
    DueKind.INVITATION: ("invitation part", "invitations partent"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What to do: give to a colleague (``name`` their key), take a transition, note an event."""

    kind: str
    name: str
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An act that can be chosen; ``reason``: it asks for one."""

    value: str
    label: str
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What would happen to a dossier, or why nothing would.

    ``revision`` is that of the dossier which was looked at.
    """

    id: int
    title: str
    reference: str
    revision: int
    does: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a dossier; without ``refusal`` it is done."""

    id: int
    title: str
    refusal: str = ""


def choices(journey: Journey, viewer: Viewer) -> list[tuple[str, list[Choice]]]:
    """The acts that may be chosen, by group; those that need more than a date and a reason
    are done on the page of each dossier."""
    steps = [
        Choice(f"{MOVE}:{step.name}", step.label, reason=step.reason)
        for step in journey.transitions
        if viewer.actor in step.by
    ]
    events = [
        Choice(f"{EVENT}:{event.name}", event.label)
        for event in journey.events
        if viewer.actor in event.by and not event.about
    ]
    owners = [Choice(f"{OWNER}:{user.id}", user.name or user.email) for user in colleagues()]
    owners.append(Choice(f"{OWNER}:{_NOBODY}", "Personne"))
    groups = [("Décider", steps), ("Noter un événement", events), ("Confier à", owners)]
    return [(label, found) for label, found in groups if found]


def colleagues() -> list[User]:
    """The accounts that may be in charge of a dossier."""
    return [
        user
        for user in accounts.colleagues(db.session)
        if user.active and Permission.FOLLOW in granted({role.name for role in user.roles})
    ]


def read_act(value: str, *, journey: Journey, viewer: Viewer, on: date, reason: str) -> Act:
    """The act that was chosen. :raises DossierError: it is none of :func:`choices`."""
    known = {choice.value for _, found in choices(journey, viewer) for choice in found}
    if value not in known:
        raise DossierError("Choisissez d’abord ce qu’il faut faire.")
    kind, _, name = value.partition(":")
    return Act(kind, name, on, " ".join(reason.replace("\0", "").split()))


def preview(ids: Sequence[int], act: Act, *, viewer: Viewer, today: date) -> list[Fate]:
    """What the act would do to each of these dossiers, by name; nothing is written."""
    if not ids:
        raise DossierError("Cochez au moins un dossier.")
    if len(ids) > MOST:
        most = plural(MOST, "dossier", "dossiers")
        raise DossierError(f"Au plus {most} à la fois : précisez les filtres ou cochez-en moins.")
    condition = Dossier.id.in_(ids) & visible(viewer)
    found = reading.opened_many(db.session, condition)
    if act.kind == OWNER:
        names = {user.id: user.name or user.email for user in accounts.colleagues(db.session)}
        return [_fate(opened, lambda one: _give(one, act, names)) for opened in found]
    words = _PREVIEWS[act.kind]
    return [_fate(opened, lambda one: words(one, act, viewer.actor, today)) for opened in found]


def _fate(opened: reading.Opened, words: Callable[[reading.Opened], str]) -> Fate:
    row = opened.row
    does, why = "", ""
    try:
        if row.anonymised_on is not None:
            raise DossierError("Ce dossier est anonymisé : il ne change plus.")
        does = words(opened)
    except DossierError as error:
        why = str(error)
    return Fate(row.id, row.title, row.reference, row.revision, typeset(does), why)


def _give(opened: reading.Opened, act: Act, names: Mapping[int, str]) -> str:
    after = None if act.name == _NOBODY else int(act.name)
    if opened.row.owner_id == after:
        raise DossierError("C’est déjà le cas : rien ne change.")
    before = names.get(opened.row.owner_id or 0, "personne")
    return f"Suivi par : {before} → {names.get(after or 0, 'personne')}."


def _move(opened: reading.Opened, act: Act, actor: Actor, today: date) -> str:
    view, step = opened.dossier, opened.journey.transition(act.name)
    if step is None:
        raise DossierError("Ce dossier suit une version du parcours qui n’a pas cette décision.")
    if why := refusal(view, step, actor, today):
        raise DossierError(why)
    if step.reason and not act.reason:
        raise DossierError("Cette décision demande un motif : écrivez-le plus bas.")
    if act.on > today and step.target != view.stage.name:
        raise DossierError("Cette date est à venir : notez le passage quand il aura eu lieu.")
    if act.on < view.since(today):
        raise DossierError("Cette date précède l’arrivée du dossier à son étape.")
    after = view.moved_by(step, on=act.on, id=_KEY)
    here, there = quoted(view.stage.label), quoted(opened.journey.label(step.target))
    return f"{here} → {there}.{_what_leaves(view, after, today)}"


def _event(opened: reading.Opened, act: Act, actor: Actor, today: date) -> str:
    view, kind = opened.dossier, _kind(opened.journey, act.name)
    if kind is None or kind not in open_events(view, actor, today):
        here = quoted(view.stage.label)
        raise DossierError(f"Rien de tel ne se note à l’étape {here}, ou c’est déjà noté.")
    if act.on < opened.row.opened_on:
        raise DossierError("Cette date précède l’ouverture du dossier.")
    if act.on > add(today, FURTHEST):
        raise DossierError("Cette date est trop lointaine : vérifiez l’année.")
    after = view.marked(act.name, on=act.on, id=_KEY)
    return f"{quoted(kind.label)} est noté.{_what_leaves(view, after, today)}"


def _kind(journey: Journey, name: str) -> EventKind | None:
    return next((event for event in journey.events if event.name == name), None)


def _what_leaves(before: View, after: View, today: date) -> str:
    """« 1 mail part. »: what the act itself sets off today."""
    known = {item.key for item in due(before, today)}
    fresh = [item for item in due(after, today) if item.key not in known and not item.muted]
    said = [
        plural(count, *words)
        for kind, words in _LEAVES.items()
        if (count := sum(_is(item, kind) for item in fresh))
    ]
    return f" {', '.join(said)}." if said else ""


def _is(item: Due, kind: DueKind) -> bool:
    return item.kind is kind or (kind is DueKind.MAIL and bool(item.mail))


_PREVIEWS = {MOVE: _move, EVENT: _event}


def apply(
    seen: Mapping[int, int], act: Act, *, viewer: Viewer, today: date, now: datetime
) -> list[Outcome]:
    """Do it to each dossier that can be, as the preview showed it; ``seen``: its revisions.

    A dossier that changed in between is left alone: nobody has seen what would happen to it.
    """
    outcomes = []
    for fate in preview(list(seen), act, viewer=viewer, today=today):
        why = fate.refusal
        if not why and fate.revision != seen[fate.id]:
            why = typeset("Ce dossier a changé depuis l’aperçu : regardez-le de nouveau.")
        outcomes.append(Outcome(fate.id, fate.title, why))
    db.session.rollback()
    return [
        outcome if outcome.refusal else _done(outcome, act, viewer, today=today, now=now)
        for outcome in outcomes
    ]


def _done(outcome: Outcome, act: Act, viewer: Viewer, *, today: date, now: datetime) -> Outcome:
    try:
        if act.kind == OWNER:
            owner = None if act.name == _NOBODY else int(act.name)
            acts.assign(outcome.id, viewer=viewer, today=today, now=now, owner_id=owner)
        elif act.kind == MOVE:
            _take(outcome.id, act, viewer, today=today, now=now)
        else:
            acts.note_event(
                outcome.id,
                act.name,
                viewer=viewer,
                on=act.on,
                today=today,
                now=now,
                reason=act.reason,
            )
    except DossierError as error:
        return Outcome(outcome.id, outcome.title, str(error))
    return outcome


def _take(dossier_id: int, act: Act, viewer: Viewer, *, today: date, now: datetime) -> None:
    acts.move(
        dossier_id,
        act.name,
        viewer=viewer,
        today=today,
        now=now,
        on=act.on,
        reason=act.reason,
    )
