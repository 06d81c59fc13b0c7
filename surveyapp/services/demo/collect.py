"""Campaigns and answers of the demonstration, written as the product writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from surveyapp.core.definition import Mode
from surveyapp.core.title import search_text, sort_key
from surveyapp.models import Campaign, Response, ResponseStatus
from surveyapp.services import campaigns, verbatims
from surveyapp.services.demo.invent import Inventor
from surveyapp.services.demo.people import LOTS, Person, lot, people
from surveyapp.services.demo.scenes import Scene
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import transaction
from surveyapp.store.campaigns import campaign_by_slug, slug_taken

ZONE = ZoneInfo("Europe/Paris")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Answers pour in at the start and after each reminder, this many days later.
_REMINDERS = (0, 0, 0, 1, 8, 15, 29)


def play(scene: Scene, *, today: date, author_id: int | None) -> None:
    """Create the campaign of a scene with its answers, unless it exists."""
    if slug_taken(scene.slug):
        return
    start = _moment(today, scene.opened if scene.opened is not None else -2, 9)
    closing = _moment(today, scene.closing, 23) if scene.closing is not None else None
    plan = campaigns.Plan(
        title=scene.title,
        slug=scene.slug,
        closes_at=closing,
        audience=scene.audience,
        listed=scene.listed,
    )
    created = start - timedelta(days=2)
    previous = campaign_by_slug(scene.previous) if scene.previous else None
    campaign = campaigns.create(
        scene.form,
        plan,
        author_id=author_id,
        now=created,
        previous_id=previous.id if previous else None,
    )
    if scene.opened is None:
        return
    campaigns.move(scene.slug, "ouvrir", author_id=author_id, now=start)
    _answer(scene, campaign, today)
    if scene.closed and closing is not None:
        end = closing - timedelta(minutes=1)
        campaigns.move(scene.slug, "fermer", author_id=author_id, now=end)
        if scene.reviewed:
            _review(scene, at=end)
        if scene.archived:
            campaigns.move(scene.slug, "archiver", author_id=author_id, now=end)


def _answer(scene: Scene, campaign: Campaign, today: date) -> None:
    rng = Random(scene.slug)  # noqa: S311 (fictional answers, the same every time)
    definition = definition_of(campaign.version)
    inventor = Inventor(definition, scene.recipe, rng)
    count = scene.answers + scene.drafts
    crowd = iter(lot(scene.slug, count) if scene.slug in LOTS else people(rng, count))
    days = _days(scene, rng, today)
    base = {
        "campaign_id": campaign.id,
        "version_id": campaign.version_id,
        "anonymous": definition.anonymous,
    }
    rows = []
    for day in days:
        person = next(crowd)
        values = inventor.answers(today=day, person=person)
        row = base | _row(rng, day) | {"document": values}
        if not definition.anonymous:
            row |= {
                "submitted_at": _moment(day, 0, rng.randrange(8, 21), rng.randrange(60)),
                "title_key": sort_key(definition, values),
                "search": search_text(definition, values),
            }
        if definition.mode is Mode.NOMINATIVE:
            row |= {"reference": _reference(rng), "token_hash": _hash(rng)}
        rows.append(row)
    drafts = [base | row for row in _drafts(scene, inventor, crowd, rng, today)]
    with transaction() as session:
        session.execute(sa.insert(Response), rows)
        if drafts:
            session.execute(sa.insert(Response), drafts)


def _review(scene: Scene, *, at: datetime) -> None:
    """Let every open answer be published, as if somebody had read them."""
    campaign = campaign_by_slug(scene.slug)
    assert campaign is not None
    for question in verbatims.open_questions(campaign, at=at):
        if question.waiting:
            verbatims.keep_all(campaign, question.name, expected=question.waiting, at=at)


def _row(rng: Random, day: date) -> dict[str, Any]:
    """The columns of every submitted answer."""
    return {
        "id": rng.getrandbits(62) + 1,
        "status": ResponseStatus.SUBMITTED,
        "saved_on": day,
        "submitted_on": day,
        "submitted_at": None,
        "reference": None,
        "token_hash": None,
        "title_key": "",
        "search": "",
    }


def _drafts(
    scene: Scene, inventor: Inventor, crowd: Iterator[Person], rng: Random, today: date
) -> Iterator[dict[str, Any]]:
    """Answers begun and not sent: only the first page is filled."""
    first = inventor.definition.sections[0]
    for _ in range(scene.drafts):
        day = today - timedelta(days=rng.randrange(1, 6))
        values = inventor.first_page(today=day, person=next(crowd))
        yield {
            "id": rng.getrandbits(62) + 1,
            "status": ResponseStatus.DRAFT,
            "document": {"values": values, "raw": {}, "seen": [first.name]},
            "page": first.name,
            "token_hash": _hash(rng),
            "saved_on": day,
        }


def _days(scene: Scene, rng: Random, today: date) -> list[date]:
    """The day of each answer: bursts after the opening and the reminders, then a tail."""
    assert scene.opened is not None
    last = min(scene.closing if scene.closing is not None else 0, 0)
    span = last - scene.opened
    bursts = [burst for burst in _REMINDERS if burst < span] or [0]
    days = []
    for _ in range(scene.answers):
        if scene.audience is not None:
            after = rng.choice(bursts) + int(rng.expovariate(0.45))
        else:
            after = rng.randrange(span + 1)
        days.append(today + timedelta(days=scene.opened + min(after, span)))
    return days


def _moment(day: date, days: int, hour: int, minute: int = 0) -> datetime:
    local = datetime.combine(day + timedelta(days=days), time(hour, minute), ZONE)
    return local.astimezone(UTC)


def _reference(rng: Random) -> str:
    letters = "".join(rng.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _hash(rng: Random) -> str:
    """The hash of a token that nobody holds."""
    return hashlib.sha256(rng.randbytes(24)).hexdigest()
