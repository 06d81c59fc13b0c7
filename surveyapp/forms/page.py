"""One page of a questionnaire as a WTForms class, built once per version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from werkzeug.datastructures import MultiDict
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from surveyapp.core.answers import Reading, Row
from surveyapp.core.definition import OTHER, OTHER_SUFFIX, Item, Kind, Question, Repeat, Section
from surveyapp.core.expression import references
from surveyapp.core.french import NBSP
from surveyapp.core.problems import Problem, about, field_id
from surveyapp.forms.fields import FIELDS, AnswerField, TextField, chosen_other

#: Hidden field that says how many turns of a repeat are on the page: ``enfants-count``.
COUNT_SUFFIX = "-count"
#: Turns that are read from one page, whatever its hidden field says.
MAX_ROWS = 100
OTHER_FIELD_LABEL = "Précisez"


@dataclass(slots=True)
class Typed:
    """What a page holds: the answers understood, the texts that are not, and their faults.

    ``values`` is a part of the answer document, ``raw`` holds texts by field identifier.
    """

    values: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class PageForm(BaseForm):  # type: ignore[misc] # WTForms has no type hints
    """The fields of a page, or of one turn of a repeat. Subclasses are made by `page_class`."""

    section: ClassVar[str]
    unbound: ClassVar[tuple[tuple[str, UnboundField], ...]]
    turns: ClassVar[tuple[tuple[Repeat, type[PageForm]], ...]] = ()
    names: ClassVar[frozenset[str]]
    has_defaults: ClassVar[bool] = False

    def __init__(
        self,
        posted: MultiDict[str, str] | None = None,
        values: Mapping[str, Any] | None = None,
        prefix: str = "",
    ) -> None:
        super().__init__(self.unbound, prefix=prefix)
        self.process(posted, data=values or {})
        self.rows: dict[str, list[PageForm]] = {
            repeat.name: self._rows(repeat, turn, posted, values or {})
            for repeat, turn in self.turns
        }

    @classmethod
    def of_post(cls, posted: MultiDict[str, str]) -> PageForm:
        """The page as it was just sent."""
        return cls(posted)

    @classmethod
    def of_draft(cls, values: Mapping[str, Any], raw: Mapping[str, str]) -> PageForm:
        """The page as it was left, with the texts that were not understood."""
        form = cls(None, values)
        for answer in form.fields():
            if answer.id in raw:
                answer.restore(raw[answer.id])
        return form

    @classmethod
    def fresh(cls) -> PageForm:
        """The page as it is first seen, with the default answers of the questionnaire."""
        form = cls()
        for answer in form:
            if default := answer.question.default:
                several = answer.question.kind is Kind.SELECT_MULTIPLE
                answer.process_formdata(default.split() if several else [default])
        return form

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The answers that a page holds before anybody has answered."""
        return (
            {
                name: value
                for name, value in cls.fresh().typed().values.items()
                if value not in (None, [])
            }
            if cls.has_defaults
            else {}
        )

    def fields(self) -> Iterator[AnswerField]:
        """Every field, those of the turns of repeats included."""
        yield from self
        for rows in self.rows.values():
            for row in rows:
                yield from row

    def label_of(self, identifier: str) -> str:
        """What a field asks, as « Vos enfants – 2 : Niveau » inside a repeat."""
        for repeat, _ in self.turns:
            for index, row in enumerate(self.rows[repeat.name]):
                for answer in row:
                    if answer.id == identifier:
                        return f"{repeat.label} – {index + 1}{NBSP}: {answer.question.label}"
        return identifier

    def offer(self, reading: Reading) -> None:
        """Keep the options that pass the ``choice_filter`` of their question."""
        self._offer(reading, None, self.names)
        for repeat, _ in self.turns:
            for form, row in zip(self.rows[repeat.name], reading.rows(repeat), strict=False):
                form._offer(reading, row, self.names | form.names)

    def _offer(self, reading: Reading, row: Row | None, here: frozenset[str]) -> None:
        """Where the filter looks at this very page, all stay: nothing is answered yet."""
        for answer in self:
            condition = answer.question.choice_filter
            if condition is not None and not here.intersection(references(condition)):
                answer.offered = reading.choices(answer.question, row)

    def add(self, repeat: str) -> None:
        """Add an empty turn, up to the limit of the questionnaire."""
        for known, turn in self.turns:
            if known.name == repeat and len(self.rows[repeat]) < known.maximum:
                self.rows[repeat].append(turn())

    def remove(self, repeat: str, index: int) -> None:
        """Remove the turn ``index`` (from 0), if there is one."""
        if 0 <= index < len(self.rows.get(repeat, ())):
            del self.rows[repeat][index]

    def clear(self, identifier: str) -> None:
        """Take back the answer of a field, its « Autre, précisez » included."""
        for answer in self.fields():
            if answer.id in (identifier, identifier + OTHER_SUFFIX):
                answer.process_formdata([])

    def typed(self) -> Typed:
        """What the page holds."""
        typed = Typed()
        self._gather(typed, typed.values)
        for repeat, rows in self.rows.items():
            typed.values[repeat] = []
            for index, row in enumerate(rows):
                values: dict[str, Any] = {}
                row._gather(typed, values, repeat=repeat, index=index)
                typed.values[repeat].append(values)
        return typed

    def _gather(
        self, typed: Typed, values: dict[str, Any], *, repeat: str = "", index: int = 0
    ) -> None:
        for answer in self:
            name = answer.question.name
            if answer.data is not None:
                values[name] = answer.data
            if answer.fault:
                identifier = field_id(name, repeat=repeat, index=index)
                typed.raw[identifier] = answer.raw
                message = about(answer.question.label, answer.fault)
                typed.problems.append(
                    Problem(name, answer.fault_code, message, self.section, repeat, index)
                )
            if answer.question.or_other and self[answer.question.other_name].data:
                _imply_other(answer, values)

    def _rows(
        self,
        repeat: Repeat,
        turn: type[PageForm],
        posted: MultiDict[str, str] | None,
        values: Mapping[str, Any],
    ) -> list[PageForm]:
        if posted is not None:
            count = posted.get(repeat.name + COUNT_SUFFIX, "")
            # Python refuses to read a number of thousands of digits.
            number = count.isascii() and count.isdecimal() and len(count) < 5
            total = min(int(count), MAX_ROWS) if number else 0
            return [turn(posted, None, f"{repeat.name}-{index}") for index in range(total)]
        stored = values.get(repeat.name)
        turns = list(stored) if isinstance(stored, list) else []
        turns += [{}] * (repeat.minimum - len(turns))
        return [turn(None, t, f"{repeat.name}-{index}") for index, t in enumerate(turns)]


def _imply_other(answer: AnswerField, values: dict[str, Any]) -> None:
    """Without script a text can be typed beside an « Autre » that is not ticked: tick it."""
    question = answer.question
    if chosen_other(answer):
        return
    if question.kind is Kind.SELECT_ONE:
        if answer.data is None:
            answer.data = values[question.name] = OTHER
        return
    chosen = list(answer.data or ())
    if not any(choice.exclusive and choice.name in chosen for choice in question.choices):
        answer.data = values[question.name] = [*chosen, OTHER]


_classes: dict[tuple[str, str], type[PageForm]] = {}
_CLASSES_MAX = 1_000


def page_class(digest: str, section: Section) -> type[PageForm]:
    """The class of a page. ``digest`` is that of the version the page belongs to."""
    key = (digest, section.name)
    if key not in _classes:
        if len(_classes) >= _CLASSES_MAX:
            _classes.clear()
        _classes[key] = _build(section)
    return _classes[key]


def _build(section: Section) -> type[PageForm]:
    repeats = tuple(item for item in section.items if isinstance(item, Repeat))
    turns = tuple(
        (repeat, _class(f"{section.name}_{repeat.name}", section.name, tuple(repeat.items)))
        for repeat in repeats
    )
    made = _class(section.name, section.name, section.items)
    made.turns = turns
    made.names = made.names | {repeat.name for repeat in repeats}
    return made


def _class(name: str, section: str, items: tuple[Item, ...]) -> type[PageForm]:
    unbound: list[tuple[str, UnboundField]] = []
    for question in Section(name=name, label="", items=items).questions():
        kind = FIELDS[question.kind].field
        if kind is None:
            continue
        unbound.append((question.name, kind(question)))
        if question.or_other:
            other = Question(Kind.TEXT, question.other_name, OTHER_FIELD_LABEL)
            unbound.append((question.other_name, TextField(other)))
    attributes = {
        "section": section,
        "unbound": tuple(unbound),
        "names": frozenset(known for known, _ in unbound),
        "has_defaults": any(field.args[0].default for _, field in unbound),
    }
    return type(f"Page_{name}", (PageForm,), attributes)
