"""What a form notes by itself when it is filled: nobody writes the same day down twice."""

from __future__ import annotations

from datetime import date, datetime

from surveyapp.core.journey.dating import filled_on
from surveyapp.core.journey.definition import Actor
from surveyapp.core.journey.moves import noted_by
from surveyapp.models import Response
from surveyapp.services.dossiers.reading import Opened
from surveyapp.services.dossiers.records import add_mark
from surveyapp.services.transaction import AnySession


def note_from_form(
    session: AnySession,
    found: Opened,
    task: str,
    response_id: int,
    by: tuple[date, Actor, int | None, datetime],
    *,
    today: date,
) -> None:
    """Note the events whose day an answer gives, in the transaction of the answer.

    Before the filling is recorded: what runs from the event is met by the form itself.
    """
    _, actor, user_id, now = by
    response = session.get(Response, response_id)
    if response is None:
        return
    for event, day in noted_by(found.dossier, task, response.document, today):
        add_mark(session, found.row, event.name, on=day, actor=actor, now=now, user_id=user_id)


def day_of_filling(
    session: AnySession, found: Opened, task: str, response_id: int, *, entered: date
) -> date:
    """The day of the mark of a filling that was typed on the day ``entered``."""
    asked, response = found.journey.task(task), session.get(Response, response_id)
    if asked is None or response is None:
        return entered
    return filled_on(asked, response.document, entered=entered, opened=found.row.opened_on)
