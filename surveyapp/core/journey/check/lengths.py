"""Rules on lengths: what is kept of a journey has to fit where it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from surveyapp.core.issues import Issue
from surveyapp.core.journey.check.plan import Plan
from surveyapp.core.journey.definition import Document

#: Signs that the name of a journey may have, its title, a label, the label of a document (its
#: format comes after it).
NAME, TITLE, LABEL, DOCUMENT_LABEL = 40, 300, 300, 180


def lengths(plan: Plan) -> Iterator[Issue]:
    journey = plan.journey
    for key, text, most in (("name", journey.name, NAME), ("title", journey.title, TITLE)):
        if len(text) > most:
            yield _too_long(plan, plan.line(key), key, most)
    for thing in journey.named():
        most = DOCUMENT_LABEL if isinstance(thing, Document) else LABEL
        if len(getattr(thing, "label", "")) > most:
            yield _too_long(plan, thing.line, "label", most)


def once_each(plan: Plan) -> Iterator[Issue]:
    """What is kept of deadlines and reminders holds the list of those who act."""
    for deadline in plan.journey.deadlines:
        lists = [(deadline.line, "by", deadline.by)]
        lists += [(reminder.line, "to", reminder.to) for reminder in deadline.reminders]
        for line, key, actors in lists:
            if len(set(actors)) < len(actors):
                message = f"« {key} » nomme deux fois la même personne"
                yield plan.error(line, "repeated_actor", message)


def _too_long(plan: Plan, line: int, key: str, most: int) -> Issue:
    return plan.error(line, "too_long", f"« {key} » est trop long : {most} signes au plus")


RULES = (lengths, once_each)
