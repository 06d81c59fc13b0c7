"""The list of actions, a new one, and the overview of one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core.bilan import Fault, Inputs, missing
from surveyapp.models import Action, Bilan, now
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import actions as service
from surveyapp.store import actions as store
from surveyapp.web.actions.blueprint import author, blueprint, the_action, typed_inputs
from surveyapp.web.actions.shown import page_states

#: What is asked to create an action.
NEW_FIELDS = ("title", "period", "grant", "convention")


@dataclass(frozen=True, slots=True)
class Line:
    """An action in the list."""

    action: Action
    gaps: int
    period: str
    bilan: Bilan | None


@blueprint.get("")
def index() -> str:
    """Every action, with what is left to complete."""
    return render_template("actions/index.html", lines=[_line(a) for a in store.actions()])


def _line(action: Action) -> Line:
    values = service.values_of(action)
    gaps = len(missing(bilan_form(), values))
    return Line(action, gaps, values.period("period").text, store.latest_bilan(action.id))


@blueprint.get("/nouvelle")
def new() -> str:
    """The form of a new action."""
    return _new_page({}, ())


@blueprint.post("/nouvelle")
def create() -> Response | tuple[str, int]:
    """Create the action and open its first page."""
    inputs = typed_inputs()
    try:
        action = service.create_action(inputs, user_id=author(), now=now())
    except service.PageFaultsError as error:
        return _new_page(inputs, error.faults), 422
    flash("L’action est créée. Complétez son bilan à votre rythme.", "success")
    return redirect(url_for("actions.page", slug=action.slug, page="identification"))


def _new_page(inputs: Inputs, faults: tuple[Fault, ...]) -> str:
    fields = [bilan_form().field(name) for name in NEW_FIELDS]
    errors = {fault.name: fault.message for fault in reversed(faults)}
    return render_template("actions/new.html", fields=fields, inputs=inputs, errors=errors)


@blueprint.get("/<slug>")
def show(slug: str) -> str:
    """Where the bilan of an action stands, page by page, and the bilans already issued."""
    action = the_action(slug)
    return render_template(
        "actions/show.html",
        action=action,
        values=service.values_of(action),
        states=page_states(action),
        bilans=store.bilans(action.id),
    )
