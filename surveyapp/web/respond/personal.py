"""``/i/<token>``: the personal link of a mail.

Opening it changes nothing on the server: programs open the links of a mail before people
do. The browser is sent on to the questionnaire at once, so that the token stays neither in
its address bar nor in the address that other sites are told.
"""

from __future__ import annotations

from flask import current_app, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.models import now
from surveyapp.services import respond
from surveyapp.services.dossiers.stage_links import StageLink, open_stage_link
from surveyapp.services.invite.personal import PersonalLink, open_link
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.entry import enter
from surveyapp.web.respond.errands import back_address
from surveyapp.web.respond.steps import Reply, next_page


@blueprint.get("/i/<token>")
def personal(token: str) -> Reply:
    """Come in as the person whose link this is."""
    link = open_link(token)
    if link is None:
        return _stage(token)
    if link.used:
        return _used(link)
    visit.come_by(link.slug, token)
    if link.draft and visit.token_of(link.slug) != link.draft:
        hold = visit.resume if respond.whose(link.draft) else visit.begin
        hold(link.slug, link.draft)
    return _discreet(redirect(url_for("respond.start", slug=link.slug), 303))


def _stage(token: str) -> Reply:
    """The link of a dossier: to one filling of one form, for the account that asked for it or
    for whoever got it by mail."""
    link = open_stage_link(token, now=now())
    if link is None or (link.user_id and current_user.get_id() and not _own(link)):
        return render_template("respond/no_link.html"), 404
    if link.user_id and not _own(link):
        unauthorized: BaseResponse = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return unauthorized
    if link.refusal:
        return render_template("respond/not_awaited.html", reason=link.refusal, back=""), 410
    if link.used:
        return _filled(link)
    visit.come_by(link.slug, token)
    if visit.token_of(link.slug) != link.draft:
        hold = visit.resume if link.user_id or respond.whose(link.draft) else visit.begin
        hold(link.slug, link.draft)
    start = url_for("respond.start", slug=link.slug)
    here = next_page(enter(link.slug)).address(link.slug) if link.user_id else start
    return _discreet(redirect(here, 303))


def _own(link: StageLink) -> bool:
    return bool(current_user.is_authenticated and current_user.id == link.user_id)


def _filled(link: StageLink) -> Reply:
    if link.user_id and (back := back_address(link.dossier_id)):
        return redirect(back, 303)
    visit.remember_sent(link.slug, link.draft)
    return _discreet(redirect(url_for("respond.thanks", slug=link.slug), 303))


def _used(link: PersonalLink) -> Reply:
    """Thanks again; of an anonymous answer nothing more is known than that the link served."""
    campaign = respond.find(link.slug)
    if campaign is not None and link.draft and respond.receipt(campaign, link.draft):
        visit.remember_sent(link.slug, link.draft if campaign.nominative else "")
        return _discreet(redirect(url_for("respond.thanks", slug=link.slug), 303))
    return render_template("respond/used.html", campaign=campaign, deleted=link.deleted), 200


def _discreet(response: BaseResponse) -> BaseResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
