"""Dossiers of the demonstration: the four journeys, followed as a coordination follows them.

Every step is taken by the services that pages call, with the day of the step as its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

import sqlalchemy as sa

from surveyapp.core.answers import clean
from surveyapp.core.definition import FormDefinition, Mode
from surveyapp.core.journey.definition import Actor
from surveyapp.core.title import search_text, sort_key
from surveyapp.models import (
    Campaign,
    Dossier,
    Message,
    Person,
    Response,
    ResponseStatus,
    WorkState,
    random_key,
)
from surveyapp.models.base import db
from surveyapp.services.demo import named
from surveyapp.services.demo.collect import ZONE
from surveyapp.services.demo.invent import Inventor, Recipe
from surveyapp.services.demo.people import Person as Invented
from surveyapp.services.demo.people import lot
from surveyapp.services.demo.story import (
    ACCOMPANIMENTS,
    CANDIDATURES,
    INSTALLATIONS,
    MANDATE,
    REQUESTS,
    TODAY,
    Step,
)
from surveyapp.services.demo.weights import CODED_PROFESSIONS
from surveyapp.services.dossiers import acts, daily, journeys, reading, stage_forms
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.publish import definition_of
from surveyapp.services.respond.sending import new_reference
from surveyapp.services.transaction import AnySession, transaction

#: The journeys and how many days ago they were put into service.
_IN_SERVICE = (
    ("ambassadeur", 400),
    ("accompagnement", 390),
    ("installation", 420),
    ("conciergerie", 365),
)
#: Ambassadors in mandate: how many days ago each applied.
_MANDATES = (390, 360, 200)
#: On these days before today the daily task ran: enough for reminders to leave in their turn.
_RUNS = (300, 200, 120, 60, 30, 21, 14, 7, 3, 1, 0)
_REQUEST = Recipe(
    skip=0.2,
    shares={
        "profession": CODED_PROFESSIONS,
        "situation": {"projet": 40, "moins_6_mois": 60},
        "besoins": {"accueil": 2, "demarches": 4, "aides": 4, "confreres": 3, "vie": 2},
    },
    days={"date_arrivee": (20, 90)},
)


@dataclass(slots=True)
class _Story:
    """A dossier to tell: when and how it is opened, and what happens then."""

    opened_on: date
    open: Callable[[], int]
    steps: Sequence[Step]
    dossier_id: int = 0


def play_dossiers(*, today: date, author_id: int | None) -> None:
    """Put the journeys into service and follow their dossiers, unless somebody did.

    Day after day, all stories at once: what one does may hang on what another did before.
    """
    if journeys.in_service():
        return
    for name, ago in _IN_SERVICE:
        day = today - timedelta(ago)
        journeys.put_into_service(name, author_id=author_id, today=day, now=_at(day))
    viewer = Viewer(Actor.COORDINATION, author_id)
    turns = sorted(_turns(_stories(today), viewer), key=lambda turn: turn[0])
    runs = sorted(today - timedelta(ago) for ago in _RUNS)
    for day, act in turns:
        while runs and runs[0] < min(day, today):
            _run(runs.pop(0))
        if day <= today:
            act()
    for day in runs:
        _run(day)
    _join(today)
    _mails_have_left(today)


def _run(day: date) -> None:
    daily.run_day(today=day, now=_at(day))


def _turns(stories: Iterable[_Story], viewer: Viewer) -> Iterator[tuple[date, Callable[[], None]]]:
    """Each act of each story with its day, those of one story in their order."""
    for number, story in enumerate(stories):
        yield story.opened_on, partial(_begin, story)
        for step in story.steps:
            day = story.opened_on + timedelta(step.after)
            yield day, partial(_take, story, step, viewer, day, number)


def _begin(story: _Story) -> None:
    story.dossier_id = story.open()


def _stories(today: date) -> Iterator[_Story]:
    rng = Random("dossiers")  # noqa: S311 (fictional people, the same every time)
    told = [
        *((ago, "ambassadeur", named.APPLICATION, MANDATE) for ago in _MANDATES),
        *((ago, "accompagnement", _REQUEST, steps) for ago, steps in ACCOMPANIMENTS),
    ]
    for (ago, name, recipe, steps), who in zip(told, lot("dossiers", len(told)), strict=True):
        day = today - timedelta(ago)
        yield _Story(day, partial(_open_invented, name, recipe, rng, who, day), steps)
    yield from _of_answers("devenir-ambassadeur", "ambassadeur", CANDIDATURES)
    yield from _of_answers("projet-installation", "installation", INSTALLATIONS)
    yield from _of_answers("conciergerie", "conciergerie", REQUESTS)


def _open_invented(name: str, recipe: Recipe, rng: Random, who: Invented, day: date) -> int:
    """A dossier for invented answers to the entry form of a journey."""
    version = journeys.latest(name)
    assert version is not None
    journey = journeys.journey_of(version)
    task = stage_forms.task_of(journey, journey.entry_task)
    definition = stage_forms.definition_of_task(journey, task.name)
    answers = Inventor(definition, recipe, rng).answers(today=day, person=who)
    with transaction() as session:
        response_id = _store(session, task.form, answers, day)
        return _open(session, name, definition, response_id, answers, day)


def _open_answer(name: str, definition: FormDefinition, response_id: int, day: date) -> int:
    """A dossier for an answer that was sent."""
    with transaction() as session:
        answers = session.get_one(Response, response_id).document
        return _open(session, name, definition, response_id, answers, day)


def _open(
    session: AnySession,
    name: str,
    definition: FormDefinition,
    response_id: int,
    answers: Mapping[str, Any],
    day: date,
) -> int:
    return acts.open_dossier(
        session,
        name,
        answers=answers,
        response_id=response_id,
        definition=definition,
        on=day,
        actor=Actor.PERSON,
        user_id=None,
        now=_at(day),
        today=day,
    )


def _of_answers(slug: str, name: str, stories: Sequence[Sequence[Step]]) -> Iterator[_Story]:
    """The dossiers of the answers to a collection: the latest ones have had the least time."""
    campaign = db.session.scalars(sa.select(Campaign).where(Campaign.slug == slug)).one()
    definition = definition_of(campaign.version)
    rows = db.session.execute(
        sa.select(Response.id, Response.submitted_on)
        .where(
            Response.campaign_id == campaign.id,
            Response.status == ResponseStatus.SUBMITTED,
        )
        .order_by(Response.submitted_on.desc(), Response.id)
    ).all()
    for number, (response_id, day) in enumerate(rows):
        assert day is not None  # it was submitted
        begin = partial(_open_answer, name, definition, response_id, day)
        yield _Story(day, begin, stories[number * len(stories) // len(rows)])


def _take(story: _Story, step: Step, viewer: Viewer, day: date, number: int) -> None:
    """One step of a story, on its day."""
    dossier_id = story.dossier_id
    when: dict[str, Any] = {"viewer": viewer, "today": day, "now": _at(day)}
    if step.ambassador:
        acts.assign(dossier_id, ambassador_id=_ambassador(number), **when)
    if step.facts:
        acts.set_facts(dossier_id, _dated(step.facts, day), **when)
    if step.form:
        _fill(dossier_id, step, day)
    if step.event:
        about = _last_form(dossier_id) if step.about else None
        acts.note_event(dossier_id, step.event, on=day, about_id=about, **when)
    if step.move:
        acts.move(dossier_id, step.move, reason=step.reason, **when)


def mandated() -> Sequence[int]:
    """The cards of the ambassadors in mandate, the eldest mandate first."""
    found = sa.select(Dossier.person_id).where(
        Dossier.journey_name == "ambassadeur",
        Dossier.stage == "mandat",
        Dossier.person_id.is_not(None),
    )
    ids = db.session.scalars(found.order_by(Dossier.opened_on, Dossier.id))
    return [person_id for person_id in ids if person_id is not None]


def _ambassador(number: int) -> int | None:
    """One of those in mandate, each in their turn."""
    found = mandated()
    return found[number % len(found)] if found else None


def _join(today: date) -> None:
    """Ambassadors are members, who have paid for this year."""
    found = mandated()
    with transaction() as session:
        for person in session.scalars(sa.select(Person).where(Person.id.in_(found))):
            person.dossier_only, person.member_until = False, date(today.year, 12, 31)


def _fill(dossier_id: int, step: Step, day: date) -> None:
    found = reading.opened(db.session, dossier_id)
    task = stage_forms.task_of(found.journey, step.form)
    definition = stage_forms.definition_of_task(found.journey, task.name)
    answers = _checked(definition, _dated(step.answers, day), day)
    with transaction() as session:
        acts.record_filling(
            session,
            dossier_id,
            task.name,
            response_id=_store(session, task.form, answers, day),
            on=day,
            actor=step.actor,
            user_id=None,
            now=_at(day),
            today=day,
        )


def _checked(definition: FormDefinition, values: dict[str, Any], day: date) -> dict[str, Any]:
    """The answers as the pages would have stored them."""
    outcome = clean(definition, values, today=day)
    if outcome.problems:
        raise ValueError(f"{definition.name}: {outcome.problems[0]}")
    return outcome.values


def _dated(values: Mapping[str, Any], day: date) -> dict[str, Any]:
    return {name: _with_day(value, day) for name, value in values.items()}


def _with_day(value: Any, day: date) -> Any:
    if isinstance(value, list):
        return [_dated(v, day) if isinstance(v, dict) else v for v in value]
    return day.isoformat() if value == TODAY else value


def _store(session: AnySession, form: str, answers: Mapping[str, Any], day: date) -> int:
    """An answer in the internal collection of a questionnaire."""
    campaign = stage_forms.campaign_of(session, form)
    assert campaign is not None
    definition = definition_of(campaign.version)
    response = Response(
        id=random_key(),
        campaign_id=campaign.id,
        version_id=campaign.version_id,
        anonymous=False,
        status=ResponseStatus.SUBMITTED,
        document=dict(answers),
        reference=new_reference() if definition.mode is Mode.NOMINATIVE else None,
        title_key=sort_key(definition, answers),
        search=search_text(definition, answers),
        saved_on=day,
        submitted_on=day,
        submitted_at=_at(day),
    )
    session.add(response)
    session.flush()
    return response.id


def _last_form(dossier_id: int) -> int | None:
    """The latest filling of a dossier."""
    marks = reading.opened(db.session, dossier_id).marks
    return next((mark.id for mark in reversed(marks) if mark.response_id), None)


def _mails_have_left(today: date) -> None:
    """The mails of past days have left; those of today wait for the worker."""
    with transaction() as session:
        session.execute(
            sa.update(Message)
            .where(
                Message.dossier_id.is_not(None),
                Message.state == WorkState.PENDING,
                Message.created_at < _at(today),
            )
            .values(state=WorkState.DONE, done_at=Message.created_at, attempts=1)
        )


def _at(day: date) -> datetime:
    """Nine in the morning of that day."""
    return datetime.combine(day, time(9), ZONE).astimezone(UTC)
