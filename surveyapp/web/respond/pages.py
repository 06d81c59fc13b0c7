"""``/``, ``/q/<slug>`` and the pages of questions.

Pages of a questionnaire are named after their section; other pages below ``/q/<slug>/`` have
a hyphen or a second part, which no section name has.
"""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.models import now
from surveyapp.services import respond
from surveyapp.services.dossiers.stage_links import errand_of
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.again import page_again
from surveyapp.web.respond.entry import Entry, enter
from surveyapp.web.respond.render import fresh_page, kept
from surveyapp.web.respond.steps import Reply, next_page, page_sent


@blueprint.get("/")
def home() -> str:
    """Campaigns that anybody may answer."""
    return render_template("respond/home.html", campaigns=respond.listed(now()))


@blueprint.get("/q/<slug>")
def start(slug: str) -> str:
    """What is asked, for how long, and who reads the answers."""
    entry = enter(slug)
    if entry.campaign.internal:
        following = next_page(entry).address(slug) if entry.begun else ""
        return _start(entry, following, generate_csrf() if entry.begun else "")
    if not entry.begun:
        key = ("start", entry.campaign, bool(entry.invitation))
        return kept(key, lambda: _start(entry, "", ""))
    return _start(entry, next_page(entry).address(slug), generate_csrf())


def _start(entry: Entry, following: str, csrf: str) -> str:
    pages = entry.sections()
    return render_template(
        "respond/start.html",
        campaign=entry.campaign,
        first=url_for("respond.page", slug=entry.slug, page=pages[0].name),
        total=len(pages),
        following=following,
        changing=bool(entry.draft.edits),
        personal=bool(entry.invitation),
        errand=errand_of(entry.token) if entry.campaign.internal else None,
        csrf=csrf,
    )


@blueprint.post("/q/<slug>")
def restart(slug: str) -> BaseResponse:
    """« Effacer mon brouillon et recommencer »."""
    entry = enter(slug)
    if entry.genuine and entry.trial:
        respond.remove_trial(entry.token)
    elif entry.genuine and entry.token:
        respond.discard(entry.token)
        visit.forget(slug)
    return redirect(url_for("respond.start", slug=slug), 303)


@blueprint.get("/q/<slug>/<page>")
def page(slug: str, page: str) -> Reply:
    """One page of questions, as it was left; ``?verifier`` says what is to be corrected."""
    entry = enter(slug)
    section = entry.campaign.definition.section(page) or abort(404)
    if not entry.begun and section is not entry.sections()[0]:
        return redirect(url_for("respond.start", slug=slug), 303)
    token = entry.token or visit.begin(slug)
    if request.args.keys() & {"verifier", "relire"}:
        return page_again(entry, section, token), 200
    return fresh_page(entry.campaign, section, entry.draft, token=token, today=entry.today), 200


@blueprint.post("/q/<slug>/<page>")
def save(slug: str, page: str) -> Reply:
    """A page was sent."""
    return page_sent(enter(slug), page)
