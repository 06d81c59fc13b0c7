"""The directory: a list, cards, imports, merges."""

from surveyapp.web.people import cards, imports, listing, merging
from surveyapp.web.people.blueprint import blueprint

__all__ = ["blueprint", "cards", "imports", "listing", "merging"]
