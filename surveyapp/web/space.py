"""The space of ambassadors, made for a phone: whom they accompany, and their own mandate."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from surveyapp.core.journey.definition import EventKind, Transition
from surveyapp.core.journey.moves import refusal
from surveyapp.models import db, now
from surveyapp.services.dossiers import acts, space
from surveyapp.services.dossiers.access import actor_in, sight
from surveyapp.services.dossiers.ambassador_accounts import access_of, invite
from surveyapp.services.dossiers.ambassadors import JOURNEY
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.page.sheet import Sheet, sheet
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.store import structure
from surveyapp.web.board import attempt, sent, to_form
from surveyapp.web.dossiers.inputs import EventForm, NoteForm, StepForm
from surveyapp.web.parties import today, viewer

blueprint = Blueprint("space", __name__, url_prefix="/ambassadeur")
#: Where the coordination gives an ambassador an account.
accounts_blueprint = Blueprint(
    "ambassadors", __name__, url_prefix="/coordination/dossiers/ambassadeurs"
)

Page = str | Response | tuple[str, int]


@blueprint.get("/")
def home() -> str:
    """Whom they accompany, the most pressing first."""
    found = space.accompaniments(viewer(), today=today())
    return render_template("space/home.html", found=found, known=viewer().person_id)


@blueprint.get("/mandat")
def mandate() -> str:
    """Their own mandate: its days, what they declared, and the way out."""
    number = space.mandate_id(viewer())
    page = _sheet(_seen(number)) if number is not None else None
    return render_template(
        "space/mandate.html",
        page=page,
        declared=space.declared(page) if page else [],
        ends_on=space.ends_on(page.look.opened, today()) if page else None,
        renewed_on=space.renewed_on(page.look.opened, today()) if page else None,
    )


@blueprint.get("/dossiers/<int:dossier_id>")
def show(dossier_id: int) -> Page:
    """One accompaniment: who, what comes next, what was written."""
    found = _seen(dossier_id)
    if _own(found):
        return redirect(url_for("space.mandate"))
    return _page(found, NoteForm())


@blueprint.post("/dossiers/<int:dossier_id>/formulaire")
def fill(dossier_id: int) -> Response:
    """Open a form, or one of their own to correct."""
    sent()
    corrects = request.form.get("corrige", type=int)
    name = request.form.get("name", "")
    return to_form(dossier_id, name, back=_place(_seen(dossier_id)), corrects_id=corrects)


@blueprint.post("/dossiers/<int:dossier_id>/evenement")
def note(dossier_id: int) -> Response:
    """Note that something happened today."""
    sent()
    place, name = _place(_seen(dossier_id)), request.form.get("name", "")
    who, at, day = viewer(), now(), today()
    attempt(
        lambda: acts.note_event(dossier_id, name, viewer=who, on=day, today=day, now=at),
        done="C’est noté, à la date d’aujourd’hui.",
    )
    return redirect(place)


@blueprint.route("/dossiers/<int:dossier_id>/evenement/<name>", methods=["GET", "POST"])
def event(dossier_id: int, name: str) -> Page:
    """Note that something happened, on which day; what follows from it is said before."""
    found = _seen(dossier_id)
    kind = found.journey.event(name)
    if kind is None or actor_in(viewer(), found.row) not in kind.by:
        abort(404)
    form = EventForm(data={"on": today()})
    if form.validate_on_submit() and _noted(found, kind, form):
        return redirect(_place(_seen(dossier_id)))
    day = form.on.data if isinstance(form.on.data, date) else today()
    follows = list(space.consequences(found, kind, on=day, today=today()))
    page = render_template(
        "space/event.html", found=found, kind=kind, form=form, follows=follows, back=_place(found)
    )
    return page, 422 if form.errors else 200


@blueprint.route("/dossiers/<int:dossier_id>/passage/<name>", methods=["GET", "POST"])
def move(dossier_id: int, name: str) -> Page:
    """Take a step that is theirs."""
    found = _seen(dossier_id)
    step = found.journey.transition(name) or abort(404)
    why = refusal(found.dossier, step, actor_in(viewer(), found.row), today())
    if why is not None:
        flash(why, "error")
        return redirect(_place(found))
    form = _step_form(step)
    if form.validate_on_submit() and _moved(found, step, form):
        return redirect(url_for("space.home"))
    page = render_template("space/step.html", found=found, step=step, form=form, back=_place(found))
    return page, 422 if form.errors else 200


@blueprint.post("/dossiers/<int:dossier_id>/notes")
def write(dossier_id: int) -> Page:
    """Leave a few words for the coordination."""
    found, form = _seen(dossier_id), NoteForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    who, at, day, text = viewer(), now(), today(), form.text.data
    attempt(
        lambda: acts.add_note(dossier_id, text, shared=True, viewer=who, now=at, today=day),
        done="Votre note est enregistrée. La coordination peut la lire.",
    )
    return redirect(_place(found))


@accounts_blueprint.route("/<int:person_id>/acces", methods=["GET", "POST"])
def access(person_id: int) -> Page:
    """Give an ambassador their account."""
    try:
        found = access_of(person_id)
    except DossierGone:
        abort(404)
    if request.method == "GET":
        return render_template("space/access.html", access=found)
    sent()
    who, at = int(current_user.id), now()
    attempt(
        lambda: invite(person_id, by=who, now=at), done="L’invitation part à l’adresse de sa fiche."
    )
    return redirect(url_for("ambassadors.access", person_id=person_id))


def _seen(dossier_id: int) -> Opened:
    """A dossier that is theirs; any other is not found."""
    try:
        found = opened(db.session, dossier_id)
    except DossierGone:
        abort(404)
    if sight(viewer(), found, today()) is None:
        abort(404)
    return found


def _own(found: Opened) -> bool:
    """Whether it is the dossier of their own mandate."""
    return found.row.journey_name == JOURNEY and found.row.person_id == viewer().person_id


def _place(found: Opened) -> str:
    """The page on which a dossier stands."""
    if _own(found):
        return url_for("space.mandate")
    return url_for("space.show", dossier_id=found.row.id)


def _sheet(found: Opened) -> Sheet:
    seen = sight(viewer(), found, today())
    if seen is None:
        abort(404)
    return sheet(found, viewer(), seen, today=today(), zone=structure().zone)


def _page(found: Opened, note_form: NoteForm) -> str:
    alert = space.alert_task(found, viewer(), today())
    return render_template("space/show.html", page=_sheet(found), note=note_form, alert=alert)


def _noted(found: Opened, kind: EventKind, form: EventForm) -> bool:
    number, who, at, day = found.row.id, viewer(), now(), today()
    values: dict[str, Any] = {"on": form.on.data, "reason": form.reason.data or ""}
    try:
        acts.note_event(number, kind.name, viewer=who, today=day, now=at, **values)
    except DossierError as error:
        form.on.errors = [str(error)]
        return False
    flash("C’est prévu." if values["on"] > day else "C’est noté.", "success")
    return True


def _step_form(step: Transition) -> StepForm:
    form = StepForm(data={"on": today()})
    if step.reason:
        form.reason.validators = [InputRequired("Indiquez le motif en quelques mots.")]
    else:
        del form.reason
    return form


def _moved(found: Opened, step: Transition, form: StepForm) -> bool:
    number, who, at, day = found.row.id, viewer(), now(), today()
    reason = form.reason.data if form.reason else ""
    stage = request.form.get("etape", "")
    try:
        acts.move(
            number,
            step.name,
            viewer=who,
            today=day,
            now=at,
            on=form.on.data,
            reason=reason,
            stage=stage,
        )
    except DossierError as error:
        form.on.errors = [str(error)]
        return False
    flash("C’est fait.", "success")
    return True
