"""Values of expressions and their conversions, the same as in ``static/expression.js``.

A value is a text, a number (float), a Boolean, or a list of these.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = str | float | bool
Value: TypeAlias = Scalar | list[Scalar]

#: Longest text that an expression builds.
MAX_TEXT = 20_000

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T(.+))?", re.DOTALL)
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?")
_LAST_DAY = 2_932_896  # 9999-12-31
_FIRST_DAY = -719_162  # 0001-01-01


def normalise(raw: object) -> Value:
    """A value from an answer, whatever it is: what has no meaning here becomes ``''``."""
    if isinstance(raw, list | tuple):
        return [_scalar(item) for item in raw]
    return _scalar(raw)


def _scalar(raw: object) -> Scalar:
    if isinstance(raw, bool | str):
        return raw
    if isinstance(raw, int | float):
        try:
            return float(raw)
        except OverflowError:
            return math.inf if raw > 0 else -math.inf
    if isinstance(raw, date | datetime | time):
        return raw.isoformat()
    return ""


def is_list(value: Value) -> bool:
    return isinstance(value, list)


def items(value: Value) -> list[Scalar]:
    """The members of a list, or the value alone, or nothing when it is empty."""
    if isinstance(value, list):
        return value
    return [] if value == "" else [value]


def to_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(to_text(item) for item in value)
    return number_text(value)


def number_text(value: float) -> str:
    """Shortest decimal writing that gives the number back, never with an exponent."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def to_number(value: Value) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    text = to_text(value)
    if match := _NUMBER.fullmatch(text):
        return float(match[1])
    days = days_of(text)
    return days if days is not None else _fraction_of_day(text)


def to_boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return len(value) > 0


def days_of(text: str) -> float | None:
    """Days since 1970-01-01 of « 2024-02-29 » or « 2024-02-29T18:30 », None when it is none."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if not (year >= 1 and 1 <= month <= 12 and 1 <= day <= month_length(year, month)):
        return None
    fraction = _fraction_of_day(match[4]) if match[4] is not None else 0.0
    return None if math.isnan(fraction) else _civil_to_days(year, month, day) + fraction


def _fraction_of_day(text: str) -> float:
    match = _TIME.fullmatch(text)
    if not match:
        return math.nan
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return math.nan
    return (hour * 3600 + minute * 60 + second) / 86400


def month_length(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _civil_to_days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar."""
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146097 + day_of_era - 719468


def civil(days: float) -> tuple[int, int, int] | None:
    """Year, month, day of a count of days; None outside of the years 1 to 9999."""
    if math.isnan(days) or not _FIRST_DAY <= days < _LAST_DAY + 1:
        return None
    shifted = math.floor(days) + 719468
    era = shifted // 146097
    day_of_era = shifted - era * 146097
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    rank = (5 * day_of_year + 2) // 153
    month = rank + 3 if rank < 10 else rank - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, day_of_year - (153 * rank + 2) // 5 + 1


def words(text: str) -> list[str]:
    """The words of a text; only the blanks of XML separate."""
    return [word for word in re.split(r"[ \t\r\n]+", text) if word]
