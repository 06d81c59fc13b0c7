"""What the coordinatrice decides of a campaign, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from surveyapp.core import campaign as life
from surveyapp.core.french import typeset
from surveyapp.core.webaddress import address_problem
from surveyapp.models import Access, Visibility

TITLE_LENGTH = 300
#: Her own words: above the questionnaire, after it, once it is closed, on the poster.
MESSAGES = ("intro", "thanks", "closed", "poster")
MESSAGE_LENGTH = 2000
#: A poster is read from two metres: few words.
POSTER_LENGTH = 300
LANGUAGES: dict[str, str] = {"fr": "Français", "en": "Anglais"}


class CampaignError(Exception):
    """The demand cannot be met. ``field`` names the field to correct, if it is one."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(typeset(message))
        self.field = field


@dataclass(frozen=True, slots=True)
class Plan:
    """What the coordinatrice decides of a campaign. An empty ``slug`` is drawn from the title.

    ``messages`` holds the keys of :data:`MESSAGES`, and ``thanks_mail`` (« oui ») when a
    mail of thanks goes to whoever was invited and answered.
    """

    title: str
    slug: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    capacity: int | None = None
    audience: int | None = None
    listed: bool = True
    access: Access = Access.LINK
    visibility: Visibility = Visibility.TEAM
    language: str = "fr"
    messages: Mapping[str, str] = field(default_factory=dict)
    redirect_url: str = ""


def tidied(plan: Plan) -> Plan:
    """The same plan, typeset; nothing is proposed on the home page to people invited only."""
    words = {name: typeset(text.strip()) for name, text in plan.messages.items()}
    return replace(
        plan,
        title=typeset(plan.title.strip()),
        listed=plan.listed and plan.access is not Access.INVITED,
        messages={name: text for name, text in words.items() if text},
        redirect_url=plan.redirect_url.strip(),
    )


def check_plan(plan: Plan, *, now: datetime, closing_ahead: bool = True) -> None:
    """:raises CampaignError: what to correct, and in which field."""
    if not plan.title:
        raise CampaignError("Donnez un titre à la collecte.", field="title")
    if len(plan.title) > TITLE_LENGTH:
        raise CampaignError(f"Le titre compte au plus {TITLE_LENGTH} caractères.", field="title")
    if plan.slug and (problem := life.slug_problem(plan.slug)):
        raise CampaignError(problem, field="slug")
    if plan.language not in LANGUAGES:
        raise CampaignError("Choisissez une langue de la liste.", field="language")
    if plan.redirect_url and (problem := address_problem(plan.redirect_url)):
        raise CampaignError(problem, field="redirect_url")
    for name, text in plan.messages.items():
        most = POSTER_LENGTH if name == "poster" else MESSAGE_LENGTH
        if len(text) > most:
            raise CampaignError(f"Ce texte compte au plus {most} caractères.", field=name)
    _check_dates(plan, now=now, closing_ahead=closing_ahead)


def _check_dates(plan: Plan, *, now: datetime, closing_ahead: bool) -> None:
    if plan.closes_at is None:
        return
    if plan.opens_at is not None and plan.closes_at <= plan.opens_at:
        raise CampaignError("La fermeture doit venir après l’ouverture.", field="closes_on")
    if closing_ahead and plan.closes_at <= now:
        raise CampaignError("Choisissez une date de fermeture à venir.", field="closes_on")
