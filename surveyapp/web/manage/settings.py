"""The structure: how it is named, reached and coloured."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from surveyapp.core import colour
from surveyapp.models import now
from surveyapp.services.structure import describe
from surveyapp.store import structure
from surveyapp.store.structure import UNNAMED
from surveyapp.web.manage.blueprint import author, blueprint
from surveyapp.web.manage.inputs import StructureForm


@blueprint.route("/reglages", methods=["GET", "POST"])
def settings() -> str | Response | tuple[str, int]:
    """Describe the structure."""
    form = StructureForm(data=_known())
    if form.validate_on_submit():
        describe(form.description(), author_id=author(), now=now())
        flash("Les réglages sont enregistrés.", "success")
        return redirect(url_for("manage.settings"))
    chosen = structure().color
    page = render_template(
        "manage/settings.html",
        form=form,
        theme=colour.theme(chosen),
        ratio=colour.contrast(chosen, colour.WHITE),
    )
    return page, 422 if form.errors else 200


def _known() -> dict[str, str]:
    """The structure as it is described; the name that stands for none is left out."""
    values = asdict(structure())
    return values | {"name": "" if values["name"] == UNNAMED else values["name"]}
