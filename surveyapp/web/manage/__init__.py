"""Forms, campaigns, responses, settings: the coordinatrice's side."""

from surveyapp.web.manage import (
    addresses,
    answers,
    campaigns,
    home,
    letters,
    life,
    mails,
    questionnaires,
    settings,
    sharing,
)
from surveyapp.web.manage.blueprint import blueprint

__all__ = [
    "addresses",
    "answers",
    "blueprint",
    "campaigns",
    "home",
    "letters",
    "life",
    "mails",
    "questionnaires",
    "settings",
    "sharing",
]
