"""A reader who wants to know what a few people answered.

She reads every table that is ever published of an invented survey, keeps the older ones,
knows everybody's profile, and adds and subtracts. To know which respondents a published
figure covers, the survey has a question whose answers are powers of two: the sum (mean
times number of answers) then spells out who is in it, whatever the program says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from surveyapp.core.columns import Columns
from surveyapp.core.decoding import build
from surveyapp.core.definition import Choice, FormDefinition, Kind, Mode, Notice, Question, Section
from surveyapp.core.disclosure import Disclosure, judge
from surveyapp.core.expression import parse
from surveyapp.core.steps import Steps, advance
from surveyapp.core.summarize import summarize
from surveyapp.core.summary import Row, Summary

NOTICE = Notice("CPTS", "but", "intérêt légitime", "CPTS", "12 mois", "droits")
OPTIONS = "abcd"
Group = frozenset[int]


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(name, name.upper()) for name in OPTIONS[:count])


def form(profiles: Iterable[int], *, k: int, mode: Mode = Mode.ANONYMOUS) -> FormDefinition:
    """A survey with profile questions of so many options each.

    ``tag`` is asked of everybody; ``suite`` of those who said « a » to ``avis``; ``reserve``
    of the first subgroup of the first profile question.
    """
    questions = [
        Question(Kind.SELECT_ONE, f"p{i}", f"Profil {i}", choices=choices(count), profile=True)
        for i, count in enumerate(profiles)
    ]
    questions += [
        Question(Kind.INTEGER, "tag", "Étiquette"),
        Question(Kind.SELECT_ONE, "avis", "Avis", choices=choices(3)),
        Question(Kind.INTEGER, "suite", "Suite", relevant=parse("${avis} = 'a'")),
        Question(Kind.INTEGER, "reserve", "Réservée", relevant=parse("${p0} = 'a'")),
    ]
    page = Section("page", "Page", items=tuple(questions))
    return FormDefinition("essai", "Essai", "1", mode, k, NOTICE, (page,))


@dataclass
class Survey:
    """A campaign that lives: people answer, it closes, it opens again, somebody looks."""

    definition: FormDefinition
    people: list[dict[str, Any]]
    k: int
    ids: list[int] = field(default_factory=list)
    steps: dict[int, int] = field(default_factory=dict)
    finals: tuple[bool, ...] = ()

    def columns(self, arrived: int) -> Columns:
        documents = [orjson.dumps(p) for p in self.people[:arrived]]
        return build(self.definition, zip(self.ids, documents, strict=False))

    def look(self, arrived: int, *, closed: bool) -> View:
        columns = self.columns(arrived)
        numbers = np.array([self.steps.get(int(i), 0) for i in columns.ids], dtype=np.int64)
        steps = advance(Steps(numbers, self.finals), k=self.k, closed=closed)
        self.finals = steps.finals
        self.steps = {int(i): int(s) for i, s in zip(columns.ids, steps.numbers, strict=True)}
        disclosure = judge(self.definition, columns, steps, k=self.k, closed=closed)
        return View(self, columns, disclosure)


@dataclass
class View:
    """Everything that is published at one moment."""

    survey: Survey
    columns: Columns
    disclosure: Disclosure

    def tables(self) -> Iterator[Summary]:
        definition = self.survey.definition
        crossings = ["", *(q.name for q in definition.questions() if q.profile)]
        for crossing in crossings:
            yield from summarize(
                definition, self.columns, self.disclosure, k=self.survey.k, crossing=crossing
            )

    def rows(self) -> Iterator[tuple[Summary, Row]]:
        for summary in self.tables():
            for row in (*summary.rows, *summary.breakdown):
                if row.n is not None:
                    yield summary, row

    def known_groups(self, question: str) -> set[Group]:
        """Who is covered by each published figure of a question of powers of two."""
        found = set()
        for summary, row in self.rows():
            if summary.question == question and row.mean is not None and row.n:
                total = round(row.mean * row.n)
                members = frozenset(i for i in range(len(self.survey.people)) if total >> i & 1)
                assert len(members) == row.n
                found.add(members)
        return found

    def known_sizes(self) -> set[Group]:
        """Groups whose size is published: everybody, cells of the profiles, « reserve »."""
        found = {self._members("tag", lambda person: True)}
        for summary, row in self.rows():
            if summary.question.startswith("p") and row.name == summary.question:
                for cell in row.cells:
                    if cell.count is not None:
                        name = cell.name or None
                        found.add(
                            self._members(
                                summary.question,
                                lambda p, q=summary.question, n=name: p.get(q) == n,  # type: ignore[misc]
                            )
                        )
            if summary.question == "reserve":
                found.add(self._members("reserve", lambda person: person.get("p0") == "a"))
        return found

    def _members(self, question: str, test: Any) -> Group:
        """Respondents in the state of ``question`` that was published, who pass the test."""
        lines = self.disclosure[question].lines
        if lines is None:
            return frozenset()
        ids = set(self.columns.ids[lines].tolist())
        places = [i for i, key in enumerate(self.survey.ids) if key in ids]
        return frozenset(i for i in places if test(self.survey.people[i]))


def betrayed(groups: Iterable[Group], k: int) -> Group | None:
    """Fewer than ``k`` respondents whose answers can be worked out, if there are any.

    Leaves out every set of fewer than ``k`` respondents in turn. When a combination of the
    groups, not zero with them, is zero without them, it speaks of them alone.
    """
    known = [group for group in groups if group]
    if not known:
        return None
    everybody = sorted(frozenset.union(*known))
    table = np.array([[i in group for i in everybody] for group in known], dtype=float)
    full = _rank(table)
    for few in combinations(range(len(everybody)), min(k - 1, len(everybody))):
        if _rank(np.delete(table, few, axis=1)) < full:
            return frozenset(everybody[i] for i in few)
    return None


def _rank(table: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(table)) if table.size else 0
