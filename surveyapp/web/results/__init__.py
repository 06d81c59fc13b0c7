"""Results of a campaign: page, charts, open answers, downloads."""

from surveyapp.web.results import downloads, pages, verbatims
from surveyapp.web.results.blueprint import blueprint

__all__ = ["blueprint", "downloads", "pages", "verbatims"]
