"""Indicators of the programme, requests to the conciergerie, the review."""

from surveyapp.web.programme import indicators, targets, volumes  # noqa: F401 - their routes
from surveyapp.web.programme.blueprint import blueprint

__all__ = ["blueprint"]
