"""The small-cell rule, once for everything that is ever shown (domain.md D.1).

:func:`judge` decides what may be shown of a campaign; it looks at who answered and to which
subgroup they belong. The promise, for a threshold ``k``:

1. every figure rests on ``k`` answers at least: total, question, line of a table, subgroup;
   a mean, a median, 0 % and 100 % are figures like others;
2. no addition or subtraction of published figures of one question gives a figure that rests
   on fewer than ``k`` respondents, not even for a reader who knows the profile of everybody
   (:mod:`surveyapp.core.robust`). This holds over all crossings by profile questions, the
   hidden rest of each of them (« sans réponse » included), and all earlier states;
3. the same for the sizes of the subgroups: a profile question shows no cell under ``k``;
4. no subgroup is shown whose members all answered the same;
5. the figures of an anonymous campaign move in steps (:mod:`surveyapp.core.steps`);
   questions that are not asked of everybody, profiles and crossings wait for the close.

What is decided depends on the answers, the steps and ``k`` alone, and not on which table
somebody looks at: two outputs cannot differ.

Two ways round are closed as well. A question that is asked of a subgroup only (« si vous
êtes médecin ») gives away its size: it is withheld when the size may not be known. A
calculation over several answers, compared with them, gives away the incomplete ones: it is
withheld unless these are ``k`` at least, and then not crossed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from surveyapp.core.columns import Bools, Column, Columns, Ints, Storage, as_table
from surveyapp.core.definition import FormDefinition, Kind, Question
from surveyapp.core.expression import Expression, references, walk
from surveyapp.core.grouping import Axis, Family, Unanimity
from surveyapp.core.steps import Steps, prefixes
from surveyapp.core.summary import LIVE_LIMIT, Reason


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What may be shown of one question.

    ``lines`` are the responses that count (``None``: nothing is shown, ``withheld`` says
    why). ``cells`` limits a profile question to these codes (0: « sans réponse »); ``None``
    is no limit. ``groups`` gives, per crossing question, the codes of the subgroups shown.
    """

    lines: Bools | None
    withheld: Reason | None = None
    cells: frozenset[int] | None = None
    groups: Mapping[str, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Disclosure:
    """What may be shown of a campaign. Without ``protected`` there is no limit at all.

    ``crossed`` says whether crossings are shown yet.
    """

    total: Verdict
    verdicts: Mapping[str, Verdict]
    protected: bool
    crossed: bool = True

    def __getitem__(self, name: str) -> Verdict:
        return self.verdicts.get(name, self.total)


def everything(columns: Columns) -> Disclosure:
    """No rule: what the coordinatrice sees of a campaign whose answers she reads anyway."""
    lines = np.ones(len(columns), dtype=np.bool_)
    withheld = None if len(columns) else Reason.EMPTY
    return Disclosure(Verdict(lines if len(columns) else None, withheld), {}, protected=False)


def judge(
    definition: FormDefinition, columns: Columns, steps: Steps, *, k: int, closed: bool
) -> Disclosure:
    """Apply the rule. ``closed`` only chooses between the reasons « base » and « wait »."""
    return _Judge(definition, columns, steps, k=max(k, 1), closed=closed).disclosure()


def crossings(definition: FormDefinition) -> tuple[Question, ...]:
    """The questions that a protected result may be crossed with."""
    return tuple(q for q in definition.questions() if q.profile and q.kind is Kind.SELECT_ONE)


class _Judge:
    def __init__(
        self, definition: FormDefinition, columns: Columns, steps: Steps, *, k: int, closed: bool
    ) -> None:
        self.definition, self.columns, self.steps, self.k = definition, columns, steps, k
        self.reason = Reason.BASE if closed else Reason.WAIT
        self.questions = {q.name: q for q in definition.questions()}
        self.profile = {name for name, q in self.questions.items() if q.profile}
        self.everyone = np.ones(len(columns), dtype=np.bool_)
        self.decided: dict[str, Verdict] = {}
        self.prefixes: dict[int, Bools] = {}

    def disclosure(self) -> Disclosure:
        if not len(self.columns):
            nothing = Verdict(None, Reason.EMPTY)
            return Disclosure(nothing, {}, protected=True, crossed=False)
        history = self._total_history
        if not history:
            return Disclosure(Verdict(None, self.reason), {}, protected=True, crossed=False)
        total = Verdict(self._lines(history[-1]))
        verdicts = {name: self._verdict(name) for name in self.columns.items}
        return Disclosure(total, verdicts, protected=True, crossed=bool(self._closings))

    def _lines(self, prefix: int) -> Bools:
        """The lines of a prefix; the same array for every question."""
        if prefix not in self.prefixes:
            self.prefixes[prefix] = self.steps.up_to(prefix)
        return self.prefixes[prefix]

    def _history(self, answered: Bools, *, live: bool) -> tuple[int, ...]:
        counts = self.steps.counts(answered)
        live = live and self.k < LIVE_LIMIT
        return prefixes(counts, self.steps.finals, k=self.k, live=live)

    def _verdict(self, name: str) -> Verdict:
        """Decided once; a question that depends on itself would be withheld."""
        if name not in self.decided:
            self.decided[name] = Verdict(None, self.reason)
            self.decided[name] = self._decide(self.columns[name])
        return self.decided[name]

    def _decide(self, column: Column) -> Verdict:
        name = column.field.name
        if name in self.profile and column.field.storage in (Storage.CODE, Storage.MASK):
            return self._profile_verdict(name)
        if self._gives_profile_away(name):
            return Verdict(None, Reason.COMPLEMENT if self._closings else self.reason)
        answered = column.answered()
        history, sources = self._shown_states(name), self._sources(name)
        if not history:
            return Verdict(None, self.reason)
        if not self._conditions_shown(name, history[-1]):
            return Verdict(None, Reason.COMPLEMENT)
        lines = self._lines(history[-1])
        partial = self._partial(answered, sources)
        if any(0 < count < self.k for count in self._gains(partial, history)):
            return Verdict(None, Reason.COMPLEMENT)
        if column.field.storage is Storage.FLAG or name in self.profile or partial.any():
            return Verdict(lines)
        return Verdict(lines, groups=self._groups(column, answered, history))

    def _shown_states(self, name: str) -> tuple[int, ...]:
        """Every prefix that has been shown of a question; those that wait, at closes only."""
        waits = name in self.profile or self._conditions(name) or self._sources(name)
        return self._history(self.columns[name].answered(), live=not waits)

    def _conditions(self, name: str) -> set[str]:
        """The questions that decide whether this one is asked."""
        relevance = self.columns[name].field.relevance
        names = {n for e in relevance for n in _looks_at(self.questions, e)}
        return names | {q.name for q in self.questions.values() if name in _other_names(q)}

    def _conditions_shown(self, name: str, state: int) -> bool:
        """Whether what decides who is asked has been shown in the same state.

        The number of those asked is a figure about the answers to these questions.
        """
        for condition in sorted(self._conditions(name) - self.profile):
            if condition not in self.columns or self._verdict(condition).lines is None:
                return False
            if state not in self._shown_states(condition):
                return False
        return True

    def _profile_verdict(self, name: str) -> Verdict:
        """A profile question counts everybody, « sans réponse » being one of its cells."""
        if not self._closings:
            return Verdict(None, self.reason)
        lines = self._lines(self._closings[-1])
        empty = self._empty_cells(self.columns[name], lines)
        return Verdict(lines, cells=self._sizes[-1][name] | empty)

    def _empty_cells(self, column: Column, lines: Bools) -> frozenset[int]:
        """Options of a profile question that nobody chose: saying so hides nobody."""
        if column.field.storage is Storage.MASK:
            return frozenset(
                code
                for code, axis in enumerate(_options(column.field.name, column), start=1)
                if not axis.codes[lines].any()
            )
        size = len(column.field.choices) + 1
        counts = np.bincount(column.values[lines], minlength=size)
        return frozenset(int(code) for code in np.flatnonzero(counts == 0))

    def _gives_profile_away(self, name: str) -> bool:
        """Whether the mere number of answers tells the size of a withheld subgroup."""
        if self._conditions(name) & self.profile:
            return not (self._closings and self._sizes[-1].get(f"?{name}"))
        return bool(_inputs(self.questions, name) & self.profile)

    def _sources(self, name: str) -> tuple[Bools, ...]:
        """Who answered each question that a calculation reads."""
        names = _inputs(self.questions, name)
        return tuple(self.columns[n].answered() for n in sorted(names) if n in self.columns)

    def _partial(self, answered: Bools, sources: Sequence[Bools]) -> Bools:
        """Who answered a part of what a calculation needs."""
        if not sources:
            return ~self.everyone
        return np.asarray(np.logical_or.reduce(sources) & ~answered)

    def _gains(self, lines: Bools, history: Sequence[int]) -> list[int]:
        """How many of these lines each published prefix adds to the one before."""
        counts = np.cumsum([0, *self.steps.counts(lines)])
        return [int(n) for n in np.diff(counts[[0, *history]])]

    @cached_property
    def _total_history(self) -> tuple[int, ...]:
        return self._history(self.everyone, live=True)

    @cached_property
    def _closings(self) -> tuple[int, ...]:
        """The states in which profiles and crossings were shown, as prefixes."""
        return tuple(i for i in self._total_history if self.steps.finals[i - 1])

    @cached_property
    def _profile_axes(self) -> tuple[Axis, ...]:
        """Profile questions of one choice, cut by code."""
        return tuple(
            _axis(name, column)
            for name, column in self.columns.items.items()
            if name in self.profile and column.field.storage is Storage.CODE
        )

    @cached_property
    def _sizes(self) -> list[dict[str, frozenset[int]]]:
        """Per closing: codes of the subgroups whose size may be known, per profile question.

        Every option of a profile question of several choices is an axis of its own, and so
        is « was asked », under ``?NAME``, for questions whose condition is a profile.
        """
        masks = [
            axis
            for name, column in self.columns.items.items()
            if name in self.profile and column.field.storage is Storage.MASK
            for axis in _options(name, column)
        ]
        asked = [
            Axis(f"?{name}", column.was_asked().astype(np.int64), 2, (1,))
            for name, column in self.columns.items.items()
            if column.field.relevance and self._conditions(name) & self.profile
        ]
        cells = [Axis(a.name, a.codes, a.size, tuple(range(a.size))) for a in self._profile_axes]
        axes = (*cells, *masks, *asked)
        states = _States(axes, self.everyone, self.steps, self._total_history, k=self.k)
        found = []
        for closing in self._closings:
            shown = {
                axis.name: states.select(index, self._state_at(axis.name, closing), None)
                for index, axis in enumerate(axes)
            }
            found.append(_merge_options(shown, self.columns, self.profile))
        return found

    def _state_at(self, axis: str, closing: int) -> int:
        """The state in which an axis of :attr:`_sizes` is shown at a closing; 0: in none."""
        if not axis.startswith("?"):
            return closing
        return max((p for p in self._shown_states(axis[1:]) if p <= closing), default=0)

    def _groups(
        self, column: Column, answered: Bools, history: tuple[int, ...]
    ) -> dict[str, frozenset[int]]:
        """Subgroups shown, per crossing question, in the last state with crossings."""
        axes = self._profile_axes
        last = self._closings[-1] if self._closings else 0
        if not axes or history[0] > last or history[-1] > last:
            return {}
        states = _States(axes, answered, self.steps, history, k=self.k)
        found: dict[str, frozenset[int]] = {}
        for closing, sizes in zip(self._closings, self._sizes, strict=True):
            state = max((p for p in history if p <= closing), default=0)
            lines = answered & self._lines(state)
            for index, axis in enumerate(axes):
                unanimous = Unanimity(column, axis, lines)
                found[axis.name] = states.select(index, state, unanimous, sizes[axis.name])
        return found


class _States:
    """The groups published of one question, state after state."""

    def __init__(
        self,
        axes: tuple[Axis, ...],
        answered: Bools,
        steps: Steps,
        history: tuple[int, ...],
        *,
        k: int,
    ) -> None:
        self.history = history
        segments: Ints = np.searchsorted(np.array(history), steps.numbers)
        outside = ~answered | (steps.numbers == 0) | (segments == len(history))
        self.family = Family(axes, np.where(outside, -1, segments), k=k)
        self.totals = 0

    def select(
        self,
        index: int,
        state: int,
        unanimous: Unanimity | None,
        allowed: frozenset[int] | None = None,
    ) -> frozenset[int]:
        """Publish the totals up to a state (a prefix; 0: none), then what can be of an axis."""
        if not state:
            return frozenset()
        segment = self.history.index(state)
        while self.totals <= segment:
            self.family.total(self.totals)
            self.totals += 1
        return self.family.select(index, segment, unanimous, allowed)


def _axis(name: str, column: Column) -> Axis:
    size = len(column.field.choices) + 1
    return Axis(name, column.values.astype(np.int64), size, tuple(range(1, size)))


def _options(name: str, column: Column) -> list[Axis]:
    words = as_table(column.values)
    return [
        Axis(
            f"{name}={code}",
            ((words[:, (code - 1) // 64] >> np.uint64((code - 1) % 64)) & np.uint64(1)).astype(
                np.int64
            ),
            2,
            (1,),
        )
        for code in range(1, len(column.field.choices) + 1)
    ]


def _merge_options(
    found: dict[str, frozenset[int]], columns: Columns, profile: set[str]
) -> dict[str, frozenset[int]]:
    """Put the options of each question of several choices together under its name."""
    merged = dict(found)
    for name in profile & set(columns.items):
        if columns[name].field.storage is Storage.MASK:
            codes = range(1, len(columns[name].field.choices) + 1)
            merged[name] = frozenset(c for c in codes if found[f"{name}={c}"])
    return merged


def _other_names(question: Question) -> tuple[str, ...]:
    """Where the text of « Autre, précisez » lies."""
    return (question.other_name,) if question.or_other else ()


def _looks_at(questions: Mapping[str, Question], expression: Expression) -> set[str]:
    """Names that an expression reads, through calculations too; a repeat for its questions."""
    names = {n[1] for n in walk(expression.ast) if n[0] in ("var", "each")}
    return names | {n for name in names for n in _inputs(questions, name)}


def _inputs(questions: Mapping[str, Question], name: str) -> set[str]:
    """Names of the answers that a calculation rests on; none for other questions."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        question = questions.get(waiting.pop())
        if question is None or question.calculation is None:
            continue
        fresh = set(references(question.calculation)) - found
        found |= fresh
        waiting.extend(fresh)
    return found
