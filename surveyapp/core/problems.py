"""What can be wrong with an answer, and how we say so in French: the one place.

A :class:`Problem` carries the name of its question, a code and data; :func:`message_of`
turns them into one sentence that says what to do. The author's own ``required_message``
and ``constraint_message`` win over the sentences below.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.french import NBSP


class Code(StrEnum):
    """Why an answer cannot be taken as it is (or, for the last two, why we ask again)."""

    REQUIRED = "required"
    REQUIRED_CHOICE = "required_choice"
    REQUIRED_CHOICES = "required_choices"
    REQUIRED_TICK = "required_tick"
    TYPE = "type"
    LENGTH = "length"
    NUMBER = "number"
    INTEGER = "integer"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    EMAIL = "email"
    TEL = "tel"
    CHOICE = "choice"
    EXCLUSIVE = "exclusive"
    OTHER = "other"
    RANK = "rank"
    CONSTRAINT = "constraint"
    REPEAT_MIN = "repeat_min"
    REPEAT_MAX = "repeat_max"
    WARNING = "warning"
    RPPS = "rpps"


#: ``{label}`` is the question between guillemets; the other fields are those of the check.
_MESSAGES: dict[Code, str] = {
    Code.REQUIRED: "Répondez à la question {label}.",
    Code.REQUIRED_CHOICE: "Choisissez une réponse à la question {label}.",
    Code.REQUIRED_CHOICES: "Cochez au moins une réponse à la question {label}.",
    Code.REQUIRED_TICK: "Cochez la case {label} pour continuer.",
    Code.TYPE: "La réponse à la question {label} n’a pas la forme attendue. Répondez de nouveau.",
    Code.LENGTH: (
        "Votre réponse à la question {label} est trop longue\u00a0: {length} caractères "
        "pour {maximum} au plus. Raccourcissez-la."
    ),
    Code.NUMBER: "Question {label}\u00a0: écrivez un nombre en chiffres, par exemple 12 ou 12,5.",
    Code.INTEGER: "Question {label}\u00a0: écrivez un nombre entier en chiffres, par exemple 12.",
    Code.RANGE: "Question {label}\u00a0: choisissez une note entre {minimum} et {maximum}.",
    Code.DATE: (
        "Question {label}\u00a0: écrivez la date avec le jour, le mois et l’année, "
        "par exemple 27/06/2024."
    ),
    Code.TIME: "Question {label}\u00a0: écrivez l’heure, par exemple 18\u00a0h\u00a030.",
    Code.DATETIME: (
        "Question {label}\u00a0: écrivez la date puis l’heure, "
        "par exemple 27/06/2024 18\u00a0h\u00a030."
    ),
    Code.EMAIL: (
        "Question {label}\u00a0: écrivez une adresse mail complète, "
        "par exemple prenom.nom@exemple.fr."
    ),
    Code.TEL: (
        "Question {label}\u00a0: écrivez un numéro de téléphone complet, "
        "par exemple 06\u00a012\u00a034\u00a056\u00a078."
    ),
    Code.CHOICE: "Choisissez à la question {label} une réponse de la liste proposée.",
    Code.EXCLUSIVE: (
        "Question {label}\u00a0: la réponse «\u00a0{choice}\u00a0» ne va pas avec une autre. "
        "Décochez l’une ou l’autre."
    ),
    Code.OTHER: "Précisez votre réponse «\u00a0Autre\u00a0» à la question {label}.",
    Code.RANK: (
        "Question {label}\u00a0: donnez un rang à chacune des propositions, "
        "chaque proposition une seule fois."
    ),
    Code.CONSTRAINT: (
        "La réponse à la question {label} ne convient pas. Vérifiez-la et corrigez-la."
    ),
    Code.REPEAT_MIN: "Partie {label}\u00a0: remplissez au moins {bound}.",
    Code.REPEAT_MAX: "Partie {label}\u00a0: gardez au plus {bound}.",
    Code.WARNING: "Vérifiez votre réponse à la question {label}, puis continuez.",
    Code.RPPS: (
        "Ce numéro RPPS semble comporter une erreur de frappe\u00a0: il compte 11\u00a0chiffres, "
        "que vous trouvez sur votre carte de professionnel de santé. "
        "Vérifiez-le\u00a0; s’il est juste, continuez."
    ),
}

#: Longest part of a label that a message repeats.
_LABEL_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. ``repeat`` and ``index`` (from 0) locate a question of a repeat."""

    name: str
    code: Code
    message: str
    section: str
    repeat: str = ""
    index: int = 0

    @property
    def field(self) -> str:
        """Identifier of the form field, ``enfants-0-prenom`` inside a repeat."""
        return field_id(self.name, repeat=self.repeat, index=self.index)


def field_id(name: str, *, repeat: str = "", index: int = 0) -> str:
    """How a form field is called: the question's name, prefixed inside a repeat."""
    return f"{repeat}-{index}-{name}" if repeat else name


def message_of(code: Code, label: str, **data: object) -> str:
    """The sentence for ``code``; ``label`` is the text of the question."""
    return _MESSAGES[code].format(label=quoted(label), **data)


def about(label: str, sentence: str) -> str:
    """« Question « … » : écrivez… » from a sentence that stands alone."""
    return f"Question {quoted(label)}{NBSP}: {sentence[:1].lower()}{sentence[1:]}"


def quoted(label: str) -> str:
    """« label », without the colon or the stars that may end or mark it, cut when very long."""
    text = " ".join(label.replace("**", "").split(" ")).strip().rstrip(":\u00a0 ")
    if len(text) > _LABEL_LENGTH:
        text = text[:_LABEL_LENGTH].rsplit(" ", 1)[0] + "…"
    return f"«{NBSP}{text}{NBSP}»"
