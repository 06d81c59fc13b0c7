"""The pages, groups and questions of a questionnaire, from the nodes of its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveyapp.core.definition import (
    OTHER,
    Choice,
    Group,
    Item,
    Kind,
    Question,
    ReferenceUse,
    Repeat,
    Section,
)
from surveyapp.core.reading import Fields, Report, suggestion

#: Label of the option that ``or_other`` adds.
OTHER_LABEL = "Autre, précisez"

_LIST_KINDS = (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK)
#: Depth given to the children of a repeat, whose groups are refused there.
IN_REPEAT = 9
_TYPES = [kind.value for kind in Kind]


class Survey:
    """Builds the pages, and remembers which lists they use."""

    def __init__(self, report: Report, lists: Mapping[str, tuple[Choice, ...]]) -> None:
        self.report = report
        self.lists = lists
        self.used: set[str] = set()

    def sections(self, fields: Fields) -> tuple[Section, ...]:
        nodes = fields.sequence("survey")
        if not nodes:
            fields.error(
                "survey", "missing_key", "il manque « survey », les pages du questionnaire"
            )
        sections: list[Section] = []
        for node in nodes:
            inner = Fields(node, self.report, "une page")
            if not inner.nodes:
                continue
            kind = inner.needed("type")
            if kind not in ("group", ""):
                inner.error(
                    "type",
                    "page",
                    "au premier niveau de « survey », tout est une page (« type : group »)",
                )
                sections.append(self.unnamed_page(inner, kind))
                continue
            sections.append(
                Section(
                    name=inner.needed("name"),
                    label=inner.needed("label"),
                    hint=inner.text("hint"),
                    relevant=inner.expression("relevant"),
                    items=tuple(self.items(inner, depth=1)),
                    line=inner.line,
                )
            )
            self.appearances(inner, {"field-list"})
            inner.finish()
        return tuple(sections)

    def unnamed_page(self, fields: Fields, kind: str) -> Section:
        """A question that stands without its page: its own faults come at the same time."""
        return Section(
            name="", label="", items=(self.item(fields, kind, depth=1),), line=fields.line
        )

    def appearances(self, fields: Fields, known: set[str]) -> frozenset[str]:
        words = frozenset(fields.words("appearance"))
        for word in sorted(words - known):
            hint = suggestion(word, sorted(known))
            fields.error(
                "appearance", "appearance", f"l’apparence « {word} » est inconnue ici{hint}"
            )
        return words

    def items(self, fields: Fields, *, depth: int) -> Iterable[Item]:
        for node in fields.sequence("items"):
            inner = Fields(node, self.report, "une question")
            if not inner.nodes:
                continue
            yield self.item(inner, inner.needed("type"), depth=depth)

    def item(self, fields: Fields, kind: str, *, depth: int) -> Item:
        if kind == "group":
            fields.what = "un groupe"
            return self.group(fields, depth=depth)
        if kind == "repeat":
            fields.what = "un bloc répété"
            if depth > 1:
                fields.error("type", "nesting", "un bloc répété se place directement dans une page")
            return self.repeat(fields)
        return self.question(fields, kind)

    def group(self, fields: Fields, *, depth: int) -> Group:
        if 3 < depth < IN_REPEAT:
            fields.error("type", "nesting", "les groupes sont trop imbriqués")
        if depth > 3:
            fields.get("items")
        group = Group(
            name=fields.needed("name"),
            label=fields.text("label"),
            hint=fields.text("hint"),
            relevant=fields.expression("relevant"),
            matrix="table-list" in self.appearances(fields, {"field-list", "table-list"}),
            items=tuple(self.items(fields, depth=depth + 1)) if depth <= 3 else (),
            line=fields.line,
        )
        fields.finish()
        return group

    def repeat(self, fields: Fields) -> Repeat:
        inner = fields.fields("parameters", "« parameters » d’un bloc répété")
        bounds = (inner.whole("min", 0), inner.whole("max", 20)) if inner else (0, 20)
        add_label = inner.text("add_label") if inner else ""
        if inner:
            inner.finish()
        children = list(self.items(fields, depth=IN_REPEAT))
        for child in children:
            if not isinstance(child, Question):
                self.report.error(
                    child.line, "nesting", "un bloc répété ne contient que des questions"
                )
        repeat = Repeat(
            name=fields.needed("name"),
            label=fields.needed("label"),
            hint=fields.text("hint"),
            relevant=fields.expression("relevant"),
            items=tuple(child for child in children if isinstance(child, Question)),
            minimum=bounds[0],
            maximum=bounds[1],
            add_label=add_label,
            line=fields.line,
        )
        fields.finish()
        return repeat

    def question(self, fields: Fields, type_text: str) -> Question:
        kind, list_name, or_other = self.type_of(fields, type_text)
        fields.what = f"une question de type {kind.value}"
        question = Question(
            kind=kind,
            name=fields.needed("name"),
            label=fields.text("label") if kind is Kind.CALCULATE else fields.needed("label"),
            hint=fields.text("hint"),
            required=fields.flag("required"),
            required_message=fields.text("required_message"),
            relevant=fields.expression("relevant"),
            constraint=fields.expression("constraint"),
            constraint_message=fields.text("constraint_message"),
            warning=fields.expression("warning"),
            warning_message=fields.text("warning_message"),
            calculation=fields.expression("calculation"),
            choice_filter=fields.expression("choice_filter"),
            appearance=frozenset(fields.words("appearance")),
            parameters=fields.parameters("parameters"),
            default=fields.text("default"),
            autocomplete=fields.text("autocomplete"),
            list_name=list_name,
            choices=self.choices(list_name, or_other=or_other),
            or_other=or_other,
            profile=fields.flag("profile"),
            private=fields.flag("private"),
            reference=_reference(fields),
            line=fields.line,
        )
        fields.finish()
        return question

    def type_of(self, fields: Fields, text: str) -> tuple[Kind, str, bool]:
        word, *options = text.split() or [""]
        if word not in _TYPES:
            hint = suggestion(word, [*_TYPES, "group", "repeat"])
            if word:
                fields.error("type", "unknown_type", f"le type « {word} » est inconnu{hint}")
            return Kind.TEXT, "", False
        kind = Kind(word)
        or_other = options[-1:] == ["or_other"]
        names = options[:-1] if or_other else options
        if len(names) != (kind in _LIST_KINDS):
            wanted = f"« {word} NOM_DE_LISTE »" if kind in _LIST_KINDS else f"« {word} » seul"
            fields.error("type", "type_options", f"le type s’écrit {wanted}")
        if or_other and kind not in (Kind.SELECT_ONE, Kind.SELECT_MULTIPLE):
            fields.error("type", "type_options", f"« or_other » n’a pas de sens avec {word}")
            or_other = False
        list_name = names[0] if names and kind in _LIST_KINDS else ""
        if list_name and list_name not in self.lists:
            hint = suggestion(list_name, sorted(self.lists))
            fields.error(
                "type", "unknown_list", f"la liste de choix « {list_name} » n’existe pas{hint}"
            )
        self.used.add(list_name)
        return kind, list_name, or_other

    def choices(self, list_name: str, *, or_other: bool) -> tuple[Choice, ...]:
        choices = self.lists.get(list_name, ())
        if or_other and not any(choice.name == OTHER for choice in choices):
            return (*choices, Choice(OTHER, OTHER_LABEL))
        return choices


def _reference(fields: Fields) -> ReferenceUse | None:
    inner = fields.fields("reference", "« reference »")
    if inner is None:
        return None
    use = ReferenceUse(
        figure=inner.needed("figure"), choices=inner.words("choices"), line=inner.line
    )
    inner.finish()
    return use
