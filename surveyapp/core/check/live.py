"""Rules on questionnaires that are put in a meeting (« sondage en séance », domain.md D.1).

Such a questionnaire may show results of fewer than five people, because everybody sees them
grow on the screen; therefore it asks nothing that must stay hidden. What the rules can hold:
it is anonymous, asks about nobody's health (no help box, no threshold of health, no reference
figure of a wellbeing survey, none of the words below), crosses nothing, and its answers are
choices, notes or words. The rest is said to the author in docs/questionnaires.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveyapp.core.check.outline import Outline
from surveyapp.core.check.privacy import WELLBEING_K
from surveyapp.core.definition import Group, Kind, Question, Repeat
from surveyapp.core.french import fold
from surveyapp.core.issues import Issue
from surveyapp.core.words import MOST_TERMS

#: Types whose answers grow on a screen; a text only with the appearance « words ».
KINDS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANGE})
#: Beginnings of words, without accents, that announce a question about somebody's health.
_HEALTH = re.compile(
    r"\b(epuis|burn|stress|fatigu|anxi|angoiss|depress|deprim|suicid|sommeil|dorm|insomn|alcool|"
    r"tabac|drogue|medicament|maladie|malade|douleur|handicap|mal-etre|detresse|addict)"
)
#: Keys of a question that only make sense when pages are filled one after another.
_PAGE_KEYS = (
    "required",
    "relevant",
    "constraint",
    "warning",
    "choice_filter",
    "default",
    "or_other",
    "profile",
)


def modest(outline: Outline) -> Iterator[Issue]:
    """Anonymous, and not about health: whatever says so elsewhere forbids it here."""
    definition = outline.definition
    if not definition.live:
        return
    line = outline.line("live")
    if not definition.anonymous:
        message = "un sondage en séance est anonyme : écrivez « mode: anonymous »"
        yield outline.error(line, "live", message)
    if definition.safety_box or definition.k >= WELLBEING_K:
        message = (
            "un sondage en séance ne porte jamais sur la santé : sans « safety_box », avec k "
            f"au-dessous de {WELLBEING_K}"
        )
        yield outline.error(line, "live_health", message)
    if definition.prerequisites:
        message = "un sondage en séance n’a pas de « prerequisites »"
        yield outline.error(outline.line("prerequisites"), "live", message)


def health_questions(outline: Outline) -> Iterator[Issue]:
    if not outline.definition.live:
        return
    for entry, question in outline.questions:
        said = fold(" ".join((question.label, question.hint, *(c.label for c in question.choices))))
        found = _HEALTH.search(said)
        if question.reference is not None or found:
            why = f" (« {found[0]}… »)" if found else ""
            message = (
                f"« {question.name} » touche à la santé{why} : posez-la dans un questionnaire "
                "anonyme ordinaire"
            )
            yield outline.error(entry.line, "live_health", message)


def simple_shape(outline: Outline) -> Iterator[Issue]:
    """Questions one by one: no group, no repeat, no condition, nothing to type but words."""
    if not outline.definition.live:
        return
    for entry in outline.entries:
        if isinstance(entry.item, Group | Repeat):
            message = f"dans un sondage en séance, « {entry.name} » : les questions se suivent"
            yield outline.error(entry.line, "live_type", message)
        elif isinstance(entry.item, Question):
            yield from _question(outline, entry.item)
        elif entry.item.relevant is not None:
            message = "dans un sondage en séance, une page n’a pas de « relevant »"
            yield outline.error(entry.line, "live_key", message)


def _question(outline: Outline, question: Question) -> Iterator[Issue]:
    if question.kind not in KINDS and not question.words:
        message = (
            f"« {question.name} » : un sondage en séance n’a que des select_one, "
            "select_multiple, range et des text d’apparence words"
        )
        yield outline.error(question.line, "live_type", message)
    for key in _PAGE_KEYS:
        if getattr(question, key):
            message = f"« {key} » n’a pas de sens dans un sondage en séance"
            yield outline.error(question.line, "live_key", message)


def words(outline: Outline) -> Iterator[Issue]:
    """« words » counts words in a meeting; elsewhere answers are read one by one."""
    for entry, question in outline.questions:
        if "words" not in question.appearance or question.kind is not Kind.TEXT:
            continue
        if not outline.definition.live:
            message = "l’apparence « words » ne sert qu’à un sondage en séance (« live »)"
            yield outline.warning(entry.line, "appearance", message)
        if question.appearance & {"multiline", "rpps"}:
            message = "l’apparence « words » va seule"
            yield outline.error(entry.line, "appearance", message)
        answers = question.parameters.get("answers", "1")
        if not (answers.isdecimal() and 1 <= int(answers) <= MOST_TERMS):
            message = f"« answers » attend un nombre entier de 1 à {MOST_TERMS}"
            yield outline.error(entry.line, "parameter", message)


RULES = (modest, health_questions, simple_shape, words)
