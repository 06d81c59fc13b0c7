"""Money as integer cents: never a float that adds up to 0,30000000000000004 €."""

from __future__ import annotations

import re

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_AMOUNT = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?")
#: Amounts stay inside what a 64-bit column holds, with room for sums.
LIMIT = 10**14
#: Decimals of an amount in cents, and of a rate in thousandths of a euro.
CENTS, MILLS = 2, 3


def parse_money(text: str, *, decimals: int = CENTS) -> int:
    """Read « 1 234,50 € », « 1234.5 » or « 125 000 » as cents; with three ``decimals`` as
    thousandths of a euro.

    :raises ValueError: with a French sentence that gives an example.
    """
    compact = _SPACES.sub("", text).replace("−", "-").removesuffix("€").removesuffix("EUR")
    match = _AMOUNT.fullmatch(compact)
    if not match or not compact.isascii() or not (match[2] or match[3]):
        raise ValueError("Écrivez un montant en euros, par exemple 1 234,50.")
    sign, euros, cents = match[1], match[2] or "0", match[3] or ""
    if len(cents) > decimals:
        many, example = ("deux", "1 234,50") if decimals == CENTS else ("trois", "0,529")
        raise ValueError(
            f"Écrivez au plus {many} chiffres après la virgule, par exemple {example}."
        )
    amount = int(f"{euros[:20]}{cents.ljust(decimals, '0')}")
    if amount > LIMIT or len(euros) > 20:
        raise ValueError("Ce montant est trop grand.")
    return -amount if sign == "-" else amount


def money_input(amount: int | None, *, decimals: int = CENTS) -> str:
    """What stands in an input: « 1234,50 », « 125000 », « 0,529 »; empty without an amount."""
    if amount is None:
        return ""
    sign = "-" if amount < 0 else ""
    euros, rest = divmod(abs(amount), 10**decimals)
    if not rest:
        return f"{sign}{euros}"
    digits = f"{rest:0{decimals}d}"
    return f"{sign}{euros},{digits[:CENTS]}{digits[CENTS:].rstrip('0')}"
