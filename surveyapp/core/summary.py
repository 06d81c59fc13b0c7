"""Answers of one question, counted: the only thing that is ever shown (design.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from surveyapp.core.french import NBSP, number, year

#: From this threshold on nothing is shown before the close (domain.md D.1: wellbeing).
LIVE_LIMIT = 10
#: Label of those who gave no answer to a profile question.
NO_ANSWER = "Sans réponse"


class Shape(StrEnum):
    """How a summary is drawn and read."""

    CHOICE = "choice"  # one option per answer: shares add up to 100 %
    MULTIPLE = "multiple"  # several options per answer: shares do not add up
    SCALE = "scale"  # 0–10, notes: ordered numbers, with mean
    MATRIX = "matrix"  # rows of one Likert table
    RANK = "rank"  # mean rank per option
    NUMBER = "number"  # free number: mean, median, histogram bins
    TEXT = "text"  # open answers
    WORDS = "words"  # « en 1 ou 2 mots », counted: several words per answer


class Reason(StrEnum):
    """Why a figure is withheld."""

    BASE = "base"  # fewer than k answers
    COMPLEMENT = "complement"  # would allow to deduce another withheld figure
    WAIT = "wait"  # results of this campaign are shown at its close, or by steps of k
    EMPTY = "empty"  # nobody has answered yet


def reason_text(reason: Reason, k: int) -> str:
    """Why a result is not shown, and what would make it shown, in one French sentence.

    A subgroup never says more than « complement »: whether it is small itself, protects a
    smaller one or is unanimous must not be told.
    """
    if reason is Reason.WAIT and k >= LIVE_LIMIT:
        return "Ce résultat sera montré après la fermeture de la collecte."
    if reason is Reason.BASE and k <= 1:
        return "Personne n’a répondu à cette question."
    return _REASONS[reason].format(k=number(k))


_REASONS = {
    Reason.BASE: (
        f"Résultat non montré{NBSP}: moins de {{k}}{NBSP}réponses. En dessous, on pourrait "
        "deviner qui a répondu quoi."
    ),
    Reason.COMPLEMENT: (
        f"Résultat non montré{NBSP}: il porterait sur moins de {{k}}{NBSP}personnes, ou "
        "permettrait d’en déduire les réponses."
    ),
    Reason.WAIT: (
        f"Résultat pas encore montré{NBSP}: il le sera à la fermeture de la collecte, ou par "
        f"paliers de {{k}}{NBSP}réponses au moins si la question est posée à tout le monde."
    ),
    Reason.EMPTY: "Personne n’a encore répondu.",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """Count of one option. ``share`` is a ratio in [0, 1] of :attr:`Row.n`.

    ``count`` and ``share`` are ``None`` when withheld. In a protected result a profile
    question counts everybody: :data:`NO_ANSWER` is then one of its cells, named ``""``.
    """

    name: str
    label: str
    count: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of figures: the whole question, one matrix line, or one subgroup.

    ``n`` is the number of answers counted (``None`` when withheld); ``mean`` and
    ``median`` are in the unit of the scale.
    """

    name: str
    label: str
    n: int | None
    cells: tuple[Cell, ...] = ()
    mean: float | None = None
    median: float | None = None
    withheld: Reason | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A reference figure beside the local one (domain.md A.4.5).

    ``value`` and ``local`` are in ``unit``: a ratio in [0, 1] for ``"%"``, else points of
    the scale. ``doubtful`` figures carry « à vérifier ».
    """

    key: str
    value: float
    unit: str
    source: str
    wording: str
    comparability: str
    doubtful: bool
    local: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """Result of one question (or of one matrix: one row per line of it).

    ``n`` answers counted, ``missing`` responses without an answer although the question
    was asked, ``asked`` responses in which it was asked (n + missing). All three are
    ``None`` when withheld. ``scale`` holds (minimum, maximum) for :attr:`Shape.SCALE`.
    ``breakdown`` holds one row per subgroup of the crossing question, if any.
    """

    question: str
    label: str
    section: str
    shape: Shape
    n: int | None
    missing: int | None
    asked: int | None
    rows: tuple[Row, ...]
    scale: tuple[int, int] | None = None
    scale_labels: tuple[str, str] = ("", "")
    withheld: Reason | None = None
    k: int = 0
    benchmarks: tuple[Benchmark, ...] = ()
    crossed_by: str = ""
    crossed_label: str = ""
    breakdown: tuple[Row, ...] = ()
    texts: tuple[str, ...] = ()
    years: bool = False

    def median(self, row: Row) -> str:
        """« 4,5 », or « 2015 » when the answers are years; empty when there is none."""
        if row.median is None:
            return ""
        return year(row.median) if self.years else number(row.median)
