"""Mail texts that the coordination writes: fields between braces, checked, then filled.

A text is plain: an empty line begins a paragraph, and ``{lien}`` alone on its line becomes a
button. A line whose date, duration or contact is not known is left out rather than sent with
a hole; « Bonjour {prénom}, » without a first name reads « Bonjour, ».
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from surveyapp.core.french import WEEKDAYS, date_long, fold, hour, plural

SUBJECT_LENGTH = 200
BODY_LENGTH = 10_000
LANGUAGES = {"fr": "français", "en": "anglais"}
MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class LetterKind(StrEnum):
    """The mails whose text can be changed."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    RECEIPT = "receipt"
    RESUME = "resume"
    DIGEST = "digest"
    THANKS = "thanks"


K = LetterKind
_ALWAYS = ("structure", "contact")
#: What each mail can be filled with, in the order in which the page shows it.
FIELDS: dict[LetterKind, tuple[str, ...]] = {
    K.INVITATION: (
        *("prénom", "nom", "titre", "lien", "date_clôture", "durée"),
        *("anonymat", *_ALWAYS, "désinscription"),
    ),
    K.REMINDER: (
        *("prénom", "nom", "titre", "lien", "date_clôture", "durée"),
        *("anonymat", *_ALWAYS, "désinscription"),
    ),
    K.RECEIPT: ("titre", "numéro", "date_envoi", "date_clôture", *_ALWAYS),
    K.RESUME: ("titre", "lien", "conservation", "date_clôture", *_ALWAYS),
    K.DIGEST: ("liste", "lien", "structure"),
    K.THANKS: ("titre", *_ALWAYS, "désinscription"),
}
MEANINGS: dict[str, str] = {
    "prénom": "le prénom de la personne",
    "nom": "son nom",
    "titre": "le titre de la collecte",
    "lien": "l’adresse à ouvrir ; seule sur sa ligne, elle devient un bouton",
    "date_clôture": "le jour et l’heure de la fermeture",
    "durée": "le temps qu’il faut pour répondre",
    "anonymat": "la phrase qui dit que les réponses sont anonymes, quand elles le sont",
    "structure": "le nom de votre CPTS",
    "contact": "votre adresse de contact",
    "désinscription": "l’adresse pour ne plus recevoir d’invitations",
    "numéro": "la référence de la réponse",
    "date_envoi": "le jour et l’heure de l’envoi des réponses",
    "conservation": "le temps pendant lequel les réponses commencées sont gardées",
    "liste": "le nombre de nouvelles réponses de chaque collecte",
}
#: Without this field the mail would be of no use.
NEEDED: dict[LetterKind, str] = {
    K.INVITATION: "lien",
    K.REMINDER: "lien",
    K.RESUME: "lien",
    K.DIGEST: "liste",
}
#: When one of them is not known, its line is left out; the others leave a blank behind.
_TAKES_ITS_LINE = frozenset(MEANINGS) - {"prénom", "nom", "titre", "structure"}
_FIELD = re.compile(r"\{([^{}\n]*)\}")
_HOLE = re.compile(r"[ \u00a0\u202f]+([,.)])")


@dataclass(frozen=True, slots=True)
class Wording:
    """The subject and the text of a mail, their fields not yet filled."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a text; ``part`` is ``subject`` or ``body``."""

    part: str
    message: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or (``button``) a link that stands alone: its only line is the address."""

    lines: tuple[str, ...]
    button: bool = False


def check(kind: LetterKind, wording: Wording) -> list[Fault]:
    """Everything that keeps a text from being saved, as French sentences."""
    faults = [*_check_lengths(wording)]
    for part, text in (("subject", wording.subject), ("body", wording.body)):
        faults += [Fault(part, message) for message in _check_fields(kind, text)]
    needed = NEEDED.get(kind)
    if wording.body.strip() and needed and needed not in used(wording.body):
        faults.append(
            Fault("body", f"Ajoutez {{{needed}}} au texte : sans lui, ce mail ne sert à rien.")
        )
    return faults


def used(text: str) -> set[str]:
    """The fields that a text names, under their proper names."""
    return {known for name in _FIELD.findall(text) if (known := proper(name))}


def proper(name: str) -> str | None:
    """« Prenom », « date cloture » → ``prénom``, ``date_clôture``; ``None`` for no field."""
    return _BY_FOLD.get(_folded(name))


def subject_of(wording: Wording, values: Mapping[str, str]) -> str:
    """The subject, filled, on one line."""
    return _tidy(_fill(" ".join(wording.subject.split()), values))


def blocks_of(wording: Wording, values: Mapping[str, str]) -> list[Block]:
    """The text, filled, paragraph by paragraph."""
    found: list[Block] = []
    for paragraph in re.split(r"\n[ \t]*\n", wording.body.replace("\r\n", "\n").strip()):
        found += _paragraph(paragraph, values)
    return found


def closing(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """« vendredi 27 juin 2026 à 18 h 30 »; the end of a day is the day itself."""
    local = (moment - timedelta(microseconds=1)).astimezone(zone)
    weekday = (DAYS_EN if language == "en" else WEEKDAYS)[local.weekday()]
    if local.time() >= time(23, 59):
        return f"{weekday} {_day(local, language)}"
    return f"{weekday} {instant(moment, zone, language)}"


def instant(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """« 27 juin 2026 à 18 h 30 », « 27 June 2026 at 18:30 »."""
    local = moment.astimezone(zone)
    if language == "en":
        return f"{_day(local, language)} at {local:%H:%M}"
    return f"{_day(local, language)} à {hour(local)}"


def minutes(count: int, language: str) -> str:
    """« 5 minutes », in both languages."""
    return plural(count, "minute", "minutes") if language == "fr" else _many(count, "minute")


def days(count: int, language: str) -> str:
    """« 90 jours », « 90 days »."""
    return plural(count, "jour", "jours") if language == "fr" else _many(count, "day")


def _day(local: datetime, language: str) -> str:
    if language == "en":
        return f"{local.day} {MONTHS_EN[local.month - 1]} {local.year}"
    return date_long(local.date())


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _check_lengths(wording: Wording) -> Iterator[Fault]:
    if not wording.subject.strip():
        yield Fault("subject", "Écrivez un objet : sans lui, le mail passe pour indésirable.")
    if len(wording.subject) > SUBJECT_LENGTH:
        yield Fault("subject", f"Raccourcissez l’objet à {SUBJECT_LENGTH} caractères.")
    if not wording.body.strip():
        yield Fault("body", "Écrivez le texte du mail.")
    if len(wording.body) > BODY_LENGTH:
        yield Fault("body", f"Raccourcissez le texte à {BODY_LENGTH} caractères.")


def _check_fields(kind: LetterKind, text: str) -> Iterator[str]:
    allowed = FIELDS[kind]
    for name in dict.fromkeys(_FIELD.findall(text)):
        known = proper(name)
        if known is None:
            close = difflib.get_close_matches(_folded(name), map(_folded, allowed), n=1)
            hint = f"vouliez-vous écrire {{{_BY_FOLD[close[0]]}}} ?" if close else _offer(allowed)
            yield f"Le champ {{{name}}} n’existe pas ; {hint}"
        elif known not in allowed:
            yield f"Le champ {{{known}}} n’est pas connu dans ce mail ; {_offer(allowed)}"
    left = _FIELD.sub("", text)
    if (place := re.search(r"[{}]", left)) is not None:
        near = left[max(place.start() - 20, 0) : place.start() + 20].strip()
        yield (
            f"Une accolade est seule, près de « {near} » : un champ s’écrit entre deux accolades, "
            "comme {titre}."
        )


def _offer(allowed: tuple[str, ...]) -> str:
    return "les champs de ce mail sont " + ", ".join(f"{{{name}}}" for name in allowed) + "."


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", fold(name.strip()))


_BY_FOLD = {_folded(name): name for name in MEANINGS}


def _fill(text: str, values: Mapping[str, str]) -> str:
    def value(place: re.Match[str]) -> str:
        name = proper(place[1])
        return values.get(name, "") if name else place[0]

    return _FIELD.sub(value, text)


def _paragraph(text: str, values: Mapping[str, str]) -> Iterator[Block]:
    """A paragraph, cut where a link stands alone."""
    lines: list[str] = []
    for line in text.split("\n"):
        names = used(line)
        if any(name in _TAKES_ITS_LINE and not values.get(name) for name in names):
            continue
        if line.strip() and _FIELD.sub("", line).strip() == "" and names == {"lien"}:
            if lines:
                yield Block(tuple(lines))
                lines = []
            yield Block((values["lien"],), button=True)
            continue
        filled = _fill(line, values)
        empty = any(not values.get(name) for name in names)
        lines += (_tidy(filled) if empty else filled).strip().split("\n")
    if any(lines):
        yield Block(tuple(lines))


def _tidy(text: str) -> str:
    return _HOLE.sub(r"\1", re.sub(r" {2,}", " ", text)).strip()
