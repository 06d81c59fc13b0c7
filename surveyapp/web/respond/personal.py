"""``/i/<token>``: the personal link of a mail.

Opening it changes nothing on the server: programs open the links of a mail before people
do. The browser is sent on to the questionnaire at once, so that the token stays neither in
its address bar nor in the address that other sites are told.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.services import respond
from surveyapp.services.invite.personal import PersonalLink, open_link
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.steps import Reply


@blueprint.get("/i/<token>")
def personal(token: str) -> Reply:
    """Come in as the person whose link this is."""
    link = open_link(token)
    if link is None:
        return render_template("respond/no_link.html"), 404
    if link.used:
        return _used(link)
    visit.come_by(link.slug, token)
    if link.draft and visit.token_of(link.slug) != link.draft:
        hold = visit.resume if respond.whose(link.draft) else visit.begin
        hold(link.slug, link.draft)
    return _discreet(redirect(url_for("respond.start", slug=link.slug), 303))


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
