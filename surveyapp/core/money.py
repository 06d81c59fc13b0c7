"""Money as integer cents: never a float that adds up to 0,30000000000000004 €."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_AMOUNT = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?")
#: Amounts stay inside what a 64-bit column holds, with room for sums.
LIMIT = 10**14


def parse_money(text: str) -> int:
    """Read « 1 234,50 € », « 1234.5 » or « 125 000 » as cents.

    :raises ValueError: with a French sentence that gives an example.
    """
    compact = _SPACES.sub("", text).replace("−", "-").removesuffix("€").removesuffix("EUR")
    match = _AMOUNT.fullmatch(compact)
    if not match or not compact.isascii() or not (match[2] or match[3]):
        raise ValueError("Écrivez un montant en euros, par exemple 1 234,50.")
    sign, euros, cents = match[1], match[2] or "0", match[3] or ""
    if len(cents) > 2:
        raise ValueError("Écrivez au plus deux chiffres après la virgule, par exemple 1 234,50.")
    amount = int(euros[:20]) * 100 + int(cents.ljust(2, "0"))
    if amount > LIMIT or len(euros) > 20:
        raise ValueError("Ce montant est trop grand.")
    return -amount if sign == "-" else amount


def money_input(cents: int | None) -> str:
    """What stands in an input: « 1234,50 », « 125000 »; empty when there is no amount."""
    if cents is None:
        return ""
    sign = "-" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros},{rest:02d}" if rest else f"{sign}{euros}"
