"""Create, change and delete campaigns. Every act leaves an event with its author."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from surveyapp.core.french import plural
from surveyapp.models import Campaign, CampaignState, Visibility
from surveyapp.services.campaigns.plan import CampaignError, Plan, check_plan, tidied
from surveyapp.services.campaigns.records import find, free_slug, hold, note, own_address, plain
from surveyapp.services.campaigns.visibility import guard_documents
from surveyapp.services.invite.forgetting import forget_invitations
from surveyapp.services.invite.plan import follow_closing
from surveyapp.services.transaction import transaction
from surveyapp.store import campaigns as store


def create(
    form_name: str,
    plan: Plan,
    *,
    author_id: int | None,
    now: datetime,
    previous_id: int | None = None,
) -> Campaign:
    """Create a draft on the latest version of the form; ``previous_id`` is the wave before.

    :raises CampaignError: what to correct.
    """
    form = store.form_by_name(form_name)
    version = store.latest_version(form.id) if form else None
    if version is None:
        raise CampaignError("Choisissez un questionnaire publié.", field="form")
    plan = tidied(plan)
    check_plan(plan, now=now)
    with own_address(), transaction() as session:
        campaign = Campaign(
            **asdict(replace(plan, slug=free_slug(plan))),
            version_id=version.id,
            previous_id=previous_id,
            state=CampaignState.DRAFT,
            created_at=now,
            created_by_id=author_id,
        )
        session.add(campaign)
        session.flush()
        note(session, campaign, "created", author_id=author_id, now=now)
    return campaign


def edit(slug: str, plan: Plan, *, author_id: int | None, now: datetime) -> Campaign:
    """Change a campaign: its dates, its title; its address only while it is a draft."""
    with own_address(), transaction() as session:
        campaign = hold(slug)
        wanted = tidied(replace(plan, slug=plan.slug or campaign.slug))
        if campaign.state is not CampaignState.DRAFT and wanted.slug != campaign.slug:
            raise CampaignError("L’adresse ne change plus après l’ouverture.", field="slug")
        check_plan(wanted, now=now, closing_ahead=plan.closes_at != campaign.closes_at)
        if wanted.slug != campaign.slug and store.slug_taken(wanted.slug):
            raise CampaignError("Cette adresse est déjà prise.", field="slug")
        _check_capacity(campaign, wanted)
        closing, was = campaign.closes_at, store.phase_of(campaign, now=now)
        changes = _apply(campaign, wanted)
        if changes:
            note(session, campaign, "edited", author_id=author_id, now=now, data=changes)
        if "closes_at" in changes:
            follow_closing(session, campaign, before=closing, was=was, author_id=author_id, now=now)
        if "visibility" in changes and wanted.visibility is Visibility.COORDINATION:
            guard_documents(session, campaign)
    return campaign


def rename(slug: str, wanted: str, *, author_id: int | None, now: datetime) -> Campaign:
    """Change only the end of the address of a draft; :raises CampaignError: why not."""
    return edit(
        slug, replace(plan_of(find(slug)), slug=wanted.strip()), author_id=author_id, now=now
    )


def delete_draft(slug: str, *, author_id: int | None, now: datetime) -> None:
    """Remove a campaign that was never opened and that nobody answered."""
    with transaction() as session:
        campaign = hold(slug)
        if campaign.state is not CampaignState.DRAFT or store.count_answers(campaign.id):
            raise CampaignError("Seul un brouillon sans réponse peut être supprimé.")
        if store.next_waves(campaign.id):
            raise CampaignError("Une vague suivante s’appuie sur cette collecte : gardez-la.")
        note(session, campaign, "deleted", author_id=author_id, now=now, data={"slug": slug})
        forget_invitations(session, campaign.id)
        session.delete(campaign)


def plan_of(campaign: Campaign) -> Plan:
    """What was decided of a campaign that exists."""
    return Plan(**{name: getattr(campaign, name) for name in Plan.__dataclass_fields__})


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
            changes[name] = [plain(before), plain(after)]
            setattr(campaign, name, after)
    return changes
