"""Forms, campaigns, responses, settings: the coordinatrice's side."""

from surveyapp.web.manage import (
    answers,
    campaigns,
    home,
    life,
    mails,
    questionnaires,
    settings,
    sharing,
)
from surveyapp.web.manage.blueprint import blueprint

__all__ = [
    "answers",
    "blueprint",
    "campaigns",
    "home",
    "life",
    "mails",
    "questionnaires",
    "settings",
    "sharing",
]
