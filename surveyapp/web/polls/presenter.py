"""The presenter's pages: meetings, the screen of the room, the desk beside it, the end."""

from __future__ import annotations

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from surveyapp.core.french import plural, typeset
from surveyapp.core.poll import Act, PollRefusal
from surveyapp.links import absolute_url
from surveyapp.models import now
from surveyapp.qr import qr_svg
from surveyapp.services import polls
from surveyapp.services.polls import Room
from surveyapp.store import polls as store
from surveyapp.store import structure
from surveyapp.web.manage.blueprint import author
from surveyapp.web.polls import blueprint
from surveyapp.web.polls.view import answer, screen_body, screen_context
from surveyapp.web.security import wants_json

#: The parts that are brought up to date, by the page that holds them.
PARTS = {"ecran": "polls/_screen.html", "regie": "polls/_desk.html"}


@blueprint.get("")
def index() -> str:
    """Every campaign that is put in a meeting."""
    return render_template("polls/index.html", lines=store.meetings())


@blueprint.post("/ouvrir/<slug>")
def open_meeting(slug: str) -> Response:
    """Open the meeting of a campaign, or go back to it."""
    try:
        code = polls.open_meeting(slug, author_id=author(), now=now())
    except PollRefusal as refusal:
        flash(str(refusal), "error")
        return redirect(url_for("polls.index"))
    return redirect(url_for("polls.screen", code=code), 303)


@blueprint.get("/<code>/ecran")
def screen(code: str) -> str:
    """What is projected in the room."""
    return _page(code, "polls/screen.html")


@blueprint.get("/<code>/regie")
def desk(code: str) -> str:
    """The presenter's own page: moderation and the same buttons."""
    return _page(code, "polls/desk.html")


@blueprint.get("/<code>/etat")
def state(code: str) -> Response:
    """The part of a page that changes."""
    return answer(screen_body(polls.board_of(_room(code)), _part()))


@blueprint.post("/<code>/agir")
def act(code: str) -> Response:
    """A button or a key of the presenter."""
    room = _room(code)
    wanted = request.form.get("acte", "")
    what, _, target = wanted.partition(":")
    if what not in set(Act):
        abort(400)
    try:
        polls.act(room, Act(what), seen=request.form.get("vu", ""), target=target)
    except PollRefusal as refusal:
        return _refused(room, refusal)
    return _done(room)


@blueprint.post("/<code>/mot")
def word(code: str) -> Response:
    """Let a word be shown, or take it off."""
    room, accepted = _room(code), request.form.get("decision") == "montrer"
    name, term = request.form.get("question", ""), request.form.get("mot", "")
    if name not in room.names or not term:
        abort(400)
    try:
        polls.decide_word(room, name, term, accepted=accepted)
    except PollRefusal as refusal:
        return _refused(room, refusal)
    return _done(room)


@blueprint.route("/<code>/terminer", methods=["GET", "POST"])
def finish(code: str) -> str | Response:
    """Ask, then turn the votes into answers."""
    room, form = _room(code), FlaskForm()
    board = polls.board_of(room)
    if board.done or not form.validate_on_submit():
        return render_template("polls/finish.html", board=board, form=form)
    moment = now()
    today = moment.astimezone(structure().zone).date()
    count = polls.finish(room, author_id=author(), now=moment, today=today)
    flash(_kept(board.voters, count), "success")
    return redirect(url_for("manage.campaign", slug=room.slug), 303)


def _kept(voters: int, count: int) -> str:
    """What became of the votes; a telephone whose words were all refused leaves no answer."""
    kept = plural(count, "réponse enregistrée", "réponses enregistrées")
    if count >= voters:
        return f"La séance est terminée. {kept}."
    voted = plural(voters, "téléphone a voté", "téléphones ont voté")
    refused = "les mots refusés ne sont pas gardés"
    return typeset(f"La séance est terminée. {voted} ; {kept} : {refused}.")


@blueprint.get("/<code>/qr.svg")
def qr(code: str) -> Response:
    """The QR code of the telephone's page."""
    address = absolute_url("room.phone", code=_room(code).code)
    return Response(qr_svg(address), content_type="image/svg+xml")


def _room(code: str) -> Room:
    return polls.room_of(code) or abort(404)


def _page(code: str, template: str) -> str:
    return render_template(template, **screen_context(polls.board_of(_room(code))))


def _part() -> str:
    return PARTS.get(request.args.get("page", ""), PARTS["ecran"])


def _done(room: Room) -> Response:
    """The part anew for a script; the page for a browser without."""
    if wants_json():
        return answer(screen_body(polls.board_of(room), _part()))
    here = "polls.desk" if request.args.get("page") == "regie" else "polls.screen"
    return redirect(url_for(here, code=room.code), 303)


def _refused(room: Room, refusal: PollRefusal) -> Response:
    if wants_json():
        response = jsonify(error=str(refusal))
        response.status_code = 409
        return response
    flash(str(refusal), "warning")
    return _done(room)
