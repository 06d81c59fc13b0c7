"""The calendar of periodic meetings: real days, meetings held, the figures for each."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField

from surveyapp.core.french import typeset
from surveyapp.core.journey.calendar import Duration, add, subtract
from surveyapp.models import now
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers.journeys import in_service
from surveyapp.services.programme import meetings as service
from surveyapp.services.programme.documents import request_sheet
from surveyapp.services.programme.targets import ProgrammeError
from surveyapp.web.manage.inputs import DayField
from surveyapp.web.programme.blueprint import author, today

blueprint = Blueprint("meetings", __name__, url_prefix="/coordination/dossiers/calendrier")

#: What the calendar shows, around today.
BEHIND, AHEAD = Duration(months=3), Duration(months=12)

Page = str | Response | tuple[str, int]


class MeetingForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """The real day of a meeting, and what is worth keeping of it."""

    on = DayField("Date de la réunion", description="Exemple : 27/06/2027")
    held = BooleanField("La réunion a eu lieu")
    note = TextAreaField(
        "Note", description="Lieu, ordre du jour, décision à retenir.", render_kw={"rows": 3}
    )


@blueprint.get("")
def index() -> str:
    """The meetings of the coming year, and those of the last three months."""
    day = today()
    found = service.planned(first=subtract(day, BEHIND), last=add(day, AHEAD))
    months = groupby((one for one in found if one.on >= day), key=lambda one: one.on.replace(day=1))
    return render_template(
        "meetings/index.html",
        past=[one for one in reversed(found) if one.on < day],
        months=[(month, list(group)) for month, group in months],
        journeys=in_service(),
        follows=can(Permission.FOLLOW),
        today=day,
    )


@blueprint.route("/<journey>/<key>", methods=["GET", "POST"])
def edit(journey: str, key: str) -> Page:
    """Set the day of a meeting, say that it was held."""
    one = _meeting(journey, key)
    form = MeetingForm(data={"on": one.on, "held": one.held, "note": one.note})
    if form.validate_on_submit() and _saved(one, form):
        flash("La réunion est enregistrée.", "success")
        return redirect(url_for("meetings.index"))
    page = render_template("meetings/edit.html", one=one, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/<journey>/<key>/chiffres")
def figures(journey: str, key: str) -> Response:
    """Ask for the figures of a meeting on one page, then show how far they are."""
    job = request_sheet(_meeting(journey, key), owner_id=author(), today=today())
    return redirect(url_for("tasks.show", job_id=job))


def _meeting(journey: str, key: str) -> service.Planned:
    try:
        return service.meeting(journey, key)
    except ProgrammeError:
        abort(404)


def _saved(one: service.Planned, form: MeetingForm) -> bool:
    day: date | None = form.on.data
    if day is None:
        form.on.errors = [*form.on.errors, "Donnez la date de la réunion."]
        return False
    try:
        service.write(
            one.journey,
            one.key,
            on=day,
            held=form.held.data,
            note=form.note.data or "",
            user_id=author(),
            now=now(),
            today=today(),
        )
    except ProgrammeError as error:
        form[error.field].errors = [*form[error.field].errors, typeset(str(error))]
        return False
    return True
