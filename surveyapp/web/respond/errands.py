"""Forms that belong to a dossier: who fills them, and where they go back to.

A colleague who opens a dossier for somebody fills the entry form with a token that says so;
whoever is not signed in gains nothing by making one up.
"""

from __future__ import annotations

from flask import current_app, url_for
from flask_login import current_user

from surveyapp.permissions import Permission, can
from surveyapp.services import respond
from surveyapp.services.dossiers.stage_links import dossier_of_answer, errand_of
from surveyapp.services.respond.drafts import BEHALF


def new_errand() -> str:
    """The token of an entry form that a colleague fills for somebody."""
    return BEHALF + respond.new_token()


def on_behalf(token: str) -> int | None:
    """The colleague who types the answers of somebody else; ``None`` when nobody does."""
    if not token.startswith(BEHALF) or not can(Permission.FOLLOW):
        return None
    number: int = current_user.id
    return number


def correcting(token: str) -> bool:
    """Whether what is filled with this token takes the place of a former filling."""
    errand = errand_of(token) if token else None
    return errand is not None and errand.correcting


def back_from(token: str) -> str:
    """Where a colleague goes on after the form of this draft token; empty for others."""
    if on_behalf(token) is not None:
        dossier_id = dossier_of_answer(token)
        return back_address(dossier_id) if dossier_id else ""
    errand = errand_of(token) if token else None
    own = errand is not None and errand.user_id is not None and current_user.is_authenticated
    return back_address(errand.dossier_id) if errand and own else ""


def back_address(dossier_id: int) -> str:
    """The page of a dossier, or the own space of an ambassador."""
    if can(Permission.DOSSIERS) and "dossiers.show" in current_app.view_functions:
        return url_for("dossiers.show", dossier_id=dossier_id)
    return space_address()


def space_address() -> str:
    """The own space of whoever has one."""
    if can(Permission.SPACE) and "space.home" in current_app.view_functions:
        return url_for("space.home")
    return ""
