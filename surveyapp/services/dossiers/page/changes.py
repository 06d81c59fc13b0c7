"""The history of corrections in words: what was there, what stands there now, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.french import NBSP, THIN, date_short, number, quoted
from surveyapp.core.journey.definition import ACTORS, Actor, Fact, FactKind, Journey
from surveyapp.models import Event, Person, db
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.dossiers.records import person_name

NOTHING = "rien"
_YES_NO = {"oui": "Oui", "non": "Non"}
#: What is said of the events that need no detail.
_PLAIN = {
    "dossier.anonymised": "Dossier anonymisé",
    "dossier.opened_from_answer": "Dossier ouvert à partir d’une réponse reçue",
    "dossier.file_added": "Document ajouté",
    "dossier.file_removed": "Document retiré",
    "dossier.place_asked": "Lieu d’exercice contacté",
    "dossier.place_not_asked": "Contact d’un lieu d’exercice effacé",
    "dossier.document_made": "Document produit",
    "dossier.account_invited": "Invitation à ouvrir un compte",
}


#: What is said of answers that changed.
_FILLING = {
    "dossier.filling_corrected": "Réponses corrigées",
    "dossier.filling_edited": "Réponses modifiées par la personne",
}

#: What should have left and could not.
_NOT_SENT = ("dossier.not_written", "dossier.not_invited")


@dataclass(frozen=True, slots=True)
class Said:
    """An event in words; ``missed``: something that could not be sent."""

    label: str
    detail: str = ""
    why: str = ""
    missed: bool = False


def said(opened: Opened, event: Event, names: Mapping[int, str]) -> Said | None:
    """One event in words; ``None`` for what stands elsewhere on the page."""
    journey, data = opened.journey, event.data
    why = str(data.get("reason", ""))
    if event.kind == "dossier.facts":
        detail = f"{THIN}; ".join(_facts(journey, data))
        return Said("Données modifiées", detail) if detail else None
    if event.kind == "dossier.assigned":
        return Said("Attribution", f"{THIN}; ".join(_assigned(data, names)))
    if event.kind == "dossier.date_corrected":
        label = f"Date corrigée{NBSP}: {quoted(journey.label(str(data.get('name', ''))))}"
        return Said(label, _change(_day(data.get("before")), _day(data.get("after"))), why)
    if event.kind == "dossier.withdrawn":
        label = f"Retiré{NBSP}: {quoted(journey.label(str(data.get('name', ''))))}"
        return Said(label, f"du {_day(data.get('on'))}", why)
    if event.kind in _NOT_SENT:
        return _not_sent(journey, event)
    if event.kind == "dossier.version":
        return Said("Autre version du parcours", f"{data.get('before')} → {data.get('after')}")
    if event.kind in _FILLING:
        label = f"{_FILLING[event.kind]}{NBSP}: {quoted(journey.label(str(data.get('task', ''))))}"
        dated = _change(_day(data["before"]), _day(data["after"])) if "after" in data else ""
        return Said(label, dated)
    if event.kind == "dossier.sharing":
        word = "début" if data.get("shared") else "fin"
        return Said(f"Partage avec le partenaire{NBSP}: {word}")
    label = _PLAIN.get(event.kind, "")
    return Said(label, str(data.get("label", "")), why) if label else None


def _not_sent(journey: Journey, event: Event) -> Said:
    """What nobody got, so that somebody tells them otherwise."""
    mail = journey.mail(str(event.data.get("mail", "")))
    if mail is None:
        return Said(quoted(journey.label(str(event.data.get("rule", "")))), missed=True)
    actor = str(event.data.get("actor", ""))
    known = ACTORS[Actor(actor)] if actor in set(Actor) else ""
    detail = f"aucune adresse mail pour {known}" if known else ""
    return Said(quoted(mail.subject), detail, missed=True)


def fact_words(fact: Fact, value: Any) -> str:
    """The value of a fact as it is read; empty when nothing is known."""
    if value in (None, ""):
        return ""
    if fact.kind is FactKind.DATE:
        return _day(value)
    if fact.kind is FactKind.NUMBER and isinstance(value, int | float):
        return number(value)
    labels = _YES_NO if fact.kind is FactKind.YES_NO else dict(fact.choices)
    return labels.get(str(value), str(value))


def _facts(journey: Journey, data: Mapping[str, Any]) -> Iterator[str]:
    """Each fact that changed; who is in charge stands in the event of the assignment."""
    known = {fact.name: fact for fact in journey.facts}
    before, after = data.get("before", {}), data.get("after", {})
    for name in after:
        fact = known.get(name)
        if fact and fact.kind not in (FactKind.AMBASSADOR, FactKind.COLLEAGUE):
            was, now = fact_words(fact, before.get(name)), fact_words(fact, after.get(name))
            yield f"{fact.label}{NBSP}: {_change(was, now)}"


def _assigned(data: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[str]:
    before, after = data.get("before", {}), data.get("after", {})
    if before.get("owner") != after.get("owner"):
        was, now = (names.get(side.get("owner") or 0, "") for side in (before, after))
        yield f"personne chargée du dossier{NBSP}: {_change(was, now)}"
    if before.get("ambassador") != after.get("ambassador"):
        was, now = (_person(side.get("ambassador")) for side in (before, after))
        yield f"ambassadeur ou ambassadrice{NBSP}: {_change(was, now)}"


def _person(key: Any) -> str:
    return person_name(db.session.get(Person, key)) or "fiche supprimée" if key else ""


def _change(was: str, now: str) -> str:
    return f"{was or NOTHING} → {now or NOTHING}"


def _day(value: Any) -> str:
    try:
        return date_short(date.fromisoformat(str(value)))
    except ValueError:
        return str(value or "")
