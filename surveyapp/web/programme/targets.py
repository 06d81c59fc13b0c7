"""What an indicator aims at: changed from a day on, with a reason; abandoned and taken up."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, TextAreaField

from surveyapp.core.bilan.entry import number_input
from surveyapp.core.french import parse_number, typeset
from surveyapp.core.indicator import Comparison, Target
from surveyapp.models import now
from surveyapp.services.programme.targets import (
    ProgrammeError,
    State,
    abandon,
    change_target,
    states,
)
from surveyapp.web.manage.inputs import DayField, TypedField
from surveyapp.web.programme.blueprint import author, blueprint, spec_or_404, today

Page = str | Response | tuple[str, int]


class NumberField(TypedField):
    """A number, or nothing."""

    def read(self, typed: str) -> float:
        return parse_number(typed)

    def write(self, value: float) -> str:
        return number_input(value)


class _Dated(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """A change: from when on, and why."""

    on = DayField("À partir du", description="Exemple : 01/01/2027")
    reason = TextAreaField(
        "Motif",
        description="Il reste dans l’historique, avec votre nom.",
        render_kw={"rows": 3},
    )

    @property
    def day(self) -> date:
        """:raises ProgrammeError: there is none."""
        if self.on.data is None:
            raise ProgrammeError("Donnez la date à partir de laquelle cela vaut.", "on")
        found: date = self.on.data
        return found

    def blame(self, error: ProgrammeError) -> None:
        name = error.field if error.field in self else "reason"
        field = self[name]
        field.errors = [*field.errors, str(error)]


class TargetForm(_Dated):
    """What an indicator aims at."""

    comparison = SelectField(
        "La valeur doit être",
        choices=[SelectChoice(one.value, one.label) for one in Comparison],
    )
    commitment = NumberField(
        "Engagement", description="Laissez vide pour un indicateur suivi sans cible."
    )
    ambition = NumberField(
        "Ambition interne", description="Ce que vous espérez au-delà ; elle reste entre vous."
    )

    def target(self, unit: str) -> Target | None:
        """:raises ProgrammeError: an ambition stands alone."""
        if self.commitment.data is None:
            if self.ambition.data is not None:
                raise ProgrammeError("Donnez aussi l’engagement.", "commitment")
            return None
        comparison = Comparison(self.comparison.data)
        return Target(comparison, self.commitment.data, unit, self.ambition.data)


class AbandonForm(_Dated):
    """Follow an indicator no more, or again."""


@blueprint.route("/<code>/cible", methods=["GET", "POST"])
def target(code: str) -> Page:
    """Change the target of an indicator from a day on."""
    spec = spec_or_404(code)
    form = TargetForm(data=_shown(states(today())[code]))
    if form.validate_on_submit():
        try:
            aim = form.target(spec.unit)
            change_target(code, aim, on=form.day, **_said(form))
        except ProgrammeError as error:
            form.blame(error)
        else:
            return _done(code, "La cible est changée ; l’ancienne reste dans l’historique.")
    page = render_template("programme/target.html", spec=spec, form=form)
    return page, 422 if form.errors else 200


@blueprint.route("/<code>/suivi", methods=["GET", "POST"])
def follow(code: str) -> Page:
    """Abandon an indicator, or take it up again."""
    spec, abandoned = spec_or_404(code), states(today())[code].abandoned
    form = AbandonForm(data={"on": today()})
    if form.validate_on_submit():
        try:
            abandon(code, not abandoned, on=form.day, **_said(form))
        except ProgrammeError as error:
            form.blame(error)
        else:
            words = "suivi de nouveau" if abandoned else "abandonné ; ses valeurs restent ici"
            return _done(code, f"L’indicateur est {words}.")
    page = render_template("programme/follow.html", spec=spec, form=form, abandoned=abandoned)
    return page, 422 if form.errors else 200


def _said(form: _Dated) -> dict[str, Any]:
    return {"reason": form.reason.data or "", "user_id": author(), "now": now()}


def _shown(state: State) -> dict[str, Any]:
    """The target as it is today, in the fields."""
    aim = state.target
    start: dict[str, Any] = {"on": today(), "comparison": Comparison.AT_LEAST.value}
    if aim is None:
        return start
    return start | {
        "comparison": aim.comparison.value,
        "commitment": aim.commitment,
        "ambition": aim.ambition,
    }


def _done(code: str, sentence: str) -> Response:
    flash(typeset(sentence), "success")
    return redirect(url_for("programme.show", code=code))
