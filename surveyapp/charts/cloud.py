"""Words, the larger the more people gave them."""

from __future__ import annotations

from surveyapp.charts.drawing import Drawing, Label
from surveyapp.charts.measure import width_of
from surveyapp.charts.palette import INK, LOCAL, LOCAL_EDGE, MUTED
from surveyapp.charts.parts import count_line
from surveyapp.core.cloud import place
from surveyapp.core.summary import Summary
from surveyapp.core.words import Term

#: Height of the picture, as a part of its width: on a phone words need more height.
_HIGH, _HIGH_NARROW, _NARROW = 0.5, 1.0, 400.0
#: From the most frequent to the rarest; each has 4.5:1 on white.
_COLOURS = {1: LOCAL_EDGE, 2: LOCAL, 3: INK, 4: MUTED}


def word_cloud(summary: Summary, drawing: Drawing) -> None:
    """Terms of :attr:`Shape.WORDS`; the table beside the picture is the ordered list."""
    terms = [Term(cell.name, cell.label, cell.count or 0) for cell in summary.rows[0].cells]
    high = drawing.width * (_HIGH_NARROW if drawing.width < _NARROW else _HIGH)
    for word in place(
        terms,
        width=drawing.width,
        height=high,
        measure=lambda text: width_of(text, 1.0, bold=True),
    ):
        drawing.add(
            Label(
                word.x,
                drawing.height + word.y,
                word.text,
                _COLOURS[word.level],
                size=word.size,
                bold=True,
                align="center",
            )
        )
    drawing.height += high
    count_line(drawing, summary, more=", plusieurs mots possibles")
