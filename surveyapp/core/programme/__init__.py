"""Figures of the whole programme, counted from dossiers: pure."""

from surveyapp.core.programme.counting import figure
from surveyapp.core.programme.hiding import hidden, shown_choices
from surveyapp.core.programme.period import Period, PeriodError, read_period, year_of
from surveyapp.core.programme.spec import (
    CHOSEN,
    Case,
    Cases,
    Figure,
    IndicatorSpec,
    Line,
    Path,
    Way,
    load_indicators,
)
from surveyapp.core.programme.volumes import Volumes, volumes

__all__ = [
    "CHOSEN",
    "Case",
    "Cases",
    "Figure",
    "IndicatorSpec",
    "Line",
    "Path",
    "Period",
    "PeriodError",
    "Volumes",
    "Way",
    "figure",
    "hidden",
    "load_indicators",
    "read_period",
    "shown_choices",
    "volumes",
    "year_of",
]
