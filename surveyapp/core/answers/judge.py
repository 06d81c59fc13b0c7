"""What is to be corrected in a reading: required answers, constraints, bounds, warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveyapp.core.answers.reading import SILENT, Place, Reading, Row, chose_other, field_of
from surveyapp.core.answers.types import REQUIRED, other_text, plausible_rpps
from surveyapp.core.definition import Question, Repeat
from surveyapp.core.french import plural
from surveyapp.core.problems import Code, Problem, message_of

#: Codes that are said once and never block.
WARNINGS = frozenset({Code.WARNING, Code.RPPS})


def judge(reading: Reading, section: str | None) -> Iterator[Problem]:
    """Problems and warnings of one page, or of all (``None``), in the order of the questions."""
    for place in reading.places.values():
        if section not in (None, place.section.name) or not reading.open(place):
            continue
        if isinstance(place.item, Repeat):
            yield from _repeat(reading, place, place.item)
        else:
            yield from _Judge(reading, place, None).question(place.item)


def _repeat(reading: Reading, place: Place, repeat: Repeat) -> Iterator[Problem]:
    count = len(reading.value(repeat.name) or ())
    for code, bound, bad in (
        (Code.REPEAT_MIN, repeat.minimum, count < repeat.minimum),
        (Code.REPEAT_MAX, repeat.maximum, count > repeat.maximum),
    ):
        if bad:
            message = message_of(code, repeat.label, bound=plural(bound, "bloc", "blocs"))
            yield Problem(repeat.name, code, message, place.section.name)
    for row in reading.rows(repeat):
        if row.values() or row.faulty():
            for question in repeat.items:
                if row.open(question):
                    yield from _Judge(reading, place, row).question(question)


class _Judge:
    """Judges the questions of one place: the document, or one turn of a repeat."""

    def __init__(self, reading: Reading, place: Place, row: Row | None) -> None:
        self.reading = reading
        self.section = place.section.name
        self.row = row
        self.raw: Mapping[str, Any] = reading.raw if row is None else row.raw

    def question(self, question: Question) -> Iterator[Problem]:
        if question.kind in SILENT:
            return
        source = self.reading if self.row is None else self.row
        value = source.value(question.name)
        if wrong := self.reading.wrong.get(field_of(question, self.row)):
            yield self.problem(
                question, wrong.code, message_of(wrong.code, question.label, **wrong.data)
            )
        elif value is None:
            if question.required:
                code = REQUIRED.get(question.kind, Code.REQUIRED)
                yield self.problem(question, code, question.required_message)
        elif not self.reading.holds(question.constraint, self.row, value):
            yield self.problem(question, Code.CONSTRAINT, question.constraint_message)
        else:
            yield from self.details(question, value)

    def details(self, question: Question, value: Any) -> Iterator[Problem]:
        """« Autre » without its text, and warnings, for an answer that is otherwise right."""
        if (
            question.or_other
            and question.required
            and chose_other(value)
            and not other_text(self.raw.get(question.other_name))
        ):
            yield self.problem(question, Code.OTHER, "", name=question.other_name)
        if not self.reading.holds(question.warning, self.row, value):
            yield self.problem(question, Code.WARNING, question.warning_message)
        elif "rpps" in question.appearance and not plausible_rpps(str(value)):
            yield self.problem(question, Code.RPPS, question.warning_message)

    def problem(self, question: Question, code: Code, message: str, *, name: str = "") -> Problem:
        return Problem(
            name=name or question.name,
            code=code,
            message=message or message_of(code, question.label),
            section=self.section,
            repeat=self.row.repeat.name if self.row is not None else "",
            index=self.row.index if self.row is not None else 0,
        )
