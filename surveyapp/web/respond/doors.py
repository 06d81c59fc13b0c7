"""What is said when no answer is taken: one page, with the status that machines expect."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.core.readable import read
from surveyapp.services import respond
from surveyapp.services.respond import AlreadySent, Door, Gone, LinkUsed, NotAwaited
from surveyapp.store.polls import poll_of
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.entry import NotOpen
from surveyapp.web.respond.errands import back_from

STATUS = {
    Door.SOON: 403,
    Door.CLOSED: 410,
    Door.FULL: 403,
    Door.INVITED: 403,
    Door.UNKNOWN: 404,
}


@blueprint.errorhandler(NotOpen)
def not_open(refusal: NotOpen) -> tuple[str, int] | BaseResponse:
    """Unknown, not yet open, closed or full; but thanks for who has just sent, twice perhaps."""
    campaign, token = refusal.campaign, request.form.get(visit.TOKEN_FIELD, "")
    if campaign is not None and campaign.definition.live and (poll := poll_of(campaign.id)):
        return redirect(url_for("room.phone", code=poll.code), 303)
    if campaign is not None and token and respond.receipt(campaign, token):
        return _thanks(campaign.slug, token if campaign.nominative else "")
    html = render_template(
        "respond/door.html",
        campaign=None if refusal.door is Door.UNKNOWN else refusal.campaign,
        door=refusal.door.value,
    )
    return html, STATUS[refusal.door]


@blueprint.errorhandler(LinkUsed)
def link_used(_: LinkUsed) -> tuple[str, int]:
    """The personal link served in another browser while this one was filling the pages."""
    campaign = respond.find((request.view_args or {})["slug"])
    return render_template("respond/used.html", campaign=campaign, deleted=False), 410


@blueprint.errorhandler(Gone)
def gone(_: Gone) -> tuple[str, int]:
    """The answer that was to be changed was deleted meanwhile."""
    return render_template("respond/gone.html"), 410


@blueprint.errorhandler(NotAwaited)
def not_awaited(refusal: NotAwaited) -> tuple[str, int]:
    """The dossier does not expect this form any more; the draft stays."""
    back = back_from(visit.token_of((request.view_args or {}).get("slug", "")) or "")
    typed = read(*refusal.typed) if refusal.typed else ()
    shown = {"reason": refusal.reason, "back": back, "sections": typed}
    return render_template("respond/not_awaited.html", **shown), 410


@blueprint.errorhandler(AlreadySent)
def already_sent(_: AlreadySent) -> BaseResponse:
    """A page of an answer that was sent, from another tab or after « Retour »."""
    slug = (request.view_args or {})["slug"]
    return _thanks(slug, visit.token_of(slug) or "")


def _thanks(slug: str, token: str) -> BaseResponse:
    visit.remember_sent(slug, token)
    return redirect(url_for("respond.thanks", slug=slug), 303)
