"""Colours. Every one that carries a meaning has 3:1 against white, and is never alone.

Blue and vermilion stay apart for the three common colour deficiencies; a reference figure
is moreover a diamond, a scale goes from light to dark with every second step hatched, and
every value is written.
"""

from __future__ import annotations

INK = "#1b262c"
MUTED = "#55616a"
GRID = "#d5dce0"
TRACK = "#eef2f4"
PAPER = "#ffffff"
OUTSIDE = "#d3d8db"
LOCAL = "#1b6a85"
LOCAL_EDGE = "#0d3b4c"
REFERENCE = "#c2410c"
REFERENCE_EDGE = "#5f1d02"

_LIGHT = (0xDC, 0xEE, 0xF4)
_DARK = (0x0D, 0x3B, 0x4C)
_MIDDLE = (0x4A, 0x9C, 0xB8)


def steps(count: int) -> list[str]:
    """``count`` colours from light to dark for an ordered scale."""
    if count == 1:
        return [LOCAL]
    return [_between(index / (count - 1)) for index in range(count)]


def _between(ratio: float) -> str:
    low, high, part = (
        (_LIGHT, _MIDDLE, ratio * 2) if ratio < 0.5 else (_MIDDLE, _DARK, ratio * 2 - 1)
    )
    mixed = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours (WCAG 2), from 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable_on(fill: str) -> str:
    """Black or white, whichever reads better on ``fill``: one of them always has 4.5:1."""
    return max(("#000000", PAPER), key=lambda text: contrast(text, fill))
