"""Invitations: whom to invite, the waves of reminders, whom to call."""

from surveyapp.web.invite import calls, pages, waves  # noqa: F401 - routes
from surveyapp.web.invite.blueprint import blueprint

__all__ = ["blueprint"]
