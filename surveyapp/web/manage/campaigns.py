"""Campaigns: list, create, look at, change, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core import campaign as life
from surveyapp.core.campaign import Phase
from surveyapp.core.trend import Trend, trend
from surveyapp.models import Campaign, CampaignState, FormVersion, ResponseStatus, now
from surveyapp.permissions import can
from surveyapp.services import campaigns as service
from surveyapp.services.campaigns import CampaignError
from surveyapp.store import campaigns as store
from surveyapp.store import structure
from surveyapp.store.campaigns import CampaignLine
from surveyapp.store.events import history
from surveyapp.store.invitations import counts, reach_of
from surveyapp.web.manage.blueprint import author, blueprint, campaign_or_404
from surveyapp.web.manage.campaign_form import CampaignForm, plan_values
from surveyapp.web.manage.findings import ShownFinding, shown_findings
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.manage.links import public_url

Page = str | Response | tuple[str, int]


@blueprint.get("/collectes")
def campaigns() -> str:
    """The campaigns of the present, those that take answers first."""
    lines, archived = _lines()
    return render_template("manage/campaigns.html", lines=lines, archived=len(archived))


@blueprint.get("/collectes/archives")
def archives() -> str:
    """Campaigns that were put away; their answers and results stay."""
    return render_template("manage/archives.html", lines=_lines()[1])


def _lines() -> tuple[Sequence[CampaignLine], Sequence[CampaignLine]]:
    """Campaigns in use, and archived ones."""
    lines = store.campaign_lines(now=now())
    archived = [line for line in lines if line.phase is Phase.ARCHIVED]
    return [line for line in lines if line.phase is not Phase.ARCHIVED], archived


@blueprint.route("/collectes/nouvelle", methods=["GET", "POST"])
def new_campaign() -> Page:
    """Choose a questionnaire, then say how it is collected."""
    form_name = request.args.get("questionnaire", "")
    version = _version_of(form_name)
    if version is None:
        return render_template("manage/campaign_choose.html", forms=store.forms())
    form = CampaignForm(title=version.form.title, listed=version.mode != "confidential")
    if form.validate_on_submit() and (campaign := saved(form, lambda: _create(form_name, form))):
        flash("La collecte est prête. Relisez-la, puis ouvrez-la.", "success")
        return redirect(url_for("manage.campaign", slug=campaign.slug))
    page = render_template("manage/campaign_form.html", form=form, version=version, campaign=None)
    return page, 422 if form.errors else 200


@blueprint.get("/collectes/<slug>")
def campaign(slug: str) -> str:
    """One campaign: how far it is, its link, what can be done with it."""
    found = campaign_or_404(slug)
    moment = now()
    k, invited = found.version.k, reach_of(found)
    phase = store.phase_of(found, now=moment)
    return render_template(
        "manage/campaign.html",
        campaign=found,
        phase=phase,
        answers=store.count_answers(found.id),
        drafts=store.count_answers(found.id, ResponseStatus.DRAFT),
        trend=_trend(found, moment),
        steps=service.possible_steps(found, now=moment),
        extensible=service.can_extend(found, now=moment),
        findings=_findings(found, phase, moment),
        by_link=service.open_to_all(found),
        live=service.situation(found, now=moment).live,
        expectation=life.expect(invited, k=k) if invited else None,
        url=public_url(slug),
        history=history("campaign", found.id),
        previous=store.previous_wave(found),
        following=store.next_waves(found.id),
        invitations=counts(found.id),
        reach=invited,
        sees_results=can(service.results_permission(found)),
        comparable=_comparable(found),
        form=ChoiceForm(),
    )


@blueprint.route("/collectes/<slug>/modifier", methods=["GET", "POST"])
def edit_campaign(slug: str) -> Page:
    found = campaign_or_404(slug)
    form = CampaignForm(data=plan_values(service.plan_of(found), structure().zone))
    if form.validate_on_submit() and (changed := saved(form, lambda: _edit(slug, form))):
        flash("Les changements sont enregistrés.", "success")
        return redirect(url_for("manage.campaign", slug=changed.slug))
    found = campaign_or_404(slug)
    page = render_template(
        "manage/campaign_form.html", form=form, version=found.version, campaign=found
    )
    return page, 422 if form.errors else 200


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


def saved(form: CampaignForm, save: Callable[[], Campaign]) -> Campaign | None:
    """What ``save`` made; ``None`` when it refuses, its reason put beside the field."""
    try:
        return save()
    except CampaignError as error:
        name = error.field if error.field in form.data else "title"
        form[name].errors = [*form[name].errors, str(error)]
        return None


def _findings(found: Campaign, phase: Phase, moment: datetime) -> list[ShownFinding]:
    """What to know before opening; a meeting opens its collection itself."""
    if phase is not Phase.DRAFT or service.situation(found, now=moment).live:
        return []
    return shown_findings(found, now=moment)


def _comparable(found: Campaign) -> bool:
    """Whether this person may see the results of the campaign and of the wave before."""
    previous = store.previous_wave(found)
    if previous is None or found.state is CampaignState.DRAFT:
        return False
    return all(can(service.results_permission(wave)) for wave in (found, previous))


def _version_of(form_name: str) -> FormVersion | None:
    form = store.form_by_name(form_name)
    return store.latest_version(form.id) if form else None


def _create(form_name: str, form: CampaignForm) -> Campaign:
    plan = form.plan(structure().zone)
    return service.create(form_name, plan, author_id=author(), now=now())


def _edit(slug: str, form: CampaignForm) -> Campaign:
    plan = form.plan(structure().zone, before=service.plan_of(campaign_or_404(slug)))
    return service.edit(slug, plan, author_id=author(), now=now())


def _trend(found: Campaign, moment: datetime) -> Trend | None:
    end = min(found.closes_at or moment, moment)
    days = ((day.day, day.count) for day in store.daily_counts(found.id))
    return trend(days, until=end.astimezone(structure().zone).date())
