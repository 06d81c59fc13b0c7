"""The day on which what a form tells took place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from surveyapp.core.journey.definition import Task
from surveyapp.core.journey.dossier import day_of


def filled_on(task: Task, answers: Mapping[str, Any], *, entered: date, opened: date) -> date:
    """The day of the mark of a filling: that of the answer ``task.date``, else ``entered``.

    ``entered`` is the day on which it was typed, ``opened`` that of the dossier: an answer
    outside of the two is brought back between them.
    """
    day = day_of(answers.get(task.date)) if task.date else None
    return entered if day is None else max(min(opened, entered), min(day, entered))
