"""``/s/CODE``: the question on a telephone, its vote, and what changes every other second."""

from __future__ import annotations

from flask import abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.core.french import typeset
from surveyapp.core.poll import read_code
from surveyapp.services import polls
from surveyapp.services.polls import Board, PollRefusal, Room
from surveyapp.web.polls import phone_blueprint, visit
from surveyapp.web.polls.view import answer, phone_body, question_context, seen_by_all
from surveyapp.web.security import wants_json

FORGED = typeset(
    "Votre réponse n’a pas pu être comptée : rechargez la page, puis votez de nouveau. Si ce "
    "message revient, autorisez les cookies pour ce site."
)
Reply = BaseResponse | tuple[str, int]


@phone_blueprint.get("")
def entrance() -> Reply:
    """Type the code that is on the screen."""
    typed = request.args.get("code", "")
    code = read_code(typed)
    if code and polls.room_of(code):
        return redirect(url_for("room.phone", code=code))
    return render_template("polls/entrance.html", typed=typed[:40]), 404 if typed.strip() else 200


@phone_blueprint.get("/<code>")
def phone(code: str) -> Reply:
    """The question that is put now."""
    if code != read_code(code):
        return redirect(url_for("room.phone", code=read_code(code) or "x"))
    room = polls.room_of(code)
    if room is None:
        return render_template("polls/entrance.html", typed=code[:40]), 404
    return _page(room, sent="envoye" in request.args)


@phone_blueprint.post("/<code>")
def vote(code: str) -> Reply:
    """Count a vote; the same answer for a script as a word of JSON."""
    room = polls.room_of(code) or abort(404)
    word, name = visit.word_of(), request.form.get("question", "")
    if not visit.genuine(room, word):
        return _refused(room, FORGED, 400)
    try:
        polls.vote(room, name, request.form.getlist("reponse"), word=word)
    except PollRefusal as refusal:
        return _refused(room, str(refusal), 409)
    if wants_json():
        return jsonify(proof=visit.voted_proof(room, name))
    return redirect(url_for("room.phone", code=code, envoye=1), 303)


@phone_blueprint.get("/<code>/etat")
def state(code: str) -> BaseResponse:
    """What 300 telephones ask: answered from memory, nothing when nothing changed."""
    room = polls.room_of(code) or abort(404)
    board = polls.kept_board(room)
    return answer(phone_body(board, results=_may_see(board)))


def _may_see(board: Board, *, voted: bool = False) -> bool:
    if board.question is None or not board.stage.results_shown:
        return False
    return voted or seen_by_all(board) or visit.shows_vote(board.room, board.question.name)


def _refused(room: Room, message: str, status: int) -> Reply:
    if wants_json():
        response = jsonify(error=message)
        response.status_code = status
        return response
    page = _page(room, fault=message)
    page.status_code = status
    return page


def _page(room: Room, *, sent: bool = False, fault: str = "") -> BaseResponse:
    """The whole page, with what this telephone has voted."""
    word, board = visit.begin(), polls.board_of(room)
    name = board.question.name if board.question else ""
    own = polls.own_vote(room, name, word) if name else None
    page = render_template(
        "polls/phone.html",
        room=room,
        results=_may_see(board, voted=own is not None),
        voted=visit.voted_proof(room, name) if own is not None else "",
        sent=sent and own is not None,
        fault=fault,
        **question_context(board, own=own, word=visit.proof(room, word)),
    )
    return visit.hold(BaseResponse(page, content_type="text/html; charset=utf-8"), room, word)
