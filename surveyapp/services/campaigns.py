"""Create, change and move campaigns. Every act leaves an event with its author."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from surveyapp.core import campaign as life
from surveyapp.core.campaign import Phase, Situation, Step
from surveyapp.core.french import plural, typeset
from surveyapp.models import Campaign, CampaignState, Event
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import campaigns as store

TITLE_LENGTH = 300


class CampaignError(Exception):
    """The demand cannot be met. ``field`` names the field to correct, if it is one."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(typeset(message))
        self.field = field


@dataclass(frozen=True, slots=True)
class Plan:
    """What the coordinatrice decides of a campaign. An empty ``slug`` is drawn from the title."""

    title: str
    slug: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None
    audience: int | None = None
    listed: bool = True


def create(form_name: str, plan: Plan, *, author_id: int | None, now: datetime) -> Campaign:
    """Create a draft on the latest version of the form; :raises CampaignError: what to correct."""
    form = store.form_by_name(form_name)
    version = store.latest_version(form.id) if form else None
    if version is None:
        raise CampaignError("Choisissez un questionnaire publié.", field="form")
    plan = replace(plan, title=typeset(plan.title.strip()))
    _check(plan, now=now)
    with transaction() as session:
        slug = _free_slug(plan)
        campaign = Campaign(
            **asdict(replace(plan, slug=slug)),
            version_id=version.id,
            state=CampaignState.DRAFT,
            created_at=now,
            created_by_id=author_id,
        )
        session.add(campaign)
        session.flush()
        _note(session, campaign, "created", author_id=author_id, now=now)
    return campaign


def edit(slug: str, plan: Plan, *, author_id: int | None, now: datetime) -> Campaign:
    """Change a campaign: its dates, its title; its address only while it is a draft."""
    with transaction() as session:
        campaign = _find(slug)
        title = typeset(plan.title.strip())
        wanted = replace(plan, slug=plan.slug or campaign.slug, title=title)
        if campaign.state is not CampaignState.DRAFT and wanted.slug != campaign.slug:
            raise CampaignError("L’adresse ne change plus après l’ouverture.", field="slug")
        _check(wanted, now=now, closing_ahead=plan.closes_at != campaign.closes_at)
        if wanted.slug != campaign.slug and store.slug_taken(wanted.slug):
            raise CampaignError("Cette adresse est déjà prise.", field="slug")
        _check_capacity(campaign, wanted)
        changes = _apply(campaign, wanted)
        if changes:
            _note(session, campaign, "edited", author_id=author_id, now=now, data=changes)
    return campaign


def move(slug: str, step_name: str, *, author_id: int | None, now: datetime) -> Step:
    """Take a step of :data:`surveyapp.core.campaign.STEPS`; :raises CampaignError: why not."""
    step = life.find_step(step_name)
    if step is None:
        raise CampaignError("Cette étape n’existe pas.")
    with transaction() as session:
        campaign = _find(slug)
        if why := life.refusal(step, situation(campaign, now=now)):
            raise CampaignError(why)
        campaign.state = CampaignState(step.target)
        _date_step(campaign, step, now)
        _note(session, campaign, step.name, author_id=author_id, now=now)
    return step


def delete_draft(slug: str, *, author_id: int | None, now: datetime) -> None:
    """Remove a campaign that was never opened and that nobody answered."""
    with transaction() as session:
        campaign = _find(slug)
        if campaign.state is not CampaignState.DRAFT or store.count_answers(campaign.id):
            raise CampaignError("Seul un brouillon sans réponse peut être supprimé.")
        _note(session, campaign, "deleted", author_id=author_id, now=now, data={"slug": slug})
        session.delete(campaign)


def situation(campaign: Campaign, *, now: datetime) -> Situation:
    """What the guards of the steps look at."""
    return Situation(
        phase=store.phase_of(campaign, now=now),
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        now=now,
    )


def possible_steps(campaign: Campaign, *, now: datetime) -> tuple[Step, ...]:
    """The steps that this campaign may take now."""
    here = situation(campaign, now=now)
    return tuple(s for s in life.steps_from(here.phase) if life.refusal(s, here) is None)


def propose_slug(title: str) -> str:
    """A free address drawn from ``title``; a number is added when it is taken."""
    base = life.slug_from(title) or "collecte"
    slug, number = base, 2
    while store.slug_taken(slug) or slug in life.RESERVED:
        end = f"-{number}"
        slug = base[: life.SLUG_LENGTH - len(end)].rstrip("-") + end
        number += 1
    return slug


def _find(slug: str) -> Campaign:
    campaign = store.campaign_by_slug(slug)
    if campaign is None:
        raise CampaignError("Cette collecte n’existe plus.")
    return campaign


def _check(plan: Plan, *, now: datetime, closing_ahead: bool = True) -> None:
    if not plan.title.strip():
        raise CampaignError("Donnez un titre à la collecte.", field="title")
    if len(plan.title) > TITLE_LENGTH:
        raise CampaignError(f"Le titre compte au plus {TITLE_LENGTH} caractères.", field="title")
    if plan.slug and (problem := life.slug_problem(plan.slug)):
        raise CampaignError(problem, field="slug")
    if plan.closes_at is None:
        return
    if plan.opens_at is not None and plan.closes_at <= plan.opens_at:
        raise CampaignError("La fermeture doit venir après l’ouverture.", field="closes_on")
    if closing_ahead and plan.closes_at <= now:
        raise CampaignError("Choisissez une date de fermeture à venir.", field="closes_on")


def _free_slug(plan: Plan) -> str:
    if not plan.slug:
        return propose_slug(plan.title)
    if store.slug_taken(plan.slug):
        free = propose_slug(plan.slug.replace("-", " "))
        raise CampaignError(
            f"Cette adresse est déjà prise. Vous pouvez utiliser « {free} ».", field="slug"
        )
    return plan.slug


def _check_capacity(campaign: Campaign, plan: Plan) -> None:
    if plan.capacity is None or plan.capacity == campaign.capacity:
        return
    answers = store.count_answers(campaign.id)
    if plan.capacity < answers:
        already = plural(answers, "réponse", "réponses")
        raise CampaignError(
            f"La collecte a déjà {already} : choisissez un nombre plus grand.", field="capacity"
        )


def _apply(campaign: Campaign, plan: Plan) -> dict[str, Any]:
    """Write the plan on the campaign; the changes as {name: [before, after]}."""
    changes = {}
    for name, after in asdict(plan).items():
        before = getattr(campaign, name)
        if before != after:
            changes[name] = [_plain(before), _plain(after)]
            setattr(campaign, name, after)
    return changes


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _date_step(campaign: Campaign, step: Step, now: datetime) -> None:
    """Keep the dates true: results and documents print the period of the campaign."""
    minute = now.replace(second=0, microsecond=0)
    if step.name == "ouvrir" and campaign.opens_at is None:
        campaign.opens_at = minute
    if step.name == "fermer":
        campaign.closes_at = minute
    if step.name == "rouvrir":
        campaign.closes_at = None


def _note(
    session: AnySession,
    campaign: Campaign,
    what: str,
    *,
    author_id: int | None,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
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


__all__ = [
    "CampaignError",
    "Phase",
    "Plan",
    "create",
    "delete_draft",
    "edit",
    "move",
    "possible_steps",
    "propose_slug",
    "situation",
]
