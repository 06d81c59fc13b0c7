"""What a page of a questionnaire shows, computed before the template is run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from surveyapp.core.answers import SILENT, Reading
from surveyapp.core.definition import Group, Item, Question, Repeat, Section
from surveyapp.core.expression import Expression, walk
from surveyapp.core.problems import Problem
from surveyapp.forms import FIELDS, AnswerField, PageForm
from surveyapp.services.respond import CampaignInfo


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the questions. ``links`` are pairs (field identifier, text)."""

    text: str
    title: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PageView:
    """One page as it is shown. ``hidden`` names what is not asked for now; ``outside`` holds
    the answers of other pages that the conditions of this one look at, as JSON."""

    campaign: CampaignInfo
    section: Section
    form: PageForm
    step: int
    total: int
    final: bool
    hidden: frozenset[str]
    outside: str
    today: date
    problems: dict[str, Problem] = field(default_factory=dict)
    warnings: dict[str, Problem] = field(default_factory=dict)
    notice: Notice | None = None
    returning: bool = False

    def correct(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        """Show what is to be corrected or checked; one sentence for each field."""
        for problem in problems:
            self.problems.setdefault(problem.field, problem)
        for problem in warnings:
            self.warnings.setdefault(problem.field, problem)

    @property
    def submit_label(self) -> str:
        """What the main button says and does."""
        if not self.final:
            return "Continuer"
        if self.campaign.reviewed:
            return "Relire mes réponses"
        return self.campaign.definition.submit_label

    @property
    def action(self) -> str:
        """Value of the main button: ``send`` only where it sends."""
        return "send" if self.final and not self.campaign.reviewed else "next"

    @property
    def all_optional(self) -> bool:
        """Whether one sentence can say that every question may be skipped."""
        asked = [q for q in _asked(self.section.items) if q.kind not in SILENT]
        return len(asked) > 1 and not any(question.required for question in asked)

    @property
    def says_optional(self) -> bool:
        """Whether that sentence is ours to say: the author's hint may say it already."""
        return self.all_optional and "facultati" not in self.section.hint

    def mark(self, question: Question) -> str:
        """« obligatoire » or « facultatif », unless one sentence says it for the page."""
        if self.all_optional:
            return ""
        return "obligatoire" if question.required else "facultatif"

    def group_mark(self, group: Group) -> str:
        """The mark that all rows of a matrix share; empty when they differ."""
        marks = {self.mark(item) for item in group.items if isinstance(item, Question)}
        return marks.pop() if len(marks) == 1 else ""

    def macro(self, question: Question) -> str:
        """Which macro of ``macros/fields.html`` shows the question."""
        row = FIELDS[question.kind]
        if row.macro == "choice" and "minimal" in question.appearance:
            return "dropdown"
        return row.macro

    def answer(self, name: str, row: PageForm | None = None) -> AnswerField:
        """The field of a question, in a turn of a repeat or not."""
        answer: AnswerField = (row or self.form)[name]
        return answer

    def error(self, identifier: str) -> str:
        """What is to be corrected in a field."""
        problem = self.problems.get(identifier) or self.warnings.get(identifier)
        return problem.message if problem else ""

    def is_warning(self, identifier: str) -> bool:
        return identifier in self.warnings and identifier not in self.problems

    @property
    def conditional(self) -> str:
        """Hidden questions, in a hidden field: the server sees which ones an answer opens."""
        return " ".join(sorted(self.hidden))

    @property
    def warned(self) -> str:
        """Fields whose warning is now shown: the next time the person may go on."""
        return " ".join(sorted(self.warnings))


def relevance(item: Question | Group | Repeat) -> str:
    """The condition of an item as JSON for the browser; empty when there is none."""
    return "" if item.relevant is None else _as_json(item.relevant)


def outside_values(section: Section, reading: Reading) -> str:
    """Answers of other pages that conditions of this page mention, as a JSON object."""
    names = _mentioned(section)
    values = {name: value for name in names if (value := reading.value(name)) is not None}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""


def newly_asked(section: Section, before: Iterable[str], hidden: frozenset[str]) -> list[str]:
    """Fields hidden when the page was shown and asked now: without script, nobody saw them."""
    shown = [name for name in before if name not in hidden]
    known = {q.name for q in _asked(section.items)}
    known |= {item.name for item in section.items if isinstance(item, Repeat)}
    inside = _inside(section)
    return [n for n in shown if n in known or ("-" in n and n.rpartition("-")[2] in inside)]


@lru_cache(maxsize=4096)
def _json_of(source: str, ast: tuple[object, ...]) -> str:
    return json.dumps(ast, ensure_ascii=False, separators=(",", ":"))


def _as_json(expression: Expression) -> str:
    return _json_of(expression.source, expression.ast)


_names: dict[int, tuple[Section, tuple[str, ...]]] = {}
_NAMES_MAX = 1_000


def _mentioned(section: Section) -> tuple[str, ...]:
    """Names that the conditions of a page mention and that it does not ask for itself."""
    known = _names.get(id(section))
    if known is None:
        if len(_names) >= _NAMES_MAX:
            _names.clear()
        own = {item.name for item in section.items if isinstance(item, Repeat)}
        for question in _asked(section.items):
            own |= {question.name, question.other_name}
        trees = (walk(e.ast) for e in _expressions(section.items))
        read = {node[1] for tree in trees for node in tree if node[0] in ("var", "each")}
        found = read - own - _inside(section)
        known = _names[id(section)] = (section, tuple(sorted(found)))
    return known[1]


def _expressions(items: Iterable[Item]) -> Iterator[Expression]:
    for item in items:
        if item.relevant is not None:
            yield item.relevant
        if isinstance(item, Group | Repeat):
            yield from _expressions(item.items)


def _inside(section: Section) -> set[str]:
    """Names of the questions in the repeats of a page."""
    return {q.name for item in section.items if isinstance(item, Repeat) for q in item.items}


def _asked(items: Iterable[Item]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Question):
            yield item
        elif isinstance(item, Group):
            yield from _asked(item.items)
