"""A year of a CPTS: who does what on which day, and what must come of it.

What must come is written here by hand, journey by journey, with its own arithmetic of months and
working days: nothing in this file asks the engine what is due. A :class:`Story` is one dossier;
:func:`live` leads all of them through the year, :func:`expected` says what its rows must be.
"""

from tests.journey_year.calendar import FIRST, HOLIDAYS, LAST, MISSED, days, months, working
from tests.journey_year.candidatures import AMBASSADORS
from tests.journey_year.expecting import Done, expected
from tests.journey_year.living import JOURNEYS, SIZES, build, live
from tests.journey_year.story import Item, Story, World

__all__ = [
    "AMBASSADORS",
    "FIRST",
    "HOLIDAYS",
    "JOURNEYS",
    "LAST",
    "MISSED",
    "SIZES",
    "Done",
    "Item",
    "Story",
    "World",
    "build",
    "days",
    "expected",
    "live",
    "months",
    "working",
]
