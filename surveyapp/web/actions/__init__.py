"""Funded actions and their bilan."""

from surveyapp.web.actions import indicators, listing, pages, printing
from surveyapp.web.actions.blueprint import blueprint

__all__ = ["blueprint", "indicators", "listing", "pages", "printing"]
