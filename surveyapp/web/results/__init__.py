"""Results of a campaign: page, charts, open answers, downloads."""

from surveyapp.web.results import compare, downloads, pages, verbatims
from surveyapp.web.results.blueprint import blueprint

__all__ = ["blueprint", "compare", "downloads", "pages", "verbatims"]
