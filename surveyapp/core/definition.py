"""What a questionnaire is, as frozen dataclasses.

A YAML file is parsed once into a :class:`FormDefinition` (see
:mod:`surveyapp.core.loader`); from there on nobody handles dictionaries. The item keys
are those of XLSForm (https://xlsform.org), the page is a top-level group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from surveyapp.core.expression import Expression

#: Suffix of the text field that goes with « Autre, précisez ».
OTHER_SUFFIX = "_other"
#: Choice name that opens the « Autre, précisez » field (XLSForm ``or_other``).
OTHER = "other"


class Mode(StrEnum):
    """Who can tell who said what."""

    ANONYMOUS = "anonymous"
    CONFIDENTIAL = "confidential"
    NOMINATIVE = "nominative"


class Unit(StrEnum):
    """Who answers: a person, or an organisation through one person."""

    PERSON = "person"
    STRUCTURE = "structure"


class Kind(StrEnum):
    """Question types of the language (design.md §6)."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    INTEGER = "integer"
    DECIMAL = "decimal"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATETIME = "dateTime"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    CALCULATE = "calculate"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option. ``exclusive`` options (« Aucun ») untick the others."""

    name: str
    label: str
    exclusive: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ReferenceUse:
    """Which reference figure a question is compared with, and how.

    ``figure`` is a key of ``reports/reference_figures.yaml``; ``choices`` are the local
    options whose share is compared with a percentage (empty: the mean is compared).
    """

    figure: str
    choices: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``line`` is its line in the source file, for error messages.

    ``private`` answers stay out of the results (:meth:`FormDefinition.identifies`).
    """

    kind: Kind
    name: str
    label: str
    hint: str = ""
    required: bool = False
    required_message: str = ""
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: str = ""
    warning: Expression | None = None
    warning_message: str = ""
    calculation: Expression | None = None
    choice_filter: Expression | None = None
    appearance: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    autocomplete: str = ""
    list_name: str = ""
    choices: tuple[Choice, ...] = ()
    or_other: bool = False
    profile: bool = False
    private: bool = False
    reference: ReferenceUse | None = None
    line: int = field(default=0, compare=False)

    @property
    def other_name(self) -> str:
        """Answer key of the « Autre, précisez » text."""
        return self.name + OTHER_SUFFIX

    @property
    def multiline(self) -> bool:
        return "multiline" in self.appearance

    @property
    def year(self) -> bool:
        """Whether the number is a year: it names a moment, it is no quantity."""
        return self.kind is Kind.INTEGER and "year" in self.appearance

    @property
    def words(self) -> bool:
        """Whether the answer is « one or two words », counted rather than read one by one."""
        return self.kind is Kind.TEXT and "words" in self.appearance

    def choice(self, name: str) -> Choice | None:
        return next((c for c in self.choices if c.name == name), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions shown together on a page.

    With ``matrix`` every child is a ``select_one`` of the same list, shown as the rows of
    one table (XLSForm ``table-list``).
    """

    name: str
    label: str
    hint: str = ""
    relevant: Expression | None = None
    matrix: bool = False
    items: tuple[Item, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A block that the respondent fills several times; its answer is a list of objects."""

    name: str
    label: str
    hint: str = ""
    relevant: Expression | None = None
    items: tuple[Question, ...] = ()
    minimum: int = 0
    maximum: int = 20
    add_label: str = ""
    line: int = field(default=0, compare=False)


Item: TypeAlias = Question | Group | Repeat


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the questionnaire."""

    name: str
    label: str
    hint: str = ""
    relevant: Expression | None = None
    items: tuple[Item, ...] = ()
    line: int = field(default=0, compare=False)

    def questions(self) -> Iterator[Question]:
        """Questions of the page in order, through groups, without those of repeats."""
        return _questions(self.items)


@dataclass(frozen=True, slots=True)
class Notice:
    """What art. 13 RGPD asks to say to whoever answers."""

    controller: str
    purpose: str
    legal_basis: str
    recipients: str
    retention: str
    rights: str
    contact: str = ""
    optional: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A condition to be allowed to send; until it holds the draft is kept.

    ``expression`` is checked at the end of section ``section``; when false the page
    ``label``/``message`` is shown instead of the next one, with a way back.
    """

    expression: Expression
    label: str
    message: str
    section: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A whole questionnaire.

    ``k`` is the smallest number of answers for which a result may be shown
    (domain.md D.1); ``retention_months`` is ``None`` for an unlimited retention;
    ``email_question`` names the question that holds the respondent's address
    (nominative forms: acknowledgement and resume link go there);
    ``identity_questions`` make the title of a response in lists; ``live`` marks a questionnaire
    that is put question by question in a meeting (:mod:`surveyapp.core.poll`);
    ``edit_until_close`` lets the author of a nominative answer change it while the campaign
    takes answers; ``again`` proposes to answer once more on the same device. ``lines`` gives
    the line of each top-level key in the file ``source``, ``list_files`` the file of each
    choice list.
    """

    name: str
    title: str
    version: str
    mode: Mode
    k: int
    notice: Notice
    sections: tuple[Section, ...]
    description: str = ""
    introduction: str = ""
    language: str = "fr"
    unit: Unit = Unit.PERSON
    live: bool = False
    duration_minutes: int | None = None
    retention_months: int | None = None
    draft_retention_days: int = 90
    thanks: str = ""
    submit_label: str = "Envoyer mes réponses"
    safety_box: str = ""
    prerequisites: tuple[Prerequisite, ...] = ()
    email_question: str = ""
    identity_questions: tuple[str, ...] = ()
    edit_until_close: bool = False
    again: bool = False
    choice_lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    source: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    list_files: Mapping[str, str] = field(default_factory=dict, compare=False)
    _by_name: dict[str, Question] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Find questions by name at once: a table of dossiers asks for them row after row."""
        found: dict[str, Question] = {}
        for question in self.questions():
            found.setdefault(question.name, question)
        object.__setattr__(self, "_by_name", found)

    def section(self, name: str) -> Section | None:
        return next((s for s in self.sections if s.name == name), None)

    def questions(self) -> Iterator[Question]:
        """Every question in order, through groups, without those of repeats."""
        for section in self.sections:
            yield from section.questions()

    def every_question(self) -> Iterator[Question]:
        """Every question in order, those of repeats included."""
        for section in self.sections:
            for item in section.items:
                yield from item.items if isinstance(item, Repeat) else _questions((item,))

    def question(self, name: str) -> Question | None:
        return self._by_name.get(name)

    def identifies(self, question: Question) -> bool:
        """Whether its answers say who answers or where to reach them: they are for those who
        read the response itself, and are neither summarised nor published."""
        own = {*self.identity_questions, self.email_question}
        return question.private or question.name in own or "rpps" in question.appearance

    def repeats(self) -> Iterator[Repeat]:
        for section in self.sections:
            for item in section.items:
                if isinstance(item, Repeat):
                    yield item

    @property
    def anonymous(self) -> bool:
        return self.mode is Mode.ANONYMOUS


def _questions(items: tuple[Item, ...]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Question):
            yield item
        elif isinstance(item, Group):
            yield from _questions(item.items)
