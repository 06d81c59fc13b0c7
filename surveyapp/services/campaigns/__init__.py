"""Campaigns: create, change, move, repeat. Every act leaves an event with its author."""

from surveyapp.core.campaign import Phase
from surveyapp.services.campaigns.edit import create, delete_draft, edit, plan_of, rename
from surveyapp.services.campaigns.opening import before_opening
from surveyapp.services.campaigns.plan import LANGUAGES, MESSAGES, CampaignError, Plan
from surveyapp.services.campaigns.records import propose_slug
from surveyapp.services.campaigns.steps import (
    can_extend,
    closing_to_restore,
    extend,
    move,
    open_to_all,
    possible_steps,
    situation,
)
from surveyapp.services.campaigns.visibility import results_permission
from surveyapp.services.campaigns.waves import create_wave, duplicate, propose_wave

__all__ = [
    "LANGUAGES",
    "MESSAGES",
    "CampaignError",
    "Phase",
    "Plan",
    "before_opening",
    "can_extend",
    "closing_to_restore",
    "create",
    "create_wave",
    "delete_draft",
    "duplicate",
    "edit",
    "extend",
    "move",
    "open_to_all",
    "plan_of",
    "possible_steps",
    "propose_slug",
    "propose_wave",
    "rename",
    "results_permission",
    "situation",
]
