"""Mails: those that did not leave, and the way to their texts and addresses."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services import outbox
from surveyapp.web.manage.blueprint import author, blueprint
from surveyapp.web.manage.inputs import ChoiceForm


@blueprint.get("/courriels")
def mails() -> str:
    """What failed, to whom and why; how many wait."""
    return render_template(
        "manage/mails.html", mails=outbox.failed_mails(), waiting=outbox.waiting_mails()
    )


@blueprint.post("/courriels")
def answer_mails() -> Response:
    """Send the ticked mails again, or let them go."""
    ids = request.form.getlist("id", type=int)
    if not ChoiceForm().validate_on_submit():
        abort(400)
    if request.form.get("action") == "renvoyer":
        count = outbox.send_again(ids, now=now())
        flash(f"{plural(count, 'mail repart', 'mails repartent')} dans un instant.")
    else:
        count = outbox.let_go(ids, author_id=author(), now=now())
        flash(f"{plural(count, 'mail supprimé', 'mails supprimés')}.")
    return redirect(url_for("manage.mails"))
