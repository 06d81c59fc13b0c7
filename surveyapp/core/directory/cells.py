"""Cells → values of a card. One row of :data:`FIELDS` per field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from surveyapp.core.directory.card import CONTACT_LABELS, words_key
from surveyapp.core.directory.professions import find_profession
from surveyapp.core.directory.table import clean
from surveyapp.core.french import date_short, fold, parse_date, quoted

#: Both names in one column: read into ``last_name`` and ``first_name``.
FULL_NAME = "full_name"
MAX_TAGS = 20
#: Languages by their code, as they are called in French.
LANGUAGES: dict[str, str] = {
    "fr": "français",
    "en": "anglais",
    "ar": "arabe",
    "zh": "chinois",
    "rcf": "créole réunionnais",
    "gcf": "créole antillais",
    "gcr": "créole guyanais",
    "es": "espagnol",
    "de": "allemand",
    "it": "italien",
    "lsf": "langue des signes française",
    "pt": "portugais",
    "swb": "shimaoré",
}
_SEPARATORS = re.compile(r"[,;|/]")
_CONTACT = {
    "mail": ("mail", "email", "e mail", "courriel", "par courriel", "par mail"),
    "phone": ("phone", "telephone", "tel", "par telephone", "appel"),
}


class CellError(ValueError):
    """A cell cannot be read; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column may hold.

    ``headings`` are folded titles of columns; ``inside``: words that tell it when the title
    holds them. ``grave``: a cell that cannot be read refuses the line, otherwise only itself.
    """

    name: str
    label: str
    read: Callable[[str, Mapping[str, str]], Any]
    headings: tuple[str, ...]
    inside: tuple[str, ...] = ()
    grave: bool = False


def read_email(text: str, _names: Mapping[str, str] | None = None) -> str:
    """Look at the shape only: addresses with accents exist."""
    text = text.removeprefix("mailto:")
    name, _, domain = text.rpartition("@")
    if not name or "@" in name or "." not in domain.strip(".") or re.search(r"[\s,;<>]", text):
        raise CellError(
            f"L’adresse {quoted(text)} n’est pas complète, comme marie.dupont@demo.example."
        )
    return _short(text, 250)


def read_phone(text: str, _names: Mapping[str, str] | None = None) -> str:
    """French numbers in pairs; the zero that spreadsheets eat comes back; others as typed."""
    digits = re.sub(r"[\s.\-()/]", "", text)
    if digits.startswith("+330"):
        digits = "+33" + digits[4:]
    if digits.isascii() and digits.isdigit():
        if len(digits) == 9 and digits[0] != "0":
            digits = "0" + digits
        if len(digits) == 10 and digits[0] == "0":
            return " ".join(digits[i : i + 2] for i in range(0, 10, 2))
    if sum(c.isdigit() for c in text) < 3:
        raise CellError(f"{quoted(text)} n’est pas un numéro de téléphone.")
    return _short(text, 40)


def read_rpps(text: str, _names: Mapping[str, str] | None = None) -> str:
    """Eleven digits; the 8 of the national identifier goes away (domain.md D.5)."""
    digits = re.sub(r"[\s.]", "", text)
    if len(digits) == 12 and digits[0] == "8":
        digits = digits[1:]
    if len(digits) != 11 or not (digits.isascii() and digits.isdigit()):
        raise CellError(f"{quoted(text)} n’est pas un numéro RPPS : il compte 11 chiffres.")
    return digits


def rpps_is_doubtful(digits: str) -> bool:
    """Whether the key of an RPPS number is wrong (Luhn): worth a look, never refused."""
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)) if d.isdigit()]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 != 0


def read_profession(text: str, names: Mapping[str, str]) -> str:
    """The code of a profession. ``names``: see :func:`.professions.profession_names`."""
    code = find_profession(text, names)
    if code is None:
        raise CellError(f"La profession {quoted(text)} n’est pas dans la liste.")
    return code


def read_until(text: str, _names: Mapping[str, str] | None = None) -> date:
    """A day; a year alone is its 31 December; the hour of a spreadsheet is left out."""
    if re.fullmatch(r"(19|20)\d\d", text):
        return date(int(text), 12, 31)
    shown = re.sub(r"(?<=\d)[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", text)
    try:
        day = parse_date(shown)
    except ValueError as error:
        raise CellError(
            f"{quoted(text)} ne dit pas jusqu’à quel jour la cotisation est payée. {error}"
        ) from error
    if not 1990 <= day.year <= 2100:
        raise CellError(f"La date {quoted(text)} est hors du temps : vérifiez l’année.")
    return day


def read_tags(text: str, _names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Words between commas; quotes would break the search and go away."""
    words = (clean(re.sub(r'["\\]', " ", word)) for word in _SEPARATORS.split(text))
    found: dict[str, str] = {}
    for word in filter(None, words):
        found.setdefault(fold(word), _short(word, 60))
    if len(found) > MAX_TAGS:
        raise CellError(f"Gardez au plus {MAX_TAGS} étiquettes.")
    return tuple(found.values())


def read_languages(text: str, _names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Names or codes of languages between commas → codes."""
    known = {words_key(label): code for code, label in LANGUAGES.items()} | {
        c: c for c in LANGUAGES
    }
    words = [word for word in map(words_key, _SEPARATORS.split(text)) if word]
    if unknown := [word for word in words if word not in known]:
        raise CellError(
            f"La langue {quoted(unknown[0])} n’est pas dans la liste : "
            f"{', '.join(LANGUAGES.values())}."
        )
    return tuple(dict.fromkeys(known[word] for word in words))


def read_contact(text: str, _names: Mapping[str, str] | None = None) -> str:
    """``mail`` or ``phone``."""
    key = words_key(text)
    for code, names in _CONTACT.items():
        if key in names:
            return code
    raise CellError(f"{quoted(text)} n’est pas une façon de joindre : mail ou téléphone.")


def read_name(text: str, _names: Mapping[str, str] | None = None) -> str:
    return _short(text, 120)


def split_full_name(text: str, _names: Mapping[str, str] | None = None) -> tuple[str, str]:
    """« DUPONT Marie » or « Marie Dupont » → last name, first name.

    Words in capitals are the last name; without them the first word is the first name.
    """
    words = [word for word in text.split() if fold(word) not in _TITLES]
    upper = [word for word in words if len(word) > 1 and word.upper() == word]
    if upper and len(upper) < len(words):
        rest = [word for word in words if word not in upper]
        return read_name(" ".join(upper)), read_name(" ".join(rest))
    if len(words) < 2:
        return read_name(" ".join(words)), ""
    return read_name(" ".join(words[1:])), read_name(words[0])


_TITLES = frozenset({"m.", "mme", "mlle", "dr", "dr.", "pr", "pr."})


def _short(text: str, length: int) -> str:
    if len(text) > length:
        raise CellError(f"{quoted(text[:30] + '…')} est trop long : {length} caractères au plus.")
    return text


FIELDS: tuple[Field, ...] = (
    Field(
        "last_name",
        "Nom",
        read_name,
        ("nom", "nom de famille", "nom d exercice", "nom d usage", "noms", "last name"),
        grave=True,
    ),
    Field(
        "first_name",
        "Prénom",
        read_name,
        ("prenom", "prenoms", "prenom usuel", "prenom d exercice", "first name"),
        grave=True,
    ),
    Field(
        FULL_NAME,
        "Nom et prénom (même colonne)",
        split_full_name,
        ("nom prenom", "nom et prenom", "prenom nom", "prenom et nom", "nom complet", "identite"),
        grave=True,
    ),
    Field(
        "email",
        "Adresse mail",
        read_email,
        ("mail", "email", "e mail", "courriel", "mel", "adresse electronique", "adresse mail"),
        ("mail", "email", "courriel"),
        grave=True,
    ),
    Field(
        "phone",
        "Téléphone",
        read_phone,
        ("telephone", "tel", "portable", "mobile", "gsm", "telephone portable"),
        ("telephone", "tel", "portable", "mobile"),
    ),
    Field(
        "profession",
        "Profession",
        read_profession,
        ("profession", "metier", "code profession", "categorie professionnelle"),
        ("profession", "metier"),
    ),
    Field(
        "rpps", "Numéro RPPS", read_rpps, ("rpps", "numero rpps", "n rpps", "no rpps"), ("rpps",)
    ),
    Field(
        "commune",
        "Commune",
        read_name,
        ("commune", "ville", "localite", "commune d exercice", "lieu d exercice"),
        ("commune", "ville"),
    ),
    Field(
        "member_until",
        "Cotisation valable jusqu’au",
        read_until,
        (
            "cotisation valable jusqu au",
            "cotisation",
            "adhesion",
            "a jour jusqu au",
            "annee de cotisation",
            "annee d adhesion",
            "fin d adhesion",
            "date de fin d adhesion",
            "validite",
        ),
        ("jusqu",),
    ),
    Field(
        "tags",
        "Étiquettes",
        read_tags,
        ("etiquettes", "etiquette", "tags", "groupes", "groupe", "groupe de travail", "mots cles"),
        ("etiquettes",),
    ),
    Field("languages", "Langues", read_languages, ("langues", "langue", "langues parlees")),
    Field(
        "contact_by",
        "Préférence de contact",
        read_contact,
        ("preference de contact", "contact prefere", "moyen de contact"),
    ),
)
FIELD_OF: dict[str, Field] = {field.name: field for field in FIELDS}


def shown(name: str, value: Any, professions: Mapping[str, str]) -> str:
    """A value in words, as files and pages show it. ``professions``: code → label."""
    if value is None or value == "" or value == ():
        return ""
    if name == "profession":
        return professions.get(value, value)
    if isinstance(value, date):
        return date_short(value)
    if name == "languages":
        return ", ".join(LANGUAGES.get(code, code) for code in value)
    if name == "tags":
        return ", ".join(value)
    if name == "contact_by":
        return CONTACT_LABELS[value]
    return str(value)
