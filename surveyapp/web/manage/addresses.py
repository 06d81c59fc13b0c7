"""Addresses that get no invitation: they declined, or mail does not arrive there."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services import mailing_list
from surveyapp.store import structure
from surveyapp.web.manage.blueprint import author, blueprint
from surveyapp.web.manage.inputs import ChoiceForm


class AddressForm(FlaskForm):  # type: ignore[misc]
    """Somebody asked by telephone or mail not to be written to."""

    courriel = EmailField("Adresse", description="Par exemple prenom.nom@exemple.fr.")


@blueprint.get("/courriels/adresses")
def addresses() -> str:
    """Who gets no invitation and why."""
    return _page(AddressForm())


@blueprint.post("/courriels/adresses")
def stop_writing() -> Response | tuple[str, int]:
    """Solicit an address no more."""
    form = AddressForm()
    if not form.validate_on_submit():
        abort(400)
    moment = now()
    today = moment.astimezone(structure().zone).date()
    typed = form.courriel.data or ""
    try:
        mailing_list.stop_writing(typed, author_id=author(), today=today, now=moment)
    except mailing_list.BadAddress as error:
        form.courriel.errors = [str(error)]
        return _page(form), 422
    flash("Cette adresse ne recevra plus d’invitations ni de relances.", "success")
    return redirect(url_for("manage.addresses"))


@blueprint.post("/courriels/adresses/reprendre")
def write_again() -> Response:
    """Solicit the ticked addresses again."""
    if not ChoiceForm().validate_on_submit():
        abort(400)
    hashes = request.form.getlist("adresse")
    count = mailing_list.write_again(hashes, author_id=author(), now=now())
    flash(f"{plural(count, 'adresse est', 'adresses sont')} de nouveau sur la liste d’envoi.")
    return redirect(url_for("manage.addresses"))


def _page(form: AddressForm) -> str:
    found = mailing_list.silent_addresses()
    return render_template(
        "manage/addresses.html",
        form=form,
        declined=[one for one in found if one.status.unsubscribed_on],
        refused=[one for one in found if not one.status.unsubscribed_on],
    )
