"""What is done to a dossier: a step, an event, facts, an assignment."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, render_template, request
from wtforms.validators import InputRequired

from surveyapp.core.journey.definition import EventKind, Transition
from surveyapp.core.journey.due import stay_ends_on
from surveyapp.core.journey.moves import refusal
from surveyapp.models import db, now
from surveyapp.services.dossiers import acts as service
from surveyapp.services.dossiers.access import actor_in
from surveyapp.services.dossiers.ambassadors import candidates
from surveyapp.services.dossiers.assigning import told_again
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.page.outlook import outlook, sending
from surveyapp.services.dossiers.page.sheet import has_ambassador
from surveyapp.store import dossier_page as store
from surveyapp.web.dossiers.blueprint import Page, Seen, back, blueprint, seen_or_404
from surveyapp.web.dossiers.inputs import AssignForm, EventForm, StepForm, facts_form


@blueprint.route("/<int:dossier_id>/passage/<name>", methods=["GET", "POST"])
def move(dossier_id: int, name: str) -> Page:
    """Say what a transition does, then take it."""
    seen = seen_or_404(dossier_id)
    step = seen.opened.journey.transition(name) or abort(404)
    actor = actor_in(seen.viewer, seen.opened.row)
    if why := refusal(seen.opened.dossier, step, actor, seen.today):
        return back(dossier_id, why, "error")
    form, error = _step_form(seen, step), ""
    if form.validate_on_submit():
        try:
            return _moved(seen, step, form)
        except DossierError as problem:
            error = _said(problem)
    return _step_page(seen, step, form, error)


@blueprint.route("/<int:dossier_id>/evenement/<name>", methods=["GET", "POST"])
def event(dossier_id: int, name: str) -> Page:
    """Note that something happened, or when it will."""
    seen = seen_or_404(dossier_id)
    kind = seen.opened.journey.event(name) or abort(404)
    form, error = EventForm(data={"on": seen.today}), ""
    about = request.values.get("sur", type=int)
    subject = seen.opened.mark(about)
    if kind.about and (subject is None or subject.name != kind.about):
        abort(404)
    if form.validate_on_submit():
        try:
            return _noted(seen, kind, form, about)
        except DossierError as problem:
            error = _said(problem)
    page = render_template(
        "dossiers/event.html",
        row=seen.opened.row,
        kind=kind,
        form=form,
        error=error,
        about=subject,
        journey=seen.opened.journey,
    )
    return page, _status(form.errors, error)


@blueprint.route("/<int:dossier_id>/donnees", methods=["GET", "POST"])
def facts(dossier_id: int) -> Page:
    """Change what is known of a dossier."""
    seen, error = seen_or_404(dossier_id), ""
    known = [fact for fact in seen.opened.journey.facts if fact.name in seen.sight.facts]
    form = facts_form(known, seen.opened.row.facts)
    names = [field.name for field in form if field.name != "csrf_token"]
    if form.validate_on_submit():
        values = {name: form[name].data for name in names}
        try:
            service.set_facts(dossier_id, values, viewer=seen.viewer, today=seen.today, now=now())
            return back(dossier_id, "Les données sont enregistrées.")
        except DossierError as problem:
            error = _said(problem)
    page = render_template(
        "dossiers/facts.html", row=seen.opened.row, form=form, names=names, error=error
    )
    return page, _status(form.errors, error)


@blueprint.route("/<int:dossier_id>/attribution", methods=["GET", "POST"])
def assign(dossier_id: int) -> Page:
    """Choose who is in charge, and the ambassador, whose load and commune are shown."""
    seen, error = seen_or_404(dossier_id), ""
    row = seen.opened.row
    found = candidates(db.session, row) if has_ambassador(seen.opened.journey) else None
    form = AssignForm(
        data={"owner": str(row.owner_id or ""), "ambassador": str(row.ambassador_id or "")}
    )
    form.offer(store.owners(row.owner_id), found)
    if form.validate_on_submit():
        try:
            return _assigned(seen, form)
        except DossierError as problem:
            error = _said(problem)
    page = render_template(
        "dossiers/assign.html",
        row=row,
        form=form,
        candidates=found,
        error=error,
        again=tuple(sending(mail) for mail in told_again(seen.opened, seen.today)),
    )
    return page, _status(form.errors, error)


def _assigned(seen: Seen, form: AssignForm) -> Page:
    ambassador = form.ambassador.data if form.ambassador else None
    service.assign(
        seen.opened.row.id,
        viewer=seen.viewer,
        today=seen.today,
        now=now(),
        owner_id=int(form.owner.data) if form.owner.data else None,
        ambassador_id=_chosen(ambassador),
    )
    return back(seen.opened.row.id, "L’attribution est enregistrée.")


def _chosen(text: str | None) -> int | None:
    """The ambassador that was ticked; a journey without ambassador asks nothing."""
    if text is None:
        return service.UNCHANGED
    return int(text) if text else None


def _step_form(seen: Seen, step: Transition) -> StepForm:
    """Today, but for a renewal: it begins on the day after the end of what runs."""
    dossier = seen.opened.dossier
    end = stay_ends_on(dossier, seen.today) if step.target == dossier.stage.name else None
    form = StepForm(data={"on": end + timedelta(days=1) if end else seen.today})
    if step.reason:
        form.reason.validators = [InputRequired("Indiquez le motif en quelques mots.")]
    else:
        del form.reason
    return form


def _moved(seen: Seen, step: Transition, form: StepForm) -> Page:
    service.move(
        seen.opened.row.id,
        step.name,
        viewer=seen.viewer,
        today=seen.today,
        now=now(),
        on=form.day,
        reason=form.reason.data if form.reason else "",
        stage=request.form.get("etape", ""),
    )
    stage = seen.opened.journey.label(step.target)
    return back(seen.opened.row.id, f"C’est fait : le dossier est à l’étape « {stage} ».")


def _step_page(seen: Seen, step: Transition, form: StepForm, error: str) -> Page:
    day = form.on.data or seen.today
    page = render_template(
        "dossiers/step.html",
        row=seen.opened.row,
        stage=seen.opened.dossier.stage,
        step=step,
        target=seen.opened.journey.stage(step.target),
        outlook=outlook(seen.opened, step, on=day, today=seen.today),
        day=day,
        later=day > seen.today,
        form=form,
        error=error,
    )
    return page, _status(form.errors, error)


def _noted(seen: Seen, kind: EventKind, form: EventForm, about: int | None) -> Page:
    day = form.day
    service.note_event(
        seen.opened.row.id,
        kind.name,
        viewer=seen.viewer,
        on=day,
        today=seen.today,
        now=now(),
        about_id=about,
        reason=form.reason.data or "",
    )
    planned = day > seen.today
    return back(seen.opened.row.id, "C’est prévu." if planned else "C’est noté.")


def _said(error: DossierError) -> str:
    """What prevents an act, to be said on its own page."""
    if isinstance(error, DossierGone):
        abort(404)
    return str(error)


def _status(errors: object, error: str) -> int:
    return 422 if errors else 409 if error else 200
