"""What ambassadors declare: time and travel of a month, and what it comes to once validated.

Amounts are whole cents. Each line is rounded by itself, half up, and sums add what is shown, so
that a column adds up to its total on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any

from surveyapp.core.french import MONTHS, NBSP

#: Names in the journey and in the questionnaire of the declaration.
JOURNEY = "ambassadeur"
TASK = "declaration"
VALIDATED = "declaration_validee"
SENT_BACK = "declaration_renvoyee"


class State(StrEnum):
    """Where a declaration is. Only a validated one counts."""

    WAITING = "waiting"
    VALIDATED = "validated"
    SENT_BACK = "sent_back"
    #: A corrected one came in its place.
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Rates:
    """Cents for an hour, thousandths of a euro for a kilometre; ``None`` while not set."""

    hour_cents: int | None = None
    kilometre_mills: int | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """One journey by car (``kilometres``) or paid (``paid_cents``)."""

    on: date | None
    route: str
    means: str
    kilometres: int
    paid_cents: int


@dataclass(frozen=True, slots=True)
class Content:
    """What somebody declared. ``month`` is its first day."""

    month: date
    minutes: int
    trips: tuple[Trip, ...] = ()
    remark: str = ""

    @property
    def kilometres(self) -> int:
        return sum(trip.kilometres for trip in self.trips)

    @property
    def paid_cents(self) -> int:
        return sum(trip.paid_cents for trip in self.trips)


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a declaration, or several, come to; a rate that is not set leaves its part out."""

    minutes: int = 0
    kilometres: int = 0
    time_cents: int = 0
    distance_cents: int = 0
    paid_cents: int = 0

    @property
    def total_cents(self) -> int:
        return self.time_cents + self.distance_cents + self.paid_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A declaration and what was decided about it.

    ``id`` is that of its mark, ``decision_id`` that of the decision. ``message`` is what the
    coordination wrote when it sent it back, ``decided_on`` the day of the decision and
    ``decided_at`` its instant. ``rates`` are those of that instant.
    """

    id: int
    dossier_id: int
    reference: str
    holder: str
    sort_key: str
    filed_on: date
    content: Content
    state: State = State.WAITING
    decision_id: int | None = None
    decided_on: date | None = None
    decided_at: datetime | None = None
    message: str = ""
    rates: Rates = field(default_factory=Rates)

    @property
    def amounts(self) -> Amounts:
        content, rates = self.content, self.rates
        return Amounts(
            minutes=content.minutes,
            kilometres=content.kilometres,
            time_cents=_half_up(content.minutes * (rates.hour_cents or 0), 60),
            distance_cents=_half_up(content.kilometres * (rates.kilometre_mills or 0), 10),
            paid_cents=content.paid_cents,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What is due to one ambassador."""

    dossier_id: int
    holder: str
    reference: str
    declarations: tuple[Declaration, ...]
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Statement:
    """The validated declarations of a period, by ambassador.

    ``waiting`` counts those of the period that are not decided yet: they do not count.
    """

    period: str
    label: str
    shares: tuple[Share, ...]
    amounts: Amounts
    waiting: int

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        return tuple(line for share in self.shares for line in share.declarations)

    @property
    def lacks_rates(self) -> bool:
        """Whether time or kilometres count for nothing because no rate was set."""
        return any(
            (line.content.minutes and line.rates.hour_cents is None)
            or (line.content.kilometres and line.rates.kilometre_mills is None)
            for line in self.declarations
        )


def content_of(answers: Mapping[str, Any], *, filed_on: date, means: Mapping[str, str]) -> Content:
    """The answers of a declaration; ``means`` gives the labels of ways to travel.

    What an anonymised dossier has lost is left out.
    """
    month = _day(answers.get("mois")) or filed_on
    activities = answers.get("activites") or ()
    return Content(
        month=month.replace(day=1),
        minutes=sum(_whole(activity.get("minutes")) for activity in activities),
        trips=tuple(_trip(trip, means) for trip in answers.get("trajets") or ()),
        remark=str(answers.get("remarque") or ""),
    )


def statement(declarations: Iterable[Declaration], period: str) -> Statement:
    """Add up what was validated for ``period``: a month « 2027-06 » or a year « 2027 »."""
    mine = [line for line in declarations if line.content.month.isoformat().startswith(period)]
    counted = sorted(
        (line for line in mine if line.state is State.VALIDATED),
        key=lambda line: (line.sort_key, line.dossier_id, line.content.month, line.filed_on),
    )
    shares = tuple(
        _share(tuple(lines)) for _, lines in groupby(counted, key=lambda line: line.dossier_id)
    )
    return Statement(
        period=period,
        label=period_label(period),
        shares=shares,
        amounts=add_up(share.amounts for share in shares),
        waiting=sum(1 for line in mine if line.state is State.WAITING),
    )


def add_up(amounts: Iterable[Amounts]) -> Amounts:
    """The sum of several, as they are shown."""
    found = list(amounts)
    return Amounts(
        minutes=sum(one.minutes for one in found),
        kilometres=sum(one.kilometres for one in found),
        time_cents=sum(one.time_cents for one in found),
        distance_cents=sum(one.distance_cents for one in found),
        paid_cents=sum(one.paid_cents for one in found),
    )


def is_period(text: str) -> bool:
    """Whether it is a month « 2027-06 » or a year « 2027 »."""
    year, dash, month = text.partition("-")
    whole = len(year) == 4 and year.isascii() and year.isdigit() and year >= "1900"
    if not dash:
        return whole
    return (
        whole and len(month) == 2 and month.isascii() and month.isdigit() and 1 <= int(month) <= 12
    )


def period_label(period: str) -> str:
    """« juin 2027 », « année 2027 »."""
    year, _, month = period.partition("-")
    return f"{MONTHS[int(month) - 1]} {year}" if month else f"année {year}"


def duration(minutes: int) -> str:
    """« 2 h 30 », « 45 min », as one says a time that was spent."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def rates_at(moment: datetime, now: Rates, changes: Iterable[tuple[datetime, Rates]]) -> Rates:
    """The rates that were in force at ``moment``.

    ``changes`` are the rates before each change, newest first. What was validated before any
    rate was set is paid at the first one.
    """
    found = now
    for at, before in changes:
        if at <= moment:
            break
        found = Rates(
            before.hour_cents if before.hour_cents is not None else found.hour_cents,
            before.kilometre_mills if before.kilometre_mills is not None else found.kilometre_mills,
        )
    return found


def _share(lines: tuple[Declaration, ...]) -> Share:
    first = lines[0]
    total = add_up(line.amounts for line in lines)
    return Share(first.dossier_id, first.holder, first.reference, lines, total)


def _trip(answers: Mapping[str, Any], means: Mapping[str, str]) -> Trip:
    code = str(answers.get("moyen") or "")
    paid = answers.get("montant")
    return Trip(
        on=_day(answers.get("date_trajet")),
        route=str(answers.get("parcours") or ""),
        means=means.get(code, code),
        kilometres=_whole(answers.get("kilometres")),
        paid_cents=round(float(paid) * 100) if isinstance(paid, int | float) else 0,
    )


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _half_up(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)
