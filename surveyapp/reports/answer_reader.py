"""Reading answers fast: a block of documents at a time, each different answer once.

48,985 answers to 60 questions are three million cells; a function call for each takes
seconds. Most answers are one of a few: what becomes of them is computed once and looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from surveyapp.reports.answer_columns import AnswerColumn, Cell, Form

#: Different answers that are remembered per column.
_KEPT = 20_000
#: Where a text of a block ends; it cannot occur in an answer (no control characters).
_END = "\0"
#: What makes a text of a block need care: quotes and line ends, a formula, an empty cell.
_CARE = (";", '"', "\r", "\n", *(_END + first for first in "=+-@\t＝＋－＠"))

Document: TypeAlias = dict[str, Any]
Finish: TypeAlias = Callable[[Cell], Any]


class Answers:
    """The answers of a block of documents, question by question."""

    def __init__(self, documents: list[Document], keys: Iterable[str]) -> None:
        self.raw = {key: [d.get(key) for d in documents] for key in keys}
        self._tuples: dict[str, list[tuple[str, ...]]] = {}

    def tuples(self, key: str) -> list[tuple[str, ...]]:
        """Several choices as something that can be looked up; nothing is an empty tuple."""
        if key not in self._tuples:
            self._tuples[key] = [tuple(value) if value else () for value in self.raw[key]]
        return self._tuples[key]


class _Known(dict[Any, Any]):
    """What becomes of each answer, computed when it is first met."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        super().__init__()
        self.compute = compute

    def __missing__(self, answer: Any) -> Any:
        found = self.compute(answer)
        if len(self) < _KEPT:
            self[answer] = found
        return found


def reader(column: AnswerColumn, finish: Finish) -> Callable[[Answers], list[Any]]:
    """A function that gives the finished cells of a column for a block of answers.

    ``finish`` makes of a cell what is written; texts that ``finish`` would leave alone are
    passed by without a call when none of the block needs care.
    """
    key, cell, empty = column.key, column.cell, finish(None)

    def one(answer: Any) -> Any:
        return finish(cell(answer)) if answer not in (None, ()) else empty

    if column.form is Form.FREE:
        return lambda answers: _free(answers.raw[key], one)
    if column.form is Form.TURNS:
        return lambda answers: [one(turns or None) for turns in answers.raw[key]]
    known = _Known(one)
    if column.form is Form.LIST:
        return lambda answers: [known[chosen] for chosen in answers.tuples(key)]
    return lambda answers: [known[value] for value in answers.raw[key]]


def _free(texts: list[Any], one: Callable[[Any], Any]) -> list[Any]:
    """Texts as they are, unless one of the block needs care."""
    plain = ["" if text is None else text for text in texts]
    try:
        block = _END + _END.join(plain)
    except TypeError:  # a text question that once was a number
        return [one(text) for text in texts]
    if any(sign in block for sign in _CARE):
        return [one(text) for text in texts]
    return plain
