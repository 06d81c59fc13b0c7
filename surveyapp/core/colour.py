"""Colours and their contrast, as WCAG 2.2 defines it."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Smallest contrast of text (WCAG 1.4.3, AA).
AA_TEXT = 4.5
#: Backgrounds of ``static/app.css``: the page in light and in dark mode.
LIGHT = "#fbf9f6"
DARK = "#191715"
WHITE = "#ffffff"
INK = "#1f1d1a"

_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def parse(text: str) -> str:
    """« 1D5C63 », « #1d5c63 » or « #abc » → « #1d5c63 ».

    :raises ValueError: with a French sentence.
    """
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise ValueError("Écrivez la couleur avec six chiffres ou lettres, par exemple #1d5c63.")
    digits = match[1].lower()
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    return f"#{digits}"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, in [1, 21]."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """``share`` of ``other`` mixed into ``one``."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def towards(colour: str, target: str, *, on: str, ratio: float = AA_TEXT) -> str:
    """``colour``, mixed with as little of ``target`` as makes it readable on ``on``."""
    for step in range(21):
        mixed = mix(colour, target, step / 20)
        if contrast(mixed, on) >= ratio:
            return mixed
    return target


@dataclass(frozen=True, slots=True)
class Theme:
    """The shades drawn from the colour of the CPTS; each pair is readable."""

    brand: str
    on_brand: str
    link: str
    tint: str
    dark_brand: str
    dark_on_brand: str
    dark_link: str
    dark_tint: str


def theme(colour: str) -> Theme:
    """Derive a readable theme from any colour.

    The coloured surfaces keep the colour when white or ink is readable on it; links are
    darkened (lightened in dark mode) until they reach the contrast of text.
    """
    brand = towards(colour, "#000000", on=WHITE)
    dark_brand = towards(colour, WHITE, on=DARK, ratio=5.5)
    return Theme(
        brand=brand,
        on_brand=WHITE,
        link=towards(brand, "#000000", on=LIGHT, ratio=5.5),
        tint=mix(LIGHT, brand, 0.08),
        dark_brand=dark_brand,
        dark_on_brand=towards(INK, "#000000", on=dark_brand),
        dark_link=towards(colour, WHITE, on=DARK, ratio=7.0),
        dark_tint=mix(DARK, dark_brand, 0.14),
    )


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
