"""Declining invitations: the link below every solicitation, and its button (RFC 8058).

Opening the page changes nothing: scanners of mailboxes open every link. Two things act, and
no other POST: the one-click request of a mailbox, which has neither cookie nor forged-request
token (the signed token of the address is enough), and the button of the page, which has both.
"""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError

from surveyapp.models import db, now
from surveyapp.services import addresses
from surveyapp.store import structure

blueprint = Blueprint("unsubscribe", __name__, url_prefix="/desinscription")


@blueprint.record_once
def _without_csrf(state: BlueprintSetupState) -> None:
    if csrf := cast(Flask, state.app).extensions.get("csrf"):
        csrf.exempt(blueprint)


def _check_button() -> None:
    """:raises CSRFError: the form does not come from our page in this browser."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError as error:
        raise CSRFError(str(error)) from None


@blueprint.get("/<token>")
def show(token: str) -> tuple[str, int]:
    """Say what the button does; never act."""
    hashed = addresses.hash_of_token(token)
    if hashed is None:
        return render_template("unsubscribe/unknown.html"), 404
    status = addresses.status_of_hash(db.session, hashed)
    return render_template("unsubscribe/show.html", status=status, token=token, acted=False), 200


@blueprint.post("/<token>")
def act(token: str) -> tuple[str, int]:
    """Decline, or come back. The answer is no redirection: RFC 8058 forbids it."""
    hashed = addresses.hash_of_token(token)
    if hashed is None:
        return render_template("unsubscribe/unknown.html"), 404
    if request.form.get("List-Unsubscribe") != "One-Click":
        _check_button()
    today = now().astimezone(structure().zone).date()
    if request.form.get("action") == "revenir":
        addresses.welcome_back(hashed)
    else:
        addresses.unsubscribe(hashed, today=today)
    status = addresses.status_of_hash(db.session, hashed)
    return render_template("unsubscribe/show.html", status=status, token=token, acted=True), 200
