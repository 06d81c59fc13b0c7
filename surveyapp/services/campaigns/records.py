"""What the acts on campaigns share: find one, find a free address, write the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from surveyapp.core import campaign as life
from surveyapp.models import Campaign, Event
from surveyapp.services.campaigns.plan import CampaignError, Plan
from surveyapp.services.transaction import AnySession
from surveyapp.store import campaigns as store


def find(slug: str) -> Campaign:
    """:raises CampaignError: somebody deleted it."""
    return _there(store.campaign_by_slug(slug))


def hold(slug: str) -> Campaign:
    """The campaign, for this transaction alone; :raises CampaignError: somebody deleted it."""
    return _there(store.campaign_for_update(slug))


def _there(campaign: Campaign | None) -> Campaign:
    if campaign is None:
        raise CampaignError("Cette collecte n’existe plus.")
    return campaign


@contextmanager
def own_address() -> Iterator[None]:
    """Around a transaction: somebody may take the same address at the same moment."""
    try:
        yield
    except IntegrityError as error:
        raise CampaignError("Cette adresse est déjà prise.", field="slug") from error


def propose_slug(title: str) -> str:
    """A free address drawn from ``title``; a number is added when it is taken."""
    base = life.slug_from(title) or "collecte"
    slug, number = base, 2
    while store.slug_taken(slug) or slug in life.RESERVED:
        end = f"-{number}"
        slug = base[: life.SLUG_LENGTH - len(end)].rstrip("-") + end
        number += 1
    return slug


def free_slug(plan: Plan) -> str:
    """The address of a new campaign; :raises CampaignError: the typed one is taken."""
    if not plan.slug:
        return propose_slug(plan.title)
    if store.slug_taken(plan.slug):
        free = propose_slug(plan.slug.replace("-", " "))
        raise CampaignError(
            f"Cette adresse est déjà prise. Vous pouvez utiliser « {free} ».", field="slug"
        )
    return plan.slug


def note(
    session: AnySession,
    campaign: Campaign,
    what: str,
    *,
    author_id: int | None,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one line of the history; ``data`` holds {column: [before, after]}."""
    session.add(
        Event(
            kind=f"campaign.{what}",
            subject="campaign",
            subject_id=campaign.id,
            user_id=author_id,
            at=now,
            data=data or {},
        )
    )


def plain(value: Any) -> Any:
    """A value as the history keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value
