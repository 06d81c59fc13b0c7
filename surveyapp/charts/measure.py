"""Widths of text and wrapping, in the font that charts are measured with."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

#: Spaces at which a French text may be cut: not the no-break ones.
_BREAKS = re.compile(r"[ \t\n]+")


def font_folder() -> Path:
    """Where Matplotlib keeps DejaVu Sans, the only font that we print with."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@lru_cache(maxsize=2)
def _font(bold: bool) -> FT2Font:
    from matplotlib.ft2font import FT2Font

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(font_folder() / name))
    font.set_size(1000, 72)
    return font


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    """Width of a character for a text of one pixel; a guess for what the font lacks."""
    font = _font(bold)
    if not font.get_char_index(ord(character)):
        return 1.0
    glyph = font.load_char(ord(character))
    return float(glyph.linearHoriAdvance) / 65536 / 1000


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width in pixels of ``text`` set at ``size`` pixels."""
    return size * sum(_advance(character, bold) for character in text)


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Lines of ``text`` that hold in ``width`` pixels; a longer word is cut with a hyphen.

    Always one line at least, so that rows keep their place.
    """
    lines: list[str] = []
    line = ""
    for word in (w for w in _BREAKS.split(text.strip()) if w):
        longer = f"{line} {word}" if line else word
        if width_of(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = _cut(word, width, size, bold=bold)
        lines.extend(whole)
    return [*lines, line] if line or not lines else lines


def _cut(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Pieces of a word that is too long for a line."""
    pieces: list[str] = []
    while width_of(word, size, bold=bold) > width:
        keep = len(word) - 1
        while keep > 1 and width_of(word[:keep] + "-", size, bold=bold) > width:
            keep -= 1
        if keep < 1:
            break
        pieces.append(word[:keep] + "-")
        word = word[keep:]
    return [*pieces, word]
