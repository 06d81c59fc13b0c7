"""Going on later: a link by mail, the same for every form that is not anonymous."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from surveyapp.links import absolute_url
from surveyapp.services import respond
from surveyapp.services.respond import BadAddress, TooMany
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.entry import Entry, enter
from surveyapp.web.respond.steps import LOST, Reply, next_page


@blueprint.get("/q/<slug>/plus-tard")
def later(slug: str) -> Reply:
    """Ask where to send the link."""
    entry = _entry(slug)
    if not entry.begun:
        return redirect(url_for("respond.start", slug=slug), 303)
    known = entry.draft.values.get(entry.campaign.definition.email_question, "")
    return _form(entry, str(known)), 200


@blueprint.post("/q/<slug>/plus-tard")
def send_link(slug: str) -> Reply:
    """Send the link."""
    entry = _entry(slug)
    to = request.form.get("courriel", "").strip()
    if not entry.genuine or not entry.begun:
        return _form(entry, to, notice=LOST), 400
    try:
        respond.send_resume_link(entry.campaign, entry.token, to=to, today=entry.today)
    except BadAddress as error:
        return _form(entry, to, error=str(error)), 422
    except TooMany as error:
        return _form(entry, to, error=str(error)), 429
    following = next_page(entry).address(slug)
    return render_template(
        "respond/later_sent.html", campaign=entry.campaign, to=to, following=following
    ), 200


@blueprint.get("/reprise/<token>")
def resume(token: str) -> Reply:
    """The link of the mail: open the draft on this device."""
    token = respond.latest(token)
    slug = respond.whose(token)
    campaign = respond.find(slug) if slug else None
    if slug is None or campaign is None or not campaign.resumable:
        return render_template("respond/gone.html"), 410
    if respond.receipt(campaign, token):
        visit.remember_sent(slug, token)
        return redirect(url_for("respond.thanks", slug=slug), 303)
    visit.resume(slug, token)
    return redirect(next_page(enter(slug)).address(slug), 303)


def _entry(slug: str) -> Entry:
    entry = enter(slug)
    if not entry.campaign.resumable:
        abort(404)
    if entry.trial:
        flash("Pendant un essai, aucun lien n’est envoyé\u00a0: il n’y aurait rien à retrouver.")
        abort(redirect(next_page(entry).address(slug), 303))
    return entry


def _form(entry: Entry, to: str, *, error: str = "", notice: object = None) -> str:
    return render_template(
        "respond/later.html",
        campaign=entry.campaign,
        to=to,
        error=error,
        notice=notice,
        following=next_page(entry).address(entry.slug),
        link=absolute_url("respond.resume", token=entry.token) if entry.token else "",
        csrf=generate_csrf(),
        token=entry.token or visit.begin(entry.slug),
    )
