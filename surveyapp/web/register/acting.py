"""The same act on several dossiers: what would happen to each, then what happened."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from surveyapp.core.french import parse_date
from surveyapp.models import now
from surveyapp.services.dossiers import bulk
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.store.dossiers import is_key
from surveyapp.web.register.asked import Asked
from surveyapp.web.register.blueprint import blueprint, journey_or_404, today, viewer


@blueprint.post("/parcours/<name>/agir")
def act(name: str) -> str | Response:
    """Show what an act would do to the chosen dossiers; nothing is written."""
    looking = viewer()
    journey = journey_or_404(name, looking)
    asked = Asked.read(request.args, journey, looking)
    try:
        wanted = _act(asked)
        fates = bulk.preview(_chosen(asked), wanted, viewer=looking, today=today())
    except DossierError as error:
        flash(str(error), "error")
        return redirect(asked.url)
    return render_template(
        "register/preview.html", asked=asked, act=wanted, fates=fates, choice=_choice(asked)
    )


@blueprint.post("/parcours/<name>/agir/faire")
def perform(name: str) -> str | Response:
    """Do it, one dossier after the other, and say what became of each."""
    looking = viewer()
    asked = Asked.read(request.args, journey_or_404(name, looking), looking)
    try:
        wanted, choice = _act(asked), _choice(asked)
        outcomes = bulk.apply(_seen(), wanted, viewer=looking, today=today(), now=now())
    except DossierError as error:
        flash(str(error), "error")
        return redirect(asked.url)
    return render_template("register/done.html", asked=asked, choice=choice, outcomes=outcomes)


def _act(asked: Asked) -> bulk.Act:
    form = request.form
    return bulk.read_act(
        form.get("acte", ""),
        journey=asked.journey,
        viewer=asked.viewer,
        on=_day(form.get("le", "")),
        reason=form.get("motif", ""),
    )


def _day(text: str) -> date:
    """:raises DossierError: it is no date."""
    try:
        return parse_date(text) if text.strip() else today()
    except ValueError as error:
        raise DossierError(str(error)) from error


def _choice(asked: Asked) -> bulk.Choice:
    """The act that was chosen, as the list names it."""
    value = request.form.get("acte", "")
    every = (c for _, found in bulk.choices(asked.journey, asked.viewer) for c in found)
    return next(choice for choice in every if choice.value == value)


def _chosen(asked: Asked) -> list[int]:
    """The dossiers that were ticked, or all that the filters leave."""
    if request.form.get("lesquels") == "tous":
        return asked.ids(today(), limit=bulk.MOST + 1)
    return [number for text in request.form.getlist("dossier") if (number := _number(text))]


def _seen() -> dict[int, int]:
    """The dossiers of the preview, with the revision that it showed: « key:revision »."""
    pairs = (text.partition(":") for text in request.form.getlist("vu"))
    return {_number(key): _number(revision) for key, _, revision in pairs if _number(key)}


def _number(text: str) -> int:
    """A key, or 0 for what is none."""
    return int(text) if is_key(text) else 0
