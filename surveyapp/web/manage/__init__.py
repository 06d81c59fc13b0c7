"""Forms, campaigns, responses, settings: the coordinatrice's side."""

from surveyapp.web.manage import answers, campaigns, home, mails, questionnaires, settings
from surveyapp.web.manage.blueprint import blueprint

__all__ = ["answers", "blueprint", "campaigns", "home", "mails", "questionnaires", "settings"]
