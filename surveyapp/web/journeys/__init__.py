"""The journeys: which are in service, in which version, and how dossiers begin."""

from surveyapp.web.journeys import beginning, pages, versions
from surveyapp.web.journeys.blueprint import blueprint

__all__ = ["beginning", "blueprint", "pages", "versions"]
