"""Professions as people write them in their files → codes of the list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from surveyapp.core.directory.card import words_key
from surveyapp.core.french import fold

#: Endings of inclusive writing: « infirmier(e) », « infirmier·ère », « coordinateur/trice ».
_ENDINGS = re.compile(r"(\([a-zè]{1,6}\)|[·./][a-zè]{1,6}\b)", re.IGNORECASE)

#: Usual names that no label of the list holds.
_USUAL: dict[str, str] = {
    "ide": "60",
    "idel": "60",
    "infirmier liberal": "60",
    "infirmier diplome d etat": "60",
    "ipa": "ipa",
    "kine": "70",
    "mk": "70",
    "mkde": "70",
    "kinesitherapeute": "70",
    "generaliste": "10",
    "medecin generaliste": "10",
    "medecin specialiste": "10",
    "mg": "10",
    "docteur": "10",
    "dentiste": "40",
    "chirurgien dentiste": "40",
    "orthodontiste": "40",
    "sf": "50",
    "sage femme liberal": "50",
    "podologue": "80",
    "pedicure": "80",
    "opticien": "28",
    "dieteticien nutritionniste": "95",
    "preparateur": "39",
    "manipulateur radio": "98",
    "coordinateur": "coordination",
    "coordinatrice": "coordination",
    "coordination": "coordination",
    "secretaire": "secretaire_assistant",
    "secretaire medical": "secretaire_assistant",
    "assistant medical": "secretaire_assistant",
    "assistant social": "acteur_social",
    "travailleur social": "acteur_social",
    "acteur social": "acteur_social",
    "psychologue clinicien": "psychologue",
}


def profession_names(labels: Mapping[str, str]) -> dict[str, str]:
    """Every folded way to name a profession → its code. ``labels``: code → label."""
    names = {key: code for key, code in _USUAL.items() if code in labels}
    for code, label in labels.items():
        for name in _variants(label):
            names.setdefault(_key(name), code)
    names |= {_key(label): code for code, label in labels.items()}
    return names | {fold(code): code for code in labels}


def find_profession(text: str, names: Mapping[str, str]) -> str | None:
    """The code of a profession: by its code, its label or a usual name."""
    for key in (fold(text), _key(text), _key(_ENDINGS.sub("", text))):
        if key in names:
            return names[key]
    return None


def _key(text: str) -> str:
    """Folded words, without the mark of the plural and of the feminine where it is simple."""
    return " ".join(_stem(word) for word in words_key(text).split())


def _stem(word: str) -> str:
    word = word.removesuffix("s") if len(word) > 4 else word
    for feminine, masculine in (("iere", "ier"), ("ienne", "ien"), ("ante", "ant"), ("ale", "al")):
        if len(word) > 5 and word.endswith(feminine):
            return word.removesuffix(feminine) + masculine
    return word


def _variants(label: str) -> Iterator[str]:
    """« Masseur ou masseuse-kinésithérapeute » → « masseur kinésithérapeute », etc."""
    short = re.sub(r"\s*\(.*?\)", "", label)
    yield short
    yield from re.findall(r"\((.*?)\)", label)
    for part in short.split(","):
        left, found, right = part.partition(" ou ")
        if not found:
            yield part
            continue
        head, tail = words_key(left).split(), words_key(right).split()
        yield " ".join([*head, *tail[len(head) :]])
        yield right
