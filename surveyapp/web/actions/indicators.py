"""The target of an indicator and where its value comes from."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.indicator import Comparison, Target
from surveyapp.models import Action, Campaign, CampaignState, Indicator, db, now
from surveyapp.services import actions as service
from surveyapp.services.actions.records import indicator_of
from surveyapp.services.dossiers.journeys import in_service
from surveyapp.services.measure import MeasureError
from surveyapp.services.programme.targets import specs
from surveyapp.store import actions as store
from surveyapp.store.campaigns import campaign_lines
from surveyapp.web.actions.blueprint import author, blueprint, the_action, typed_inputs
from surveyapp.web.actions.source_form import PROGRAMME, WHOLE, SourceForm, days_of, saved_inputs

CONFLICT = (
    "Quelqu’un a changé cette cible ou cette source pendant ce temps. Votre saisie est "
    "ci-dessous : enregistrez de nouveau pour la garder."
)


@blueprint.get("/<slug>/indicateurs/<int:indicator_id>")
def indicator(slug: str, indicator_id: int) -> str:
    """Target and source of an indicator, with its value as last computed."""
    action, row = _find(slug, indicator_id)
    return _page(action, row, SourceForm(saved_inputs(row, _campaign(row)), action.revision))


@blueprint.post("/<slug>/indicateurs/<int:indicator_id>")
def save_indicator(slug: str, indicator_id: int) -> Response | tuple[str, int]:
    """Save them and compute the value; or only show what a choice opens (``op=show``)."""
    action, row = _find(slug, indicator_id)
    form = SourceForm({**days_of(row), **typed_inputs()}, request.form.get("revision", 0, type=int))
    if request.form.get("op") == "show":
        aim = form.aim() if row.target is None else None
        if aim:
            form.take(aim)
        return _page(action, row, form, proposed=aim), 200
    if request.form.get("op") == "take":
        return _take(slug, indicator_id, form.revision)
    if not _save(slug, indicator_id, form):
        return _page(*_find(slug, indicator_id), form), 422
    flash("C’est enregistré.", "success")
    return redirect(url_for("actions.indicator", slug=slug, indicator_id=indicator_id))


def _take(slug: str, indicator_id: int, revision: int) -> Response:
    """Let the computed value stand instead of the typed one."""
    try:
        service.take_computed(slug, indicator_id, revision=revision, user_id=author(), now=now())
    except service.PageConflictError:
        flash("Quelqu’un a changé cette action pendant ce temps : relisez la valeur.", "error")
    else:
        flash("La valeur calculée remplace la valeur saisie.", "success")
    return redirect(url_for("actions.indicator", slug=slug, indicator_id=indicator_id))


def _save(slug: str, indicator_id: int, form: SourceForm) -> bool:
    """Store the form if it is right; what is wrong is noted in it."""
    target, source = form.target(), form.source()
    if form.errors:
        return False
    try:
        service.set_source(
            slug,
            indicator_id,
            target=target,
            source=source,
            revision=form.revision,
            user_id=author(),
            now=now(),
        )
    except service.PageConflictError as error:
        form.revision = error.revision
        form.fault("comparison", CONFLICT)
    except MeasureError as error:
        form.fault("measure", str(error))
    return not form.errors


def _find(slug: str, indicator_id: int) -> tuple[Action, Indicator]:
    action = the_action(slug)
    return action, store.indicator_of(action.id, indicator_id) or abort(404)


def _campaign(row: Indicator) -> Campaign | None:
    source = service.read_source(row.source)
    return (
        db.session.get(Campaign, source.campaign_id) if isinstance(source, service.Source) else None
    )


def _page(
    action: Action, row: Indicator, form: SourceForm, *, proposed: Target | None = None
) -> str:
    lines = campaign_lines(now=now())
    return render_template(
        "actions/indicator.html",
        action=action,
        row=row,
        indicator=indicator_of(row),
        form=form,
        proposed=proposed,
        aim=form.aim(),
        comparisons=list(Comparison),
        campaigns=[x.campaign for x in lines if x.campaign.state is not CampaignState.DRAFT],
        whole=WHOLE,
        programme=[(PROGRAMME + spec.code, spec.label) for spec in specs()] if in_service() else [],
    )
