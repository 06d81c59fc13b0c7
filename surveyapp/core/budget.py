"""The financial sheet of a bilan: accounts as data, totals, gaps, what does not balance.

Amounts are integer cents; ``None`` means that nothing was written, which is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from surveyapp.core import french


@dataclass(frozen=True, slots=True)
class Line:
    """Where amounts are written. ``precise`` lines take a text beside their label."""

    key: str
    label: str
    precise: bool = False
    grant: bool = False
    volunteering: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its lines; an account without any is its own line (``own``)."""

    code: str
    printed: str
    label: str
    lines: tuple[Line, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: str
    accounts: tuple[Account, ...]

    def lines(self) -> Iterator[Line]:
        for account in self.accounts:
            yield from account.lines


@dataclass(frozen=True, slots=True)
class Side:
    """Charges or produits: groups that make the total, and the contributions in kind."""

    name: str
    title: str
    total: str
    grand_total: str
    groups: tuple[Group, ...]
    in_kind: Group

    def lines(self) -> Iterator[Line]:
        for group in (*self.groups, self.in_kind):
            yield from group.lines()


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole chart of accounts: charges first, then produits."""

    note: str
    charges: Side
    produits: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return (self.charges, self.produits)

    def lines(self) -> Iterator[Line]:
        for side in self.sides:
            yield from side.lines()

    @property
    def grant_line(self) -> Line | None:
        return next((line for line in self.lines() if line.grant), None)

    @property
    def volunteering_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines() if line.volunteering)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Planned and actual amount of a line, in cents, and what it is about."""

    planned: int | None = None
    actual: int | None = None
    detail: str = ""

    @property
    def empty(self) -> bool:
        return self.planned is None and self.actual is None and not self.detail

    @property
    def gap(self) -> int | None:
        """Actual less planned."""
        if self.planned is None or self.actual is None:
            return None
        return self.actual - self.planned

    @property
    def ratio(self) -> float | None:
        """Actual over planned; nothing when nothing was planned."""
        if not self.planned or self.actual is None:
            return None
        return self.actual / self.planned


@dataclass(frozen=True, slots=True)
class Budget:
    """What was written, by line key."""

    lines: Mapping[str, Amounts] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Amounts:
        return self.lines.get(key, Amounts())

    @property
    def empty(self) -> bool:
        return all(amounts.empty for amounts in self.lines.values())

    def sum(self, lines: Iterable[Line]) -> Amounts:
        """Sum of lines; a column in which nothing is written stays empty."""
        rows = [self[line.key] for line in lines]
        return Amounts(_sum(r.planned for r in rows), _sum(r.actual for r in rows))

    def total(self, side: Side) -> Amounts:
        """Total of charges or of produits, without the contributions in kind."""
        return self.sum(line for group in side.groups for line in group.lines())

    def in_kind(self, side: Side) -> Amounts:
        return self.sum(side.in_kind.lines())


def _sum(amounts: Iterable[int | None]) -> int | None:
    written = [amount for amount in amounts if amount is not None]
    return sum(written) if written else None


class Level(StrEnum):
    """What a printed row is."""

    GROUP = "group"
    ACCOUNT = "account"
    LINE = "line"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row. ``key`` names the line to write in, empty when it is a sum."""

    level: Level
    code: str
    label: str
    amounts: Amounts
    key: str = ""


def rows(side: Side, budget: Budget) -> tuple[Row, ...]:
    """Every row of one side in order: groups, accounts, lines, totals."""
    out: list[Row] = []
    for group in side.groups:
        out += _group_rows(group, budget)
    out.append(Row(Level.TOTAL, "", side.total, budget.total(side)))
    out += _group_rows(side.in_kind, budget)
    out.append(Row(Level.TOTAL, "", side.grand_total, budget.sum(side.lines())))
    return tuple(out)


def _group_rows(group: Group, budget: Budget) -> Iterator[Row]:
    yield Row(Level.GROUP, "", group.title, Amounts())
    for account in group.accounts:
        key = account.lines[0].key if account.own else ""
        amounts = budget.sum(account.lines)
        yield Row(Level.ACCOUNT, account.printed, account.label, amounts, key)
        if not account.own:
            for line in account.lines:
                yield Row(Level.LINE, "", line.label, budget[line.key], line.key)


def grant_share(chart: Chart, budget: Budget, grant: int | None) -> float | None:
    """Share of the grant in the actual total of the produits, a ratio; ``None`` if unknown."""
    total = budget.total(chart.produits).actual
    if grant is None or not total:
        return None
    return grant / total


def checks(chart: Chart, budget: Budget, grant: int | None) -> tuple[str, ...]:
    """What does not balance, one French sentence each. They warn; they never block."""
    out: list[str] = []
    columns: tuple[tuple[str, Callable[[Amounts], int | None]], ...] = (
        ("prévision", lambda a: a.planned),
        ("réalisation", lambda a: a.actual),
    )
    pairs = (
        ("le total des charges", "le total des produits", budget.total),
        ("les emplois en nature (86)", "les contributions en nature (87)", budget.in_kind),
    )
    for name, column in columns:
        for left_name, right_name, total in pairs:
            left, right = column(total(chart.charges)), column(total(chart.produits))
            if (left or 0) != (right or 0):
                out.append(
                    f"En {name}, {left_name} et {right_name} diffèrent de "
                    f"{french.money(abs((left or 0) - (right or 0)))}."
                )
    line = chart.grant_line
    received = budget[line.key].actual if line else None
    if grant is not None and received is not None and received != grant:
        out.append(
            f"La ligne de la subvention ({french.money(received)}) diffère du montant de la "
            f"subvention obtenue ({french.money(grant)})."
        )
    return tuple(out)
