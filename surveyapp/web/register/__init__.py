"""Lists of dossiers: journeys, search, stages side by side, table, saved views, bulk acts."""

from surveyapp.web.register import acting, journey, listing, taking, views
from surveyapp.web.register.blueprint import blueprint

__all__ = ["acting", "blueprint", "journey", "listing", "taking", "views"]
