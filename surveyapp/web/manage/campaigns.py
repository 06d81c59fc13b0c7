"""Campaigns: list, create, change, move; link, QR code and trend."""

from __future__ import annotations

from datetime import datetime

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core import campaign as life
from surveyapp.core.trend import Trend, trend
from surveyapp.models import Campaign, FormVersion, ResponseStatus, now
from surveyapp.qr import qr_png, qr_svg
from surveyapp.services import campaigns as service
from surveyapp.services.campaigns import CampaignError
from surveyapp.store import campaigns as store
from surveyapp.store import structure
from surveyapp.store.events import history
from surveyapp.web.manage.blueprint import author, blueprint, campaign_or_404
from surveyapp.web.manage.inputs import CampaignForm, ChoiceForm, campaign_values
from surveyapp.web.manage.links import public_url

Page = str | Response | tuple[str, int]


@blueprint.get("/collectes")
def campaigns() -> str:
    """Every campaign, those that take answers first."""
    lines = store.campaign_lines(now=now())
    return render_template("manage/campaigns.html", lines=lines)


@blueprint.route("/collectes/nouvelle", methods=["GET", "POST"])
def new_campaign() -> Page:
    """Choose a questionnaire, then say how it is collected."""
    form_name = request.args.get("questionnaire", "")
    version = _version_of(form_name)
    if version is None:
        return render_template("manage/campaign_choose.html", forms=store.forms())
    form = CampaignForm(title=version.form.title, listed=version.mode != "nominative")
    if form.validate_on_submit() and (campaign := _create(form_name, form)):
        flash("La collecte est prête. Relisez-la, puis ouvrez-la.", "success")
        return redirect(url_for("manage.campaign", slug=campaign.slug))
    page = render_template("manage/campaign_form.html", form=form, version=version, campaign=None)
    return page, 422 if form.errors else 200


@blueprint.get("/collectes/<slug>")
def campaign(slug: str) -> str:
    """One campaign: how far it is, its link, what can be done with it."""
    found = campaign_or_404(slug)
    moment = now()
    k, invited = found.version.k, found.audience
    return render_template(
        "manage/campaign.html",
        campaign=found,
        phase=store.phase_of(found, now=moment),
        answers=store.count_answers(found.id),
        drafts=store.count_answers(found.id, ResponseStatus.DRAFT),
        trend=_trend(found, moment),
        steps=service.possible_steps(found, now=moment),
        expectation=life.expect(invited, k=k) if invited else None,
        url=public_url(slug),
        history=history("campaign", found.id),
    )


@blueprint.route("/collectes/<slug>/modifier", methods=["GET", "POST"])
def edit_campaign(slug: str) -> Page:
    found = campaign_or_404(slug)
    form = CampaignForm(data=campaign_values(found, structure().zone))
    if form.validate_on_submit() and (changed := _edit(slug, form)):
        flash("Les changements sont enregistrés.", "success")
        return redirect(url_for("manage.campaign", slug=changed.slug))
    found = campaign_or_404(slug)
    page = render_template(
        "manage/campaign_form.html", form=form, version=found.version, campaign=found
    )
    return page, 422 if form.errors else 200


@blueprint.route("/collectes/<slug>/etape/<step>", methods=["GET", "POST"])
def move_campaign(slug: str, step: str) -> Page:
    """Ask, then take a step of the life of a campaign."""
    found, wanted = campaign_or_404(slug), life.find_step(step)
    if wanted is None:
        abort(404)
    form = ChoiceForm()
    if not form.validate_on_submit():
        return render_template("manage/campaign_step.html", campaign=found, step=wanted, form=form)
    try:
        service.move(slug, step, author_id=author(), now=now())
    except CampaignError as error:
        flash(str(error), "error")
    else:
        flash(wanted.done, "success")
    return redirect(url_for("manage.campaign", slug=slug))


@blueprint.route("/collectes/<slug>/supprimer", methods=["GET", "POST"])
def delete_campaign(slug: str) -> Page:
    """Ask, then remove a draft."""
    found, form = campaign_or_404(slug), ChoiceForm()
    if not form.validate_on_submit():
        return render_template("manage/campaign_delete.html", campaign=found, form=form)
    try:
        service.delete_draft(slug, author_id=author(), now=now())
    except CampaignError as error:
        flash(str(error), "error")
        return redirect(url_for("manage.campaign", slug=slug))
    flash("Le brouillon est supprimé.", "success")
    return redirect(url_for("manage.campaigns"))


@blueprint.get("/collectes/<slug>/qr.svg")
def qr_code_svg(slug: str) -> Response:
    return _file(qr_svg(public_url(campaign_or_404(slug).slug)), "image/svg+xml", f"{slug}.svg")


@blueprint.get("/collectes/<slug>/qr.png")
def qr_code_png(slug: str) -> Response:
    return _file(qr_png(public_url(campaign_or_404(slug).slug)), "image/png", f"{slug}.png")


def _version_of(form_name: str) -> FormVersion | None:
    form = store.form_by_name(form_name)
    return store.latest_version(form.id) if form else None


def _create(form_name: str, form: CampaignForm) -> Campaign | None:
    try:
        return service.create(form_name, form.plan(structure().zone), author_id=author(), now=now())
    except CampaignError as error:
        _show(error, form)
        return None


def _edit(slug: str, form: CampaignForm) -> Campaign | None:
    try:
        return service.edit(slug, form.plan(structure().zone), author_id=author(), now=now())
    except CampaignError as error:
        _show(error, form)
        return None


def _show(error: CampaignError, form: CampaignForm) -> None:
    """Put an error of the service beside its field."""
    name = error.field if error.field in form.data else "title"
    field = form[name]
    field.errors = [*field.errors, str(error)]


def _trend(found: Campaign, moment: datetime) -> Trend | None:
    end = min(found.closes_at or moment, moment)
    counts = ((day.day, day.count) for day in store.daily_counts(found.id))
    return trend(counts, until=end.astimezone(structure().zone).date())


def _file(data: bytes, kind: str, filename: str) -> Response:
    response = Response(data, content_type=kind)
    if "telecharger" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
