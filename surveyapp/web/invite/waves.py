"""The waves of reminders: when, to whom exactly, and keeping one from leaving."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.models import Campaign, Reminder, db, now
from surveyapp.services.invite import reminders
from surveyapp.services.invite.reminders import ReminderError
from surveyapp.store import structure
from surveyapp.store.campaigns import phase_of
from surveyapp.web.invite.blueprint import author, blueprint, campaign_or_404, today
from surveyapp.web.invite.inputs import DayForm, PressForm
from surveyapp.web.invite.pages import overview


@blueprint.post("/relances")
def add_wave(slug: str) -> tuple[str, int] | Response:
    """Plan one more wave."""
    campaign, form = campaign_or_404(slug), DayForm()
    if form.validate_on_submit() and form.day.data:
        try:
            reminders.add(campaign.id, form.day.data, author_id=author(), now=now())
        except ReminderError as error:
            form.day.errors = [str(error)]
        else:
            _say("La relance est prévue.", campaign.id, form.day.data)
            return redirect(url_for("invite.index", slug=slug))
    return overview(campaign_or_404(slug), form), 422


@blueprint.get("/relances/<int:reminder_id>")
def wave(slug: str, reminder_id: int) -> str:
    """Who would get it, as things stand."""
    campaign = campaign_or_404(slug)
    return _wave(campaign, _wave_or_404(campaign, reminder_id), DayForm())


@blueprint.post("/relances/<int:reminder_id>")
def move_wave(slug: str, reminder_id: int) -> tuple[str, int] | Response:
    """Another day for a wave."""
    campaign, form = campaign_or_404(slug), DayForm()
    found = _wave_or_404(campaign, reminder_id)
    if form.validate_on_submit() and form.day.data:
        try:
            reminders.move(found.id, form.day.data, author_id=author(), now=now())
        except ReminderError as error:
            form.day.errors = [str(error)]
        else:
            _say("Le jour de la relance est changé.", found.campaign_id, form.day.data)
            return redirect(url_for("invite.wave", slug=slug, reminder_id=reminder_id))
    campaign = campaign_or_404(slug)
    return _wave(campaign, _wave_or_404(campaign, reminder_id), form), 422


@blueprint.post("/relances/<int:reminder_id>/arreter")
def stop_wave(slug: str, reminder_id: int) -> Response:
    """This wave does not leave."""
    found = _wave_or_404(campaign_or_404(slug), reminder_id)
    if PressForm().validate_on_submit():
        try:
            reminders.stop(found.id, author_id=author(), now=now())
        except ReminderError as error:
            flash(str(error), "error")
        else:
            flash("Cette relance ne partira pas.", "success")
    return redirect(url_for("invite.index", slug=slug))


def _say(done: str, campaign_id: int, day: date) -> None:
    """What was done, and at once that it would be in vain as things stand."""
    if reminders.recipients(campaign_id, day=day).rows:
        flash(done, "success")
    else:
        flash(
            f"{done} Pour l’instant, personne ne la recevrait\u00a0: sa page dit pourquoi.",
            "warning",
        )


def _wave_or_404(campaign: Campaign, reminder_id: int) -> Reminder:
    found = db.session.get(Reminder, reminder_id)
    if found is None or found.campaign_id != campaign.id:
        abort(404)
    return found


def _wave(campaign: Campaign, reminder: Reminder, form: DayForm) -> str:
    day = max(today(), reminder.due_at.astimezone(structure().zone).date())
    if request.method == "GET":
        form.day.data = day
    return render_template(
        "invite/wave.html",
        campaign=campaign,
        phase=phase_of(campaign, now=now()),
        reminder=reminder,
        recipients=reminders.recipients(campaign.id, day=day),
        form=form,
    )
