"""Where the words of a cloud stand: the same words give the same picture, none overlaps.

The most frequent word comes first, in the middle; each other one takes the first free place
on a spiral around it. When a word finds no room all are set smaller; in the end it is left out:
the ordered list beside the picture has them all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from surveyapp.core.words import Term

#: Width of a text set at one pixel.
Measure = Callable[[str], float]

Box = tuple[float, float, float, float]

#: Smallest and greatest letter, as parts of the height of the picture.
_LEAST, _MOST = 0.05, 0.2
#: Room at both sides of a word, above and below its baseline, as parts of its letter.
_AIR, _ABOVE, _BELOW = 0.12, 0.98, 0.3
_STEPS = 700
#: Words that would fill more of the picture than this find no room: not worth trying.
_FULLEST = 0.6
#: Letters are made smaller until every word has its place.
_SCALES = (1.6, 1.3, 1.0, 0.85, 0.7, 0.58, 0.48, 0.4)
#: Words that a picture may hold and stay readable.
MOST_WORDS = 30

_NARROW = frozenset("iíîïjlIÎÏtfr.,;:'’!|()[] -")
_WIDE = frozenset("mwMWŒœÆæ@%&")


@dataclass(frozen=True, slots=True)
class Placed:
    """A word and where it is drawn, in the pixels of the picture.

    ``x`` is the middle of the word and ``y`` its baseline; ``level`` goes from 1 (most
    frequent) to 4.
    """

    text: str
    count: int
    x: float
    y: float
    size: float
    width: float
    level: int

    @property
    def box(self) -> Box:
        """Left, top, right, bottom, the air around it included."""
        return _box(self.x, self.y, self.width, self.size)


def rough_width(text: str) -> float:
    """About how wide a text of one pixel is in a bold font without serifs.

    Who draws with it stretches the word to that width (SVG ``textLength``).
    """
    return sum(map(_advance, text))


def _advance(letter: str) -> float:
    if letter in _NARROW:
        return 0.4
    if letter in _WIDE:
        return 0.98
    return 0.74 if letter.isupper() else 0.64


def place(
    terms: Sequence[Term], *, width: float, height: float, measure: Measure = rough_width
) -> tuple[Placed, ...]:
    """Places for the terms, which come most frequent first."""
    shown = [(term, measure(term.text)) for term in terms[:MOST_WORDS]]
    best: tuple[Placed, ...] = ()
    for scale in _SCALES:
        sizes = _sizes(shown, scale, width, height)
        if _fill(shown, sizes) > _FULLEST * width * height and scale != _SCALES[-1]:
            continue
        found = tuple(_attempt(shown, sizes, width, height))
        if len(found) > len(best):
            best = found
        if len(best) == len(shown):
            break
    return best


def _sizes(
    shown: Sequence[tuple[Term, float]], scale: float, width: float, height: float
) -> list[float]:
    """How high letters are when they are ``scale`` times as high as they usually are."""
    highest = max((term.count for term, _ in shown), default=1)
    found = []
    for term, wide in shown:
        share = term.count / highest
        size = max(scale * height * (_LEAST + (_MOST - _LEAST) * share), height * _LEAST)
        found.append(round(min(size, 0.94 * width / max(wide, 0.1)), 1))
    return found


def _fill(shown: Sequence[tuple[Term, float]], sizes: Sequence[float]) -> float:
    """The room that all the words need, at least."""
    pairs = zip(shown, sizes, strict=True)
    return sum((wide + 2 * _AIR) * (_ABOVE + _BELOW) * size**2 for (_, wide), size in pairs)


def _attempt(
    shown: Sequence[tuple[Term, float]], sizes: Sequence[float], width: float, height: float
) -> Iterator[Placed]:
    """The words that find room at these sizes."""
    highest = max((term.count for term, _ in shown), default=1)
    taken: list[Box] = []
    for (term, wide), size in zip(shown, sizes, strict=True):
        broad = round(size * wide, 1)
        found = _free(broad, size, taken, width, height)
        if found is None:
            continue
        x, y = found
        level = 1 + min(3, int((1 - term.count / highest) * 4))
        taken.append(_box(x, y, broad, size))
        yield Placed(term.text, term.count, x, y, size, broad, level)


def _free(
    wide: float, size: float, taken: Sequence[Box], width: float, height: float
) -> tuple[float, float] | None:
    """The first free place on the spiral for a word, as middle and baseline."""
    for x, middle in _spiral(width, height):
        y = round(middle + 0.33 * size, 1)
        left, top, right, bottom = box = _box(x, y, wide, size)
        inside = left >= 0 and top >= 0 and right <= width and bottom <= height
        if inside and not any(overlap(box, other) for other in taken):
            return x, y
    return None


def _box(x: float, y: float, wide: float, size: float) -> Box:
    """The room of a word, some air around it."""
    half, air = wide / 2, _AIR * size
    return (x - half - air, y - _ABOVE * size, x + half + air, y + _BELOW * size)


@lru_cache(maxsize=8)
def _spiral(width: float, height: float) -> tuple[tuple[float, float], ...]:
    """Points around the middle, further and further, as wide as the picture is."""
    points = []
    for step in range(_STEPS):
        angle = 3.5 * math.sqrt(step)  # as dense outside as in the middle
        radius = 0.5 * math.sqrt(step / _STEPS)
        x = width / 2 + radius * width * math.cos(angle)
        y = height / 2 + radius * height * math.sin(angle)
        points.append((round(x, 1), round(y, 1)))
    return tuple(points)


def overlap(first: Box, second: Box) -> bool:
    """Whether two boxes have a point in common."""
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )
