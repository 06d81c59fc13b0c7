"""What charts are made of, and how Matplotlib turns it into SVG.

A chart is laid out as a :class:`Drawing`: boxes, lines, diamonds and labels in CSS pixels,
``y`` downwards. Only :func:`svg` knows Matplotlib; it is imported there, because it costs
61 MiB that a web process never needs. Axes and their ticks are not used either: placing
every label ourselves is what makes long French labels readable, and it is four times faster.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.artist import Artist

Align: TypeAlias = Literal["left", "center", "right"]

#: White around the drawing, in pixels: sides, then top and bottom.
SIDE, EDGE = 12.0, 8.0
#: Body and small text, in pixels.
TEXT, SMALL = 13.0, 11.5
LINE_HEIGHT = 1.3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle. ``hatch`` is a Matplotlib pattern drawn in ``edge``."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str = ""
    hatch: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Diamond:
    """The mark of a reference figure, centred on ``x``, ``y``."""

    x: float
    y: float
    radius: float
    fill: str
    edge: str


@dataclass(frozen=True, slots=True)
class Disc:
    x: float
    y: float
    radius: float
    fill: str
    edge: str


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    colour: str
    size: float = TEXT
    bold: bool = False
    italic: bool = False
    align: Align = "left"
    halo: str = ""


Mark: TypeAlias = Box | Line | Diamond | Disc | Label


@dataclass(slots=True)
class Drawing:
    """A sheet of ``width`` pixels that grows downwards: ``height`` is what is used so far.

    Margins come on top of both.
    """

    width: float
    height: float = 0.0
    marks: list[Mark] = field(default_factory=list)

    def add(self, *marks: Mark) -> None:
        self.marks.extend(marks)

    def paragraph(self, lines: Iterable[str], x: float, y: float, **style: Any) -> float:
        """Write lines below ``y``; return the ``y`` below the last one."""
        size: float = style.get("size", TEXT)
        for text in lines:
            self.add(Label(x, y + size, text, **style))
            y += size * LINE_HEIGHT
        return y


@lru_cache(maxsize=1)
def _prepare() -> None:
    """Settings without which bytes would differ from one run to the next."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "surveyapp",
            "font.family": ["sans-serif"],
            "font.sans-serif": ["DejaVu Sans"],
            "hatch.linewidth": 0.7,
            "path.simplify": False,
            "text.parse_math": False,
        }
    )


def svg(drawing: Drawing, *, title: str) -> bytes:
    """The drawing as SVG: real text, no date, the same bytes for the same drawing."""
    _prepare()
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    width, height = drawing.width + 2 * SIDE, round(drawing.height + 2 * EDGE)
    figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="white")
    place = Affine2D().scale(1, -1).translate(SIDE, height - EDGE)
    for order, mark in enumerate(drawing.marks):
        artist = _artist(mark)
        artist.set(transform=place, zorder=order)
        figure.add_artist(artist)
    out = BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with warnings.catch_warnings():
        # An emoji is not in our font; whoever shows the SVG has one that holds it.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(out, format="svg", metadata=nothing)
    return _finish(out.getvalue(), f"{width:g}", f"{height:g}", title=title)


def _artist(mark: Mark) -> Artist:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle, Polygon, Rectangle

    match mark:
        case Box():
            return Rectangle(
                (mark.x, mark.y),
                mark.width,
                mark.height,
                facecolor=mark.fill,
                edgecolor=mark.edge or "none",
                linewidth=0.8 if mark.edge else 0,
                hatch=mark.hatch or None,
                linestyle=(0, (3, 2)) if mark.dashed else "solid",
            )
        case Line():
            return Line2D(
                (mark.x1, mark.x2),
                (mark.y1, mark.y2),
                color=mark.colour,
                linewidth=mark.width,
                linestyle=(0, (4, 2)) if mark.dashed else "solid",
                solid_capstyle="butt",
            )
        case Diamond():
            x, y, r = mark.x, mark.y, mark.radius
            corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
            return Polygon(corners, facecolor=mark.fill, edgecolor=mark.edge, linewidth=1.2)
        case Disc():
            return Circle((mark.x, mark.y), mark.radius, facecolor=mark.fill, edgecolor=mark.edge)
        case Label():
            return _text(mark)


def _text(mark: Label) -> Artist:
    from matplotlib.text import Text

    artist = Text(
        mark.x,
        mark.y,
        mark.text,
        color=mark.colour,
        fontsize=mark.size,
        fontweight="bold" if mark.bold else "normal",
        fontstyle="italic" if mark.italic else "normal",
        horizontalalignment=mark.align,
        verticalalignment="baseline",
        parse_math=False,
    )
    if mark.halo:
        artist.set_bbox({"facecolor": mark.halo, "edgecolor": "none", "pad": 1.5})
    return artist


def _finish(data: bytes, width: str, height: str, *, title: str) -> bytes:
    """Sizes in pixels instead of points, and a title for whoever opens the file alone."""
    text = data.decode()
    start = text.index("<svg")
    end = text.index(">", start)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' xml:lang="fr">\n <title>{escape(title)}</title>'
    )
    return (head + text[end + 1 :]).encode()
