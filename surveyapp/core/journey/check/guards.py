"""Rules on guards and columns: what they read exists, and can be compared with what is said."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.definition import FormDefinition, Kind, Repeat
from surveyapp.core.expression import Ast, references, walk
from surveyapp.core.expression.values import number_text
from surveyapp.core.issues import Issue
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import FactKind
from surveyapp.core.journey.reading import JOINT
from surveyapp.core.reading import suggestion

_YES_NO = ("oui", "non")


def unknown_references(plan: Plan) -> Iterator[Issue]:
    facts = [fact.name for fact in plan.journey.facts]
    known = [*facts, *plan.markers]
    for guard in plan.guards():
        for name in references(guard.expression):
            if JOINT in name:
                message = _unknown_answer(plan, name)
            elif name in known:
                message = ""
            else:
                hint = suggestion(name, known)
                message = f"« {guard.key} » lit ${{{name}}}, qui n’existe pas{hint}"
            if message:
                yield plan.error(guard.line, "unknown_reference", message)


def _unknown_answer(plan: Plan, name: str) -> str:
    """What is wrong with ``task-question``; nothing when it exists or cannot be looked up."""
    task_name, _, question = name.partition(JOINT)
    task = plan.journey.task(task_name)
    if task is None:
        hint = suggestion(task_name, [t.name for t in plan.journey.tasks])
        return f"« {task_name} » n’est pas un formulaire du parcours{hint}"
    form = plan.forms.get(task.form) if plan.forms else None
    if form is None:
        return ""
    answers = _answers(form)
    if question in answers:
        return ""
    hint = suggestion(question, list(answers))
    return f"le questionnaire « {task.form} » n’a pas de question « {question} »{hint}"


def _answers(form: FormDefinition) -> dict[str, Kind | None]:
    """What can be read of the answers: questions, « Autre » texts and repeats."""
    found: dict[str, Kind | None] = {}
    for section in form.sections:
        for question in section.questions():
            if question.kind is not Kind.NOTE:
                found[question.name] = question.kind
            if question.or_other:
                found[question.other_name] = Kind.TEXT
        found |= {item.name: None for item in section.items if isinstance(item, Repeat)}
    return found


def unknown_columns(plan: Plan) -> Iterator[Issue]:
    journey = plan.journey
    known = [fact.name for fact in journey.facts] + [d.name for d in journey.deadlines]
    known += plan.markers
    for column in journey.columns:
        for key, (name, question) in (
            ("show", (column.show, column.question)),
            ("or", column.instead or ("", "")),
        ):
            message = ""
            if question:
                message = _unknown_answer(plan, f"{name}{JOINT}{question}")
            elif name and name not in known:
                message = f"« {key} » : « {name} » n’existe pas{suggestion(name, known)}"
            if message:
                yield plan.error(column.line, "unknown_reference", message)


def unknown_choices(plan: Plan) -> Iterator[Issue]:
    """What is compared with a list is one of its choices."""
    for guard in plan.guards():
        for node in walk(guard.expression.ast):
            for name, text in _compared(node):
                choices = _choices(plan, name)
                if text and choices and text not in choices:
                    said = name.replace(JOINT, ".")
                    message = f"« {text} » n’est pas un choix de ${{{said}}}"
                    message += suggestion(text, list(choices))
                    yield plan.error(guard.line, "unknown_choice", message)


def _compared(node: Ast) -> Iterator[tuple[str, str]]:
    """The names that a comparison reads, each with the literal beside it."""
    if node[:2] not in (("op", "="), ("op", "!="), ("call", "selected")):
        return
    left, right = node[2:4]
    for subject, literal in ((left, right), (right, left)):
        if subject[0] == "var" and literal[0] in ("str", "num"):
            text = number_text(literal[1]) if literal[0] == "num" else str(literal[1])
            yield subject[1], text


def _choices(plan: Plan, name: str) -> tuple[str, ...]:
    fact = next((fact for fact in plan.journey.facts if fact.name == name), None)
    if fact is not None:
        return _YES_NO if fact.kind is FactKind.YES_NO else tuple(n for n, _ in fact.choices)
    task_name, _, question_name = name.partition(JOINT)
    task = plan.journey.task(task_name)
    form = plan.forms.get(task.form) if task and plan.forms else None
    question = form.question(question_name) if form else None
    return tuple(choice.name for choice in question.choices) if question else ()


def stray_words(plan: Plan) -> Iterator[Issue]:
    """No answer is « . » here, and a text stands in quotes."""
    for guard in plan.guards():
        for node in walk(guard.expression.ast):
            if node in (("self",), ("parent",)) or node[:2] == ("call", "position"):
                message = f"« . », « .. » et position() n’ont pas de sens dans « {guard.key} »"
                yield plan.error(guard.line, "self", message)
            elif node[0] == "attr":
                word = node[1]
                message = f"« {word} » : un texte s’écrit '{word}', une donnée ${{{word}}}"
                yield plan.error(guard.line, "bare_word", message)


RULES = (unknown_references, unknown_columns, unknown_choices, stray_words)
