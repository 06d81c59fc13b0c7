"""Questionnaires, their versions, a preview, and the publication of a new version."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.french import plural
from surveyapp.models import Form, FormVersion, now
from surveyapp.services import catalogue
from surveyapp.services.publish import definition_of
from surveyapp.store import campaigns as store
from surveyapp.store import structure
from surveyapp.web.manage.blueprint import author, blueprint
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.manage.preview import preview_page


@blueprint.get("/questionnaires")
def forms() -> str:
    """Every questionnaire, and the files that are not published yet."""
    return render_template("manage/forms.html", entries=catalogue.entries(), form=ChoiceForm())


@blueprint.get("/questionnaires/<name>")
def form(name: str) -> str:
    """One questionnaire: what it asks, its versions, its campaigns."""
    found = _form_or_404(name)
    version = _version_or_404(found)
    return render_template(
        "manage/form.html",
        form=found,
        version=version,
        definition=definition_of(version),
        entry=catalogue.entry(name),
        lines=store.campaign_lines(now=now(), form_id=found.id),
        choice=ChoiceForm(),
    )


@blueprint.get("/questionnaires/<name>/apercu")
def preview(name: str) -> str:
    """A page of the questionnaire as respondents see it; nothing can be sent."""
    found = _form_or_404(name)
    version = _version_or_404(found)
    definition = definition_of(version)
    section = definition.section(request.args.get("page") or definition.sections[0].name)
    if section is None:
        abort(404)
    today = now().astimezone(structure().zone).date()
    page = preview_page(version, section, today=today)
    return render_template(
        "manage/preview.html", form=found, version=version, definition=definition, page=page
    )


@blueprint.post("/questionnaires/<name>/publier")
def publish(name: str) -> Response:
    """Publish the version of the file."""
    if ChoiceForm().validate_on_submit():
        version = catalogue.publish_file(name, author_id=author())
        if version is None:
            abort(404)
        flash(f"La version {version.label} est publiée.", "success")
    return redirect(url_for("manage.form", name=name))


@blueprint.post("/questionnaires/publier")
def publish_all() -> Response:
    """Publish every questionnaire that has no version yet."""
    count = 0
    if ChoiceForm().validate_on_submit():
        for entry in catalogue.entries():
            if entry.latest is None and entry.new:
                catalogue.publish_file(entry.name, author_id=author())
                count += 1
        flash(f"{plural(count, 'questionnaire publié', 'questionnaires publiés')}.", "success")
    return redirect(url_for("manage.forms"))


def _form_or_404(name: str) -> Form:
    found = store.form_by_name(name)
    if found is None:
        abort(404)
    return found


def _version_or_404(form: Form) -> FormVersion:
    """The version named in the address, else the latest."""
    number = request.args.get("version", type=int)
    versions = [v for v in form.versions if number in (None, v.number)]
    if not versions:
        abort(404)
    return versions[-1]
