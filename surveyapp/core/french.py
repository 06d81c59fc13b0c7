"""French numbers, dates and words, where Babel stops short (domain.md D.4).

``NBSP`` (U+00A0) stands before ``:``, ``%``, ``€`` and inside « »; ``THIN`` (U+202F) before
``; ! ?`` and between thousands.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
THIN = "\u202f"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d+)")


def number(value: float, decimals: int | None = None) -> str:
    """``174333`` → « 174 333 », ``5.4`` → « 5,4 ». ``decimals`` fixes the digits shown.

    Without ``decimals`` a whole number has none and another at most two. NaN gives « – ».
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "–"
    if decimals is None:
        text = f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{_half_up(value, decimals):,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace(",", THIN).replace(".", ",")


def year(value: float) -> str:
    """A year, or the middle of two: ``2015`` → « 2015 », ``2015.5`` → « 2015,5 »."""
    return number(value).replace(THIN, "")


def _half_up(value: float, decimals: int) -> float:
    """Round half away from zero, as French readers do (Python rounds half to even)."""
    factor = 10**decimals
    return math.copysign(math.floor(abs(value) * factor + 0.5 + 1e-9) / factor, value)


def percent(ratio: float, decimals: int = 0) -> str:
    """``0.54`` → « 54 % »."""
    return f"{number(ratio * 100, decimals)}{NBSP}%"


def money(cents: int) -> str:
    """``12500000`` → « 125 000,00 € »."""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{number(euros)},{rest:02d}{NBSP}€"


def rate(mills: int) -> str:
    """Thousandths of a euro: ``600`` → « 0,60 € », ``529`` → « 0,529 € »."""
    euros, rest = divmod(mills, 1000)
    digits = f"{rest:03d}"
    return f"{number(euros)},{digits[:2]}{digits[2].rstrip('0')}{NBSP}€"


def date_long(day: date) -> str:
    """« 1er juin 2024 », « 27 juin 2024 »."""
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def date_short(day: date) -> str:
    """« 27/06/2024 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def month(day: date) -> str:
    """« juin 2024 »."""
    return f"{MONTHS[day.month - 1]}{NBSP}{day.year}"


def hour(moment: time | datetime) -> str:
    """« 18 h 30 », « 9 h »."""
    minutes = f"{NBSP}{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


def datetime_long(moment: datetime, timezone: str) -> str:
    """« 27 juin 2024 à 18 h 30 », in the time zone of the CPTS (an IANA name)."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{date_long(local.date())} à {hour(local)}"


def plural(count: int, one: str, many: str) -> str:
    """« 0 réponse », « 1 réponse », « 2 réponses »: French zero is singular."""
    return f"{number(count)}{NBSP}{many if abs(count) >= 2 else one}"


def typeset(text: str) -> str:
    """Put the no-break spaces of French punctuation where ordinary ones were typed."""
    text = re.sub(r" ([;!?])(?=\s|$)", THIN + r"\1", text)
    text = re.sub(r" (:)(?=\s|$)", NBSP + r"\1", text)
    return text.replace("« ", "«" + NBSP).replace(" »", NBSP + "»")


def quoted(text: str) -> str:
    """« text », with its no-break spaces; guillemets inside become “ ”."""
    inner = re.sub(r"«\s*", "“", text)
    inner = re.sub(r"\s*»", "”", inner)
    return f"«{NBSP}{inner}{NBSP}»"


def parse_number(text: str) -> float:
    """Read « 1 234,5 », « 1234.5 », with any kind of space between thousands.

    :raises ValueError: with a French sentence that gives an example.
    """
    compact = _SPACES.sub("", text).replace("−", "-")
    if not compact.isascii() or not _NUMBER.fullmatch(compact):
        raise ValueError("Écrivez un nombre en chiffres, par exemple 12 ou 12,5.")
    value = float(compact.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError("Ce nombre est trop grand.")
    return value


def parse_date(text: str) -> date:
    """Read « 27/06/2024 », « 27-06-2024 », « 27.6.2024 » or ISO « 2024-06-27 ».

    :raises ValueError: with a French sentence; a year of two digits is refused.
    """
    compact = " ".join(text.split())
    example = "Écrivez la date avec le jour, le mois et l’année, par exemple 27/06/2024."
    if match := _ISO.fullmatch(compact):
        year, month_number, day = (int(part) for part in match.groups())
    elif match := _FRENCH.fullmatch(compact):
        if len(match[3]) != 4:
            raise ValueError("Écrivez l’année avec quatre chiffres, par exemple 27/06/2024.")
        day, month_number, year = (int(part) for part in match.groups())
    else:
        raise ValueError(example)
    try:
        return date(year, month_number, day)
    except ValueError:
        raise ValueError(f"Cette date n’existe pas. {example}") from None


def fold(text: str) -> str:
    """Lower case without accents or ligatures: what a search compares."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def sort_key(text: str) -> tuple[str, str]:
    """Order of a French list: é stands with e, then the accents decide."""
    return fold(text), text.casefold()
