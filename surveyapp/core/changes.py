"""What changed between two versions of a questionnaire, in French."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from surveyapp.core.definition import Choice, FormDefinition, Mode, Question
from surveyapp.core.expression import Expression
from surveyapp.core.french import NBSP, quoted

_MODES = {
    Mode.ANONYMOUS: "anonyme",
    Mode.CONFIDENTIAL: "confidentiel",
    Mode.NOMINATIVE: "nominatif",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. A ``breaking`` one forbids to add up the answers of both versions."""

    subject: str
    text: str
    breaking: bool = False


def changes(old: FormDefinition, new: FormDefinition) -> tuple[Change, ...]:
    """Every difference that a reader would notice, the questionnaire's first."""
    return (*_form(old, new), *_questions(old, new))


def _form(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    whole = "Le questionnaire"
    if old.title != new.title:
        yield Change(whole, f"Titre{NBSP}: {quoted(new.title)} (avant{NBSP}: {quoted(old.title)})")
    if old.mode is not new.mode:
        yield Change(whole, f"Devient {_MODES[new.mode]} (avant{NBSP}: {_MODES[old.mode]})", True)
    if old.k != new.k:
        yield Change(whole, f"Seuil de publication{NBSP}: {new.k} réponses (avant{NBSP}: {old.k})")
    for label, read in _FORM_TEXTS:
        if read(old) != read(new):
            yield Change(whole, f"{label} modifié")
    before, after = ([s.name for s in f.sections] for f in (old, new))
    if before != after:
        yield Change(
            whole, f"Pages{NBSP}: {len(after)} (avant{NBSP}: {len(before)}), ou autre ordre"
        )


_FORM_TEXTS: tuple[tuple[str, Callable[[FormDefinition], object]], ...] = (
    ("Texte d’introduction", lambda f: f.introduction),
    ("Texte de remerciement", lambda f: f.thanks),
    ("Encadré d’aide", lambda f: f.safety_box),
    ("Texte de la notice sur les données", lambda f: f.notice),
    ("Délai de conservation", lambda f: (f.retention_months, f.draft_retention_days)),
)


def _questions(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    for name, question in after.items():
        if name not in before:
            yield Change(_subject(question), "Question ajoutée")
    for name, question in before.items():
        if name not in after:
            yield Change(_subject(question), "Question retirée", True)
        else:
            yield from _question(question, after[name])


def _question(old: Question, new: Question) -> Iterator[Change]:
    subject = _subject(new)
    if old.kind is not new.kind:
        yield Change(subject, f"Type{NBSP}: {new.kind} (avant{NBSP}: {old.kind})", True)
    if old.label != new.label:
        yield Change(subject, f"Intitulé (avant{NBSP}: {quoted(old.label)})")
    if old.required is not new.required:
        yield Change(subject, "Devient obligatoire" if new.required else "Devient facultative")
    yield from (Change(subject, text, breaking) for text, breaking in _choices(old, new))
    for label, read in _QUESTION_PARTS:
        if read(old) != read(new):
            yield Change(subject, label)


_QUESTION_PARTS: tuple[tuple[str, Callable[[Question], object]], ...] = (
    ("Aide modifiée", lambda q: q.hint),
    ("Condition d’affichage modifiée", lambda q: _source(q.relevant)),
    ("Règle de contrôle modifiée", lambda q: _source(q.constraint)),
    ("Avertissement modifié", lambda q: _source(q.warning)),
    ("Calcul modifié", lambda q: _source(q.calculation)),
    ("Échelle ou réglage modifié", lambda q: dict(q.parameters)),
    ("Comparaison à un repère modifiée", lambda q: q.reference),
)


def _choices(old: Question, new: Question) -> Iterator[tuple[str, bool]]:
    before = {choice.name: choice for choice in old.choices}
    after = {choice.name: choice for choice in new.choices}
    added = [c for name, c in after.items() if name not in before]
    removed = [c for name, c in before.items() if name not in after]
    renamed = [c for name, c in after.items() if name in before and before[name].label != c.label]
    if added:
        yield f"Choix ajoutés{NBSP}: {_labels(added)}", False
    if removed:
        yield f"Choix retirés{NBSP}: {_labels(removed)}", True
    if renamed:
        yield f"Choix reformulés{NBSP}: {_labels(renamed)}", False


def _by_name(definition: FormDefinition) -> dict[str, Question]:
    found = {question.name: question for question in definition.questions()}
    for repeat in definition.repeats():
        found |= {f"{repeat.name}.{question.name}": question for question in repeat.items}
    return found


def _subject(question: Question) -> str:
    return question.label or question.name


def _labels(choices: Iterable[Choice]) -> str:
    return ", ".join(quoted(choice.label) for choice in choices)


def _source(expression: Expression | None) -> str:
    return expression.source if expression else ""
