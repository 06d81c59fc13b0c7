"""One's own account, the first account, invitations and colleagues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import login_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import Email, EqualTo, InputRequired, Length

from surveyapp.models import LinkPurpose, User, db, now
from surveyapp.permissions import ROLE_LABELS
from surveyapp.services import accounts
from surveyapp.web.layout import home_url
from surveyapp.web.session import prolong

blueprint = Blueprint("account", __name__, url_prefix="/compte")

_REQUIRED = "Remplissez ce champ."


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, typed twice."""

    password = PasswordField(
        "Mot de passe",
        [
            InputRequired("Choisissez un mot de passe."),
            Length(12, 200, "Le mot de passe doit compter au moins 12 caractères."),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "Le même mot de passe, une seconde fois",
        [EqualTo("password", "Les deux mots de passe sont différents.")],
        render_kw={"autocomplete": "new-password"},
    )


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Who a colleague is."""

    name = StringField("Prénom et nom", [InputRequired(_REQUIRED), Length(max=120)])
    email = EmailField(
        "Adresse mail",
        [
            InputRequired(_REQUIRED),
            Email("Écrivez une adresse complète, comme prenom.nom@demo.example."),
            Length(max=320),
        ],
        render_kw={"autocomplete": "email"},
    )


class FirstForm(PersonForm, PasswordForm):
    """The administrator of an empty installation."""


class InviteForm(PersonForm):
    role = SelectField(
        "Rôle", choices=[SelectChoice(name, label) for name, label in ROLE_LABELS.items()]
    )


@blueprint.route("/premier/<token>", methods=["GET", "POST"])
def first(token: str) -> str | Response | tuple[str, int]:
    """Create the first account; works once, while there is none."""
    if accounts.valid_link(db.session, token, LinkPurpose.FIRST, now()) is None:
        return render_template("account/gone.html"), 410
    form = FirstForm()
    if form.validate_on_submit():
        return _signed_in(
            accounts.create_first(
                token,
                email=form.email.data,
                name=form.name.data,
                password=form.password.data,
                now=now(),
            )
        )
    return render_template("account/first.html", form=form), 422 if form.errors else 200


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> str | Response | tuple[str, int]:
    """Let an invited colleague choose a password."""
    if accounts.valid_link(db.session, token, LinkPurpose.INVITE, now()) is None:
        return render_template("account/gone.html"), 410
    form = PasswordForm()
    if form.validate_on_submit():
        return _signed_in(accounts.accept(token, password=form.password.data, now=now()))
    return render_template("account/invitation.html", form=form), 422 if form.errors else 200


@blueprint.get("/")
def show() -> str:
    """One's own account."""
    return render_template("account/show.html", roles=ROLE_LABELS)


@blueprint.get("/accueil")
def home() -> Response:
    """The page on which each role begins."""
    return redirect(home_url())


@blueprint.get("/deconnexion")
def leave() -> str:
    """Ask before signing out; the button of the page sends to Flask-Security."""
    return render_template("account/leave.html")


@blueprint.post("/rester")
def stay() -> Response:
    """« Rester connectée » (``static/session.js``)."""
    return jsonify(asdict(prolong()))


@blueprint.get("/collegues")
def colleagues() -> str:
    """Everybody who may sign in."""
    people = accounts.colleagues(db.session)
    return render_template(
        "account/colleagues.html", people=people, form=InviteForm(), roles=ROLE_LABELS
    )


@blueprint.post("/collegues")
def invite() -> Response | tuple[str, int]:
    form = InviteForm()
    if form.validate_on_submit():
        try:
            invited = accounts.invite(
                email=form.email.data,
                name=form.name.data,
                role=form.role.data,
                now=now(),
                by=current_user.id,
            )
        except accounts.AccountError as error:
            form.email.errors = [str(error)]
        else:
            flash(f"Une invitation part à {invited.email}.", "success")
            return redirect(url_for("account.colleagues"))
    people = accounts.colleagues(db.session)
    page = render_template("account/colleagues.html", people=people, form=form, roles=ROLE_LABELS)
    return page, 422


@blueprint.post("/collegues/<int:user_id>")
def change(user_id: int) -> Response:
    """Change the role, close, reopen, invite again or reset the second factor."""
    me = current_user.id
    actions: dict[str, Callable[[], object]] = {
        "role": lambda: accounts.change_role(user_id, request.form.get("role", ""), by=me),
        "close": lambda: accounts.set_active(user_id, False, by=me),
        "open": lambda: accounts.set_active(user_id, True, by=me),
        "invite": lambda: accounts.invite_again(user_id, now=now(), by=me),
        "factor": lambda: accounts.reset_second_factor(user_id, by=me),
    }
    action = actions.get(request.form.get("action", ""))
    if action is None:
        abort(400)
    try:
        action()
    except accounts.AccountError as error:
        flash(str(error), "error")
    else:
        flash("C’est fait.", "success")
    return redirect(url_for("account.colleagues"))


def _signed_in(user: User) -> Response:
    login_user(user, authn_via=["password"])
    db.session.rollback()
    return redirect(home_url())
