"""Who looks, and which day it is: what the pages about dossiers begin with."""

from __future__ import annotations

from datetime import date

from flask import abort
from flask_login import current_user

from surveyapp.models import now
from surveyapp.services.dossiers.access import Viewer, viewer_of
from surveyapp.store import structure


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def viewer() -> Viewer:
    """Who is signed in, as dossiers know them; read before a transaction begins.

    Whoever has no part in dossiers finds nothing.
    """
    return viewer_of(current_user) or abort(404)
