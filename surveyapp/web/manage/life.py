"""The life of a campaign: open, close, extend, repeat, copy."""

from __future__ import annotations

from datetime import date, datetime

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core import campaign as life
from surveyapp.core.campaign import Phase
from surveyapp.core.instant import closing
from surveyapp.core.preflight import Weight
from surveyapp.models import Campaign, now
from surveyapp.services import campaigns as service
from surveyapp.services.campaigns import CampaignError
from surveyapp.store import campaigns as store
from surveyapp.store import structure
from surveyapp.web.layout import datetime_long
from surveyapp.web.manage.blueprint import author, blueprint, campaign_or_404
from surveyapp.web.manage.campaign_form import CampaignForm, ClosingForm, ReopenForm, plan_values
from surveyapp.web.manage.campaigns import Page, saved
from surveyapp.web.manage.findings import shown_findings
from surveyapp.web.manage.inputs import ChoiceForm


@blueprint.route("/collectes/<slug>/etape/<step>", methods=["GET", "POST"])
def move_campaign(slug: str, step: str) -> Page:
    """Ask, then take a step of the life of a campaign."""
    campaign_or_404(slug)
    wanted = life.find_step(step)
    if wanted is None:
        abort(404)
    form = ReopenForm() if step == "rouvrir" else ChoiceForm()
    if form.validate_on_submit() and _moved(slug, wanted, form):
        return redirect(url_for("manage.campaign", slug=slug))
    return _ask(campaign_or_404(slug), wanted, form), 422 if form.errors else 200


def _moved(slug: str, wanted: life.Step, form: ChoiceForm | ReopenForm) -> bool:
    """Take the step; ``False`` when a date is to be corrected."""
    try:
        end = _closing(form) if isinstance(form, ReopenForm) else None
        service.move(slug, wanted.name, author_id=author(), now=now(), closes_at=end)
    except CampaignError as error:
        if error.field and isinstance(form, ReopenForm):
            form.closes_on.errors = [*form.closes_on.errors, str(error)]
            return False
        flash(str(error), "error")
    else:
        flash(_done(campaign_or_404(slug), wanted), "success")
    return True


def _closing(form: ReopenForm) -> datetime | None:
    day: date | None = form.closes_on.data
    return closing(day, form.closes_time.data, structure().zone) if day else None


def _done(found: Campaign, taken: life.Step) -> str:
    """What was done: a campaign that is dated opens by itself, not at once."""
    if found.opens_at and store.phase_of(found, now=now()) is Phase.SCHEDULED:
        return f"La collecte ouvrira d’elle-même le {datetime_long(found.opens_at)}."
    return taken.done


def _ask(found: Campaign, wanted: life.Step, form: ChoiceForm | ReopenForm) -> str:
    findings = shown_findings(found, now=now()) if wanted.name == "ouvrir" else []
    return render_template(
        "manage/campaign_step.html",
        campaign=found,
        step=wanted,
        form=form,
        restored=service.closing_to_restore(found, now=now()),
        findings=findings,
        stopped=any(finding.weight is Weight.BLOCKING for finding in findings),
    )


@blueprint.route("/collectes/<slug>/prolonger", methods=["GET", "POST"])
def extend_campaign(slug: str) -> Page:
    """Put the closing date off."""
    found, form = campaign_or_404(slug), ClosingForm()
    if not service.can_extend(found, now=now()):
        flash("Cette collecte ne peut pas être prolongée. Ouvrez-la d’abord.", "error")
        return redirect(url_for("manage.campaign", slug=slug))
    if form.validate_on_submit() and _extended(slug, form):
        flash("La collecte est prolongée.", "success")
        return redirect(url_for("manage.campaign", slug=slug))
    found = campaign_or_404(slug)
    page = render_template(
        "manage/campaign_extend.html",
        campaign=found,
        form=form,
        phase=store.phase_of(found, now=now()),
    )
    return page, 422 if form.errors else 200


def _extended(slug: str, form: ClosingForm) -> bool:
    day: date = form.closes_on.data  # type: ignore[assignment] # the form asks for it
    end = closing(day, form.closes_time.data, structure().zone)
    try:
        service.extend(slug, end, author_id=author(), now=now())
    except CampaignError as error:
        form.closes_on.errors = [*form.closes_on.errors, str(error)]
        return False
    return True


@blueprint.post("/collectes/<slug>/dupliquer")
def duplicate_campaign(slug: str) -> Response:
    """« Dupliquer », in one click."""
    campaign_or_404(slug)
    if not ChoiceForm().validate_on_submit():
        abort(400)
    copy = service.duplicate(slug, author_id=author(), now=now())
    flash("Voici la copie, en brouillon. Donnez-lui un titre et des dates.", "success")
    return redirect(url_for("manage.edit_campaign", slug=copy.slug))


@blueprint.route("/collectes/<slug>/nouvelle-vague", methods=["GET", "POST"])
def new_wave(slug: str) -> Page:
    """The same questionnaire again, linked to this campaign for comparison."""
    previous, zone = campaign_or_404(slug), structure().zone
    form = CampaignForm(data=plan_values(service.propose_wave(previous, now=now()), zone))
    if form.validate_on_submit() and (wave := saved(form, lambda: _create_wave(slug, form))):
        flash("La nouvelle vague est prête. Relisez-la, puis ouvrez-la.", "success")
        return redirect(url_for("manage.campaign", slug=wave.slug))
    previous = campaign_or_404(slug)
    page = render_template(
        "manage/campaign_form.html",
        form=form,
        version=store.latest_version(previous.version.form_id),
        campaign=None,
        previous=previous,
    )
    return page, 422 if form.errors else 200


def _create_wave(slug: str, form: CampaignForm) -> Campaign:
    plan = form.plan(structure().zone)
    return service.create_wave(slug, plan, author_id=author(), now=now())
