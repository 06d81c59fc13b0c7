"""Rules on expressions: what they read exists, comes before, and can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.check.outline import LIST_KINDS, NUMBER_KINDS, Entry, Outline, Place
from surveyapp.core.definition import Kind, Question, Repeat
from surveyapp.core.expression import Ast, Expression, references, walk
from surveyapp.core.expression.syntax import children
from surveyapp.core.expression.values import number_text, to_number
from surveyapp.core.issues import Issue
from surveyapp.core.reading import UNREADABLE, suggestion

#: Functions that make one value of the list of a repeat's values.
_AGGREGATES = frozenset({"sum", "count", "min", "max", "join", "concat", "count-non-empty"})
_ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})
_OWN_ANSWER = frozenset({"constraint", "warning"})


def _answerable(entry: Entry) -> bool:
    return isinstance(entry.item, Repeat) or (
        entry.question is not None and entry.question.kind is not Kind.NOTE
    )


def unknown_references(outline: Outline) -> Iterator[Issue]:
    silent = {entry.name for entry in outline.entries}
    for place in outline.places:
        for name in references(place.expression):
            entry = outline.answers.get(name)
            if entry is not None and _answerable(entry):
                continue
            if name in silent:
                message = f"« {name} » ne reçoit pas de réponse et ne peut pas être lu"
            else:
                hint = suggestion(name, list(outline.answers))
                message = f"« {place.key} » lit ${{{name}}}, qui n’existe pas{hint}"
            yield outline.error(place.line, "unknown_reference", message)


def later_references(outline: Outline) -> Iterator[Issue]:
    """Nothing depends on what is asked later; a ``relevant`` not even on its own answer."""
    for place in outline.places:
        for name in references(place.expression):
            entry = outline.answers.get(name)
            if entry is None:
                continue
            if place.key == "relevant" and entry.order >= place.order:
                message = (
                    f"« relevant » dépend de ${{{name}}}, qui n’est pas demandé avant : "
                    "déplacez l’une des deux questions"
                )
                yield outline.error(place.line, "later_reference", message)
            elif entry.page > place.page:
                message = f"« {place.key} » dépend de ${{{name}}}, demandé sur une page suivante"
                yield outline.error(place.line, "later_reference", message)


def cycles(outline: Outline) -> Iterator[Issue]:
    """A calculation must not depend on itself, be it through others."""
    edges: dict[str, set[str]] = {}
    for place in outline.places:
        if place.owner and place.key == "calculation":
            names = references(place.expression)
            edges.setdefault(place.owner.name, set()).update(names)
    lines = {p.owner.name: p.line for p in outline.places if p.owner and p.key == "calculation"}
    done: set[str] = set()
    for name in edges:
        cycle = _cycle(name, edges, done)
        if cycle:
            path = " → ".join((*cycle, cycle[0]))
            message = f"ces calculs dépendent l’un de l’autre : {path}"
            yield outline.error(lines[cycle[0]], "cycle", message)


def _cycle(start: str, edges: dict[str, set[str]], done: set[str]) -> tuple[str, ...]:
    """A cycle reachable from ``start``, empty if there is none that is not in ``done``."""
    path: list[str] = []
    stack = [(start, iter(sorted(edges.get(start, ()))))]
    if start in done:
        return ()
    path.append(start)
    while stack:
        node, followers = stack[-1]
        follower = next(followers, None)
        if follower is None:
            stack.pop()
            path.pop()
            done.add(node)
        elif follower in path:
            done.update(path)
            return tuple(path[path.index(follower) :])
        elif follower in edges and follower not in done:
            path.append(follower)
            stack.append((follower, iter(sorted(edges[follower]))))
    return ()


def own_answer(outline: Outline) -> Iterator[Issue]:
    for place in outline.places:
        nodes = list(walk(place.expression.ast))
        if place.expression.ast == UNREADABLE:
            continue
        reads_self = ("self",) in nodes
        if place.key not in _OWN_ANSWER:
            called_once = any(n[:2] == ("call", "once") for n in nodes)
            if reads_self and not called_once:
                message = f"« . » n’a pas de sens dans « {place.key} »"
                yield outline.error(place.line, "self", message)
        elif place.owner and not reads_self and ("var", place.owner.name) not in nodes:
            message = f"« {place.key} » de « {place.owner.name} » ne lit pas sa réponse, « . »"
            yield outline.warning(place.line, "constant_constraint", message)


def bare_words(outline: Outline) -> Iterator[Issue]:
    for place in outline.places:
        words = [n[1] for n in walk(place.expression.ast) if n[0] == "attr"]
        question = place.owner.question if place.owner else None
        if place.key == "choice_filter" and question is not None:
            known = {key for choice in question.choices for key in choice.attributes} | {"name"}
            for word in words:
                if word not in known:
                    hint = suggestion(word, sorted(known))
                    message = f"aucun choix de « {question.list_name} » n’a « {word} »{hint}"
                    yield outline.error(place.line, "unknown_attribute", message)
            continue
        for word in words:
            yield outline.error(place.line, "bare_word", _bare_word(outline, word))


def _bare_word(outline: Outline, word: str) -> str:
    if word.lower() in ("true", "false", "today", "now"):
        return f"écrivez {word.lower()}() au lieu de {word}"
    if word in outline.answers:
        return f"écrivez ${{{word}}} pour lire la réponse à « {word} »"
    return f"« {word} » n’a pas de sens ici : un texte s’écrit entre guillemets, '{word}'"


def positions(outline: Outline) -> Iterator[Issue]:
    """``..`` only stands in ``position(..)``, and this only in a repeat."""
    for place in outline.places:
        for node in walk(place.expression.ast):
            calls = node[:2] == ("call", "position")
            if calls and (place.repeat is None or node[2:] != (("parent",),)):
                message = "la fonction position(..) ne sert que dans un bloc répété"
                yield outline.error(place.line, "position", message)
            elif (not calls and ("parent",) in children(node)) or node == place.expression.ast == (
                "parent",
            ):
                message = "« .. » ne sert que dans position(..)"
                yield outline.error(place.line, "position", message)


def repeated_values(outline: Outline) -> Iterator[Issue]:
    """From outside, a repeat has many values: they are counted, added up, joined."""
    for place in outline.places:
        for parent, node in _pairs(place.expression.ast):
            name = node[-1] if node[0] in ("var", "each") else ""
            entry = outline.answers.get(name)
            if entry is None or not (node[0] == "each" or isinstance(entry.item, Repeat)):
                continue
            if parent[:1] != ("call",) or parent[1] not in _AGGREGATES:
                message = (
                    f"${{{name}}} a plusieurs valeurs : lisez-les avec sum(), count(), min(), "
                    "max() ou join()"
                )
                yield outline.error(place.line, "repeated_value", message)


def _pairs(ast: Ast) -> Iterator[tuple[Ast, Ast]]:
    """Each node with its parent, ``()`` for the root."""
    yield (), ast
    for node in walk(ast):
        for child in children(node):
            yield node, child


def literal_choices(outline: Outline) -> Iterator[Issue]:
    """A choice named in ``selected()`` or beside ``=`` must be one of the question's."""
    for place in outline.places:
        for node in walk(place.expression.ast):
            for question, literal in _compared(outline, place, node):
                names = [choice.name for choice in question.choices]
                if literal[1] == "" or not names or _named(literal, names):
                    continue
                text = number_text(literal[1]) if literal[0] == "num" else literal[1]
                message = (
                    f"« {text} » n’est pas un choix de « {question.name} »{suggestion(text, names)}"
                )
                yield outline.error(place.line, "unknown_choice", message)


def _named(literal: Ast, names: list[str]) -> bool:
    if literal[0] == "num":
        return any(to_number(name) == literal[1] for name in names)
    return literal[1] in names


def _compared(outline: Outline, place: Place, node: Ast) -> Iterator[tuple[Question, Ast]]:
    """The list questions of a comparison, each with the literal beside it."""
    if node[:2] not in (("op", "="), ("op", "!="), ("call", "selected")):
        return
    left, right = node[2:4]
    pairs = ((left, right),) if node[0] == "call" else ((left, right), (right, left))
    for subject, literal in pairs:
        question = _question(outline, place, subject)
        if question and question.kind in LIST_KINDS and literal[0] in ("str", "num"):
            yield question, literal


def _question(outline: Outline, place: Place, node: Ast) -> Question | None:
    if node[0] == "self":
        return place.owner.question if place.owner else None
    entry = outline.answers.get(node[-1]) if node[0] in ("var", "each") else None
    question = entry.question if entry else None
    # The text of « Autre, précisez » is free: it is found under the name of its question.
    return question if question is not None and question.name == node[-1] else None


def several_choices(outline: Outline) -> Iterator[Issue]:
    for place in outline.places:
        for node in walk(place.expression.ast):
            for question, literal in _compared(outline, place, node):
                if node[0] == "op" and question.kind is Kind.SELECT_MULTIPLE and literal[1] != "":
                    message = (
                        f"« {question.name} » a plusieurs réponses : écrivez "
                        f"selected(${{{question.name}}}, '{literal[1]}')"
                    )
                    yield outline.warning(place.line, "several_choices", message)


def skipped_numbers(outline: Outline) -> Iterator[Issue]:
    """A sum in which an item was skipped is no number."""
    for place in outline.places:
        if place.key != "calculation":
            continue
        for parent, node in _pairs(place.expression.ast):
            question = _question(outline, place, node)
            if question and _adds(parent) and _may_be_skipped(outline, place, question):
                remedy = f"écrivez coalesce(${{{question.name}}}, 0) si cela vaut zéro"
                if node[0] == "each":
                    remedy = "rendez-la obligatoire"
                message = f"sans réponse à « {question.name} », ce calcul est vide : {remedy}"
                yield outline.warning(place.line, "skipped_number", message)


def _adds(node: Ast) -> bool:
    return (node[:1] == ("op",) and node[1] in _ARITHMETIC) or node[:2] == ("call", "sum")


def _may_be_skipped(outline: Outline, place: Place, question: Question) -> bool:
    """Whether ``question`` can be empty where the calculation of ``place`` is shown."""
    if question.kind not in NUMBER_KINDS:
        return False
    asked = _conditions(outline.answers[question.name])
    guards = _conditions(place.owner) if place.owner else set()
    if any(question.name in references(guard) for guard in guards):
        return False
    return not question.required or bool(asked - guards)


def _conditions(entry: Entry) -> set[Expression]:
    return {item.relevant for item in (entry.item, *entry.parents) if item.relevant}


def choice_names(outline: Outline) -> Iterator[Issue]:
    for place in outline.places:
        for node in walk(place.expression.ast):
            if node[:2] == ("call", "jr:choice-name") and node[3][0] != "labels":
                message = "écrivez jr:choice-name(${question}, '${question}')"
                yield outline.error(place.line, "choice_name_call", message)


def patterns(outline: Outline) -> Iterator[Issue]:
    for place in outline.places:
        for node in walk(place.expression.ast):
            if node[:2] == ("call", "regex") and not _anchored(str(node[3][1])):
                message = (
                    f"le motif « {node[3][1]} » accepte ce qui le contient seulement : "
                    "commencez-le par ^ et finissez-le par $"
                )
                yield outline.warning(place.line, "unanchored_pattern", message)


def _anchored(pattern: str) -> bool:
    return pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")


RULES = (
    unknown_references,
    later_references,
    cycles,
    own_answer,
    bare_words,
    positions,
    repeated_values,
    literal_choices,
    several_choices,
    skipped_numbers,
    choice_names,
    patterns,
)
