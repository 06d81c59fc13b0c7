"""A live poll: its stages, what a vote may be, and the count of the votes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from surveyapp.core.answers.types import Wrong, check_type, steps
from surveyapp.core.definition import FormDefinition, Kind, Question
from surveyapp.core.french import number, typeset
from surveyapp.core.problems import message_of
from surveyapp.core.words import MOST_TERMS, Term, count_terms, terms_of

#: Letters and digits of a code: none can be taken for another, none makes a word.
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
CODE_LENGTH = 5
#: How many terms a person may give when the questionnaire does not say.
USUAL_TERMS = 3


class PollState(StrEnum):
    """Where a meeting is."""

    WAITING = "waiting"  # the QR code is shown, no question yet
    OPEN = "open"  # the question takes votes
    FROZEN = "frozen"  # the question is shown, votes are stopped
    DONE = "done"  # the votes have become answers of the campaign


class Act(StrEnum):
    """What the presenter does; the values are those of the buttons."""

    NEXT = "suivante"
    PREVIOUS = "precedente"
    SHOW = "montrer"
    FREEZE = "arreter"
    RESULTS = "resultats"
    HIDE = "masquer"
    MODERATE = "moderer"


class PollRefusal(Exception):
    """The act or the vote cannot be done now; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


@dataclass(frozen=True, slots=True)
class Stage:
    """What everybody in the room sees. See :class:`surveyapp.models.Poll`."""

    state: PollState
    question: str
    hide_until_voted: bool
    moderated: bool
    results_shown: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One option with its votes; ``share`` is a ratio in [0, 1] of those who voted."""

    name: str
    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one question. ``waiting`` are the terms that the moderator has not read.

    ``mean`` is in the unit of the scale, ``None`` for other questions and without a vote.
    """

    votes: int
    bars: tuple[Bar, ...] = ()
    mean: float | None = None
    terms: tuple[Term, ...] = ()
    waiting: tuple[Term, ...] = ()


def questions_of(definition: FormDefinition) -> tuple[Question, ...]:
    """The questions in the order in which they are put."""
    return tuple(definition.questions())


def read_code(typed: str) -> str:
    """A code as it is stored, whatever the case and the blanks with which it was typed."""
    return re.sub(r"[\s\-]+", "", typed).upper()[:20]


def after(stage: Stage, act: Act, names: Sequence[str], *, target: str = "") -> Stage:
    """The stage that follows; :raises PollRefusal: why there is none."""
    if stage.state is PollState.DONE:
        raise PollRefusal("Cette séance est terminée : ses résultats sont enregistrés.")
    match act:
        case Act.NEXT:
            return _next(stage, names)
        case Act.PREVIOUS:
            return _previous(stage, names)
        case Act.SHOW:
            if target not in names:
                raise PollRefusal("Cette question n’existe pas : choisissez-la dans la liste.")
            return _opened(stage, target)
        case Act.FREEZE:
            return _freeze(stage)
        case Act.RESULTS:
            return replace(stage, results_shown=not stage.results_shown)
        case Act.HIDE:
            hide = not stage.hide_until_voted
            shown = not hide or stage.state is PollState.FROZEN
            return replace(stage, hide_until_voted=hide, results_shown=shown)
        case Act.MODERATE:
            return replace(stage, moderated=not stage.moderated)


def _next(stage: Stage, names: Sequence[str]) -> Stage:
    place = names.index(stage.question) + 1 if stage.question in names else 0
    if place >= len(names):
        raise PollRefusal(
            "C’était la dernière question : terminez la séance pour enregistrer les résultats."
        )
    return _opened(stage, names[place])


def _previous(stage: Stage, names: Sequence[str]) -> Stage:
    """The question before, to look at: its votes stay stopped until the presenter resumes."""
    place = names.index(stage.question) - 1 if stage.question in names else -1
    if place < 0:
        return replace(stage, state=PollState.WAITING, question="")
    return replace(stage, state=PollState.FROZEN, question=names[place], results_shown=True)


def _opened(stage: Stage, name: str) -> Stage:
    return replace(
        stage, state=PollState.OPEN, question=name, results_shown=not stage.hide_until_voted
    )


def _freeze(stage: Stage) -> Stage:
    if not stage.question:
        raise PollRefusal("Montrez d’abord une question.")
    if stage.state is PollState.FROZEN:
        return replace(stage, state=PollState.OPEN)
    shown = stage.results_shown or stage.hide_until_voted
    return replace(stage, state=PollState.FROZEN, results_shown=shown)


def read_vote(question: Question, sent: Sequence[str]) -> Any:
    """What is stored of a vote: a choice, choices, a number or terms.

    :raises PollRefusal: nothing was chosen, or the choice does not exist.
    """
    if question.words:
        terms = list(terms_of(sent, most=most_terms(question)))
        if not terms:
            raise PollRefusal("Écrivez au moins un mot, puis envoyez.")
        return terms
    try:
        value = check_type(question, _raw(question, sent), question.choices)
    except Wrong as wrong:
        raise PollRefusal(message_of(wrong.code, question.label, **wrong.data)) from None
    if value is None or value == []:
        raise PollRefusal("Choisissez une réponse, puis envoyez.")
    return value


def _raw(question: Question, sent: Sequence[str]) -> object:
    if question.kind is Kind.SELECT_MULTIPLE:
        return list(sent)
    first = sent[0] if sent else ""
    if question.kind is Kind.RANGE and first:
        try:
            return float(first)
        except ValueError:
            return first
    return first


def most_terms(question: Question) -> int:
    """How many terms a person may give."""
    stated = question.parameters.get("answers", str(USUAL_TERMS))
    return min(int(stated), MOST_TERMS) if stated.isdecimal() else USUAL_TERMS


def tally(
    question: Question,
    votes: Iterable[Any],
    *,
    decided: Mapping[str, bool] | None = None,
    moderated: bool = False,
) -> Tally:
    """Count the votes. ``decided`` says, by key, which terms the moderator let through.

    A refused term is never shown; one that nobody has read yet only without moderation.
    """
    values = list(votes)
    if question.words:
        return _words(values, decided or {}, moderated=moderated)
    if question.kind is Kind.RANGE:
        notes = steps(question)
        labels = [(number(note), number(note)) for note in notes]
        chosen = [[number(value)] for value in values]
        mean = sum(values) / len(values) if values else None
        return Tally(len(values), _bars(labels, chosen), mean)
    labels = [(choice.name, choice.label) for choice in question.choices]
    chosen = [value if isinstance(value, list) else [value] for value in values]
    return Tally(len(values), _bars(labels, chosen))


def _bars(labels: Sequence[tuple[str, str]], chosen: Sequence[Sequence[str]]) -> tuple[Bar, ...]:
    counts = {name: sum(name in value for value in chosen) for name, _ in labels}
    total = len(chosen) or 1
    return tuple(Bar(name, label, counts[name], counts[name] / total) for name, label in labels)


def _words(values: Sequence[Any], decided: Mapping[str, bool], *, moderated: bool) -> Tally:
    terms = count_terms(values)
    shown = tuple(term for term in terms if decided.get(term.key, not moderated))
    waiting = tuple(term for term in terms if moderated and term.key not in decided)
    return Tally(len(values), terms=shown, waiting=waiting)


def document_of(
    definition: FormDefinition,
    votes: Mapping[str, Any],
    refused: Mapping[str, frozenset[str]],
) -> dict[str, Any]:
    """The raw answers of one telephone; ``refused`` are the keys of refused terms by question."""
    found: dict[str, Any] = {}
    for question in questions_of(definition):
        value = votes.get(question.name)
        if question.words and value:
            out = refused.get(question.name, frozenset())
            kept = count_terms([[t] for t in value])
            texts = [term.text for term in kept if term.key not in out]
            value = ", ".join(texts)
        if value or (value == 0 and question.kind is Kind.RANGE):
            found[question.name] = value
    return found
