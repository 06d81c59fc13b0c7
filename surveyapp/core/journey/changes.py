"""What a change of a journey file means, for the file and for a running dossier.

A dossier keeps the version of the journey in which it runs. :func:`moved` says what taking it
to another would do; nothing moves until somebody has read that and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from surveyapp.core.french import NBSP, date_long, plural, quoted
from surveyapp.core.journey.definition import (
    Deadline,
    Document,
    EventKind,
    Fact,
    InvitationRule,
    Journey,
    Mail,
    Meeting,
    Named,
    Stage,
    Task,
    Transition,
)
from surveyapp.core.journey.dossier import Dossier
from surveyapp.core.journey.due import Term, due, terms


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier under another version of its journey.

    ``refusals`` say why it cannot be taken there (then ``dossier`` is unchanged); ``changes``
    what would be different for it, in French. ``settled`` are the keys of what the new version
    would have done in the past: they are recorded with the move, so that nothing is sent for
    days that are gone.
    """

    dossier: Dossier
    refusals: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()


def moved(old: Journey, new: Journey, dossier: Dossier, *, today: date) -> Moved:
    """What taking ``dossier`` from ``old`` to ``new`` does; it is in ``old``."""
    here = dossier.stage
    if old.name != new.name:
        text = f"Le parcours {quoted(new.title)} n’est pas une autre version de celui du dossier."
        return Moved(dossier, refusals=(text,))
    if new.stage(here.name) is None:
        text = (
            f"L’étape {quoted(here.label)}, où se trouve le dossier, n’existe plus{NBSP}: "
            "faites-le d’abord avancer, ou rétablissez l’étape."
        )
        return Moved(dossier, refusals=(text,))
    before = replace(dossier, journey=old)
    after = replace(dossier, journey=new)
    known = {item.key for item in due(before, today)}
    settled = frozenset(item.key for item in due(after, today) if item.key not in known)
    return Moved(
        after.having_done(settled),
        changes=(*_deadlines(before, after, today), *_settled(settled), *differences(old, new)),
        settled=settled,
    )


def _deadlines(before: Dossier, after: Dossier, today: date) -> Iterator[str]:
    """The deadlines of this very dossier that come, go or change their day."""
    was = {_running(term): term for term in terms(before, today)}
    will = {_running(term): term for term in terms(after, today)}
    for name, term in will.items():
        subject = f"Échéance {quoted(term.deadline.label)}{NBSP}: {date_long(term.on)}"
        if name not in was:
            yield f"{subject} (nouvelle)."
        elif was[name].on != term.on:
            yield f"{subject} au lieu du {date_long(was[name].on)}."
    for name, term in was.items():
        if name not in will:
            label = quoted(term.deadline.label)
            yield f"Échéance {label}{NBSP}: ne court plus (elle tombait le {date_long(term.on)})."


def _running(term: Term) -> tuple[str, str]:
    return term.deadline.name, term.mark.id if term.deadline.each else ""


def _settled(keys: frozenset[str]) -> Iterator[str]:
    if keys:
        one, many = "envoi ou rappel est écarté", "envois ou rappels sont écartés"
        count = plural(len(keys), one, many)
        yield f"Sans effet pour les jours écoulés{NBSP}: {count}."


#: What a thing is called, and how its name is said.
_KINDS: tuple[tuple[type, str], ...] = (
    (Stage, "Étape"),
    (Transition, "Passage"),
    (Task, "Formulaire"),
    (EventKind, "Événement"),
    (Fact, "Donnée"),
    (Deadline, "Échéance"),
    (Mail, "Courriel"),
    (Document, "Document"),
    (InvitationRule, "Invitation"),
    (Meeting, "Rendez-vous périodique"),
)


def differences(old: Journey, new: Journey) -> tuple[str, ...]:
    """The differences of two versions of a journey, in French; the order of things is none."""
    before, after = _by_name(old), _by_name(new)
    found = []
    for key, thing in after.items():
        if key not in before:
            found.append(f"{_subject(thing)}{NBSP}: nouveauté.")
        elif before[key] != thing:
            found.append(f"{_subject(thing)}{NBSP}: modification.")
    found += [f"{_subject(t)}{NBSP}: suppression." for key, t in before.items() if key not in after]
    found += [f"{label}{NBSP}: modification." for label, read in _PARTS if read(old) != read(new)]
    return tuple(found)


_PARTS: tuple[tuple[str, Callable[[Journey], object]], ...] = (
    ("Titre", lambda j: j.title),
    ("Présentation", lambda j: j.description),
    ("Formulaire d’entrée", lambda j: j.entry_task),
    ("Durée de conservation", lambda j: j.retention_months),
    ("Colonnes du tableau", lambda j: j.columns),
    ("Partage avec un partenaire", lambda j: j.sharing),
)


def _by_name(journey: Journey) -> Mapping[tuple[type, str], Named]:
    return {(type(thing), thing.name): thing for thing in journey.named()}


def _subject(thing: Named) -> str:
    kind = next(word for known, word in _KINDS if isinstance(thing, known))
    return f"{kind} {quoted(thing.subject if isinstance(thing, Mail) else thing.label)}"
