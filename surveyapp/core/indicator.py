"""Indicators: what was expected, what was obtained, reached or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from surveyapp.core import french


class Comparison(StrEnum):
    """How the obtained value is compared with the target. « Plus de 5 » is strict."""

    OVER = ">"
    AT_LEAST = ">="
    EQUAL = "="
    AT_MOST = "<="
    UNDER = "<"

    @property
    def sign(self) -> str:
        return {">=": "≥", "<=": "≤"}.get(self.value, self.value)

    @property
    def label(self) -> str:
        return _COMPARISONS[self]


_COMPARISONS = {
    Comparison.OVER: "plus de",
    Comparison.AT_LEAST: "au moins",
    Comparison.EQUAL: "exactement",
    Comparison.AT_MOST: "au plus",
    Comparison.UNDER: "moins de",
}


class IndicatorKind(StrEnum):
    """The two tables of §2.6."""

    PROCESS = "process"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Target:
    """What the action commits to.

    ``commitment`` is written in the bilan; ``ambition`` is the CPTS's own, higher aim and
    stays internal (domain.md A.4.3). Both are in ``unit``: « participants », « % », « /5 ».
    """

    comparison: Comparison
    commitment: float
    unit: str = ""
    ambition: float | None = None

    def reached(self, value: float) -> bool:
        return compare(value, self.comparison, self.commitment)

    def ambition_reached(self, value: float) -> bool | None:
        return None if self.ambition is None else compare(value, self.comparison, self.ambition)

    @property
    def text(self) -> str:
        """« plus de 4/5 », « 50 participants », « au moins 54 % »."""
        amount = quantity(self.commitment, self.unit)
        return (
            amount if self.comparison is Comparison.EQUAL else f"{self.comparison.label} {amount}"
        )

    @property
    def ambition_text(self) -> str:
        """« 4,5/5 », « 90 % »; nothing without an ambition."""
        return "" if self.ambition is None else quantity(self.ambition, self.unit)


def compare(value: float, comparison: Comparison, bound: float) -> bool:
    """Compare without the noise of binary fractions: 4.000000000001 is not over 4."""
    difference = round(value - bound, 9)
    return {
        Comparison.OVER: difference > 0,
        Comparison.AT_LEAST: difference >= 0,
        Comparison.EQUAL: difference == 0,
        Comparison.AT_MOST: difference <= 0,
        Comparison.UNDER: difference < 0,
    }[comparison]


def quantity(value: float, unit: str) -> str:
    """« 3,8/5 », « 54 % », « 50 participants », « 1 234 »."""
    amount = french.number(value)
    if not unit:
        return amount
    return amount + unit if unit.startswith("/") else f"{amount}{french.NBSP}{unit}"


@dataclass(frozen=True, slots=True)
class Computed:
    """A value taken from a campaign, or from the dossiers when it names none.

    ``value`` is ``None`` when the small-cell rule withholds it; ``withheld`` then says why,
    in French. ``n`` is the number of answers it rests on, ``what`` the question and measure,
    ``filter`` the restriction if any, ``unit`` goes with the value.
    """

    text: str
    value: float | None
    n: int | None
    campaign: str
    what: str
    filter: str
    computed_on: date
    withheld: str = ""

    @property
    def provenance(self) -> str:
        """One line for the coordinatrice."""
        parts = [self.what]
        if self.campaign:
            parts.append(f"collecte «{french.NBSP}{self.campaign}{french.NBSP}»")
        if self.filter:
            parts.append(self.filter)
        if self.n is not None:
            parts.append(french.plural(self.n, "réponse", "réponses"))
        parts.append(f"calculé le {french.date_long(self.computed_on)}")
        return f"{french.NBSP}· ".join(parts)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of §2.6."""

    kind: IndicatorKind
    label: str
    expected: str = ""
    target: Target | None = None
    computed: Computed | None = None
    typed: str = ""
    comment: str = ""

    @property
    def expected_text(self) -> str:
        """What the bilan prints: the text, else the target in words."""
        return self.expected or (self.target.text if self.target else "")

    @property
    def obtained(self) -> str:
        """What the bilan prints: what was typed wins over what was computed.

        A value that is withheld prints nothing: it is for the coordinatrice to say why.
        """
        return self.typed or (self.computed.text if self.computed else "")

    @property
    def value(self) -> float | None:
        """The obtained value as a number when it is one, « 3,8/5 » and « 5/6 » included."""
        if self.typed:
            return read_value(self.typed)
        return self.computed.value if self.computed else None

    @property
    def reached(self) -> bool | None:
        """``None``: no target in figures, or an obtained value in words."""
        value = self.value
        return None if self.target is None or value is None else self.target.reached(value)

    @property
    def differs(self) -> bool:
        """A value was typed although another one was computed."""
        if not self.typed or self.computed is None or self.computed.withheld:
            return False
        typed, computed = read_value(self.typed), self.computed.value
        if typed is None or computed is None:
            return self.typed != self.computed.text
        return french.number(typed) != french.number(computed)


@dataclass(frozen=True, slots=True)
class Objective:
    """An operational objective with its indicators, process ones and results."""

    label: str
    indicators: tuple[Indicator, ...] = ()

    def of_kind(self, kind: IndicatorKind) -> tuple[Indicator, ...]:
        return tuple(i for i in self.indicators if i.kind is kind)


_VALUE = re.compile(
    r"([+-]?[\d\s\u00a0\u202f]*\d(?:[.,]\d+)?)\s*(?:(?:/|sur)\s*\d+(?:[.,]\d+)?|%)?[^\d]*"
)


def read_value(text: str) -> float | None:
    """The number that a short text says: « 3,8/5 » → 3.8, « 54 % » → 54, « 120 personnes ».

    A text with several numbers, or that does not begin with one, is a story, not a value.
    """
    match = _VALUE.fullmatch(text.strip())
    if not match:
        return None
    try:
        return french.parse_number(match[1])
    except ValueError:
        return None
