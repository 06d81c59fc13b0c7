"""The last pages: read again and send, what is missing to send, thank you."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from flask import g, redirect, render_template, url_for
from flask_wtf.csrf import generate_csrf

from surveyapp.core.readable import read
from surveyapp.models import now
from surveyapp.services import respond
from surveyapp.services.respond import CampaignInfo, Receipt
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.entry import Entry, NotOpen, enter, today_at
from surveyapp.web.respond.errands import back_from, correcting
from surveyapp.web.respond.render import kept
from surveyapp.web.respond.steps import LOST, Reply, attempt
from surveyapp.web.respond.trial import trial_of
from surveyapp.web.respond.view import Notice


@blueprint.get("/q/<slug>/relire-et-envoyer")
def review(slug: str) -> Reply:
    """Every answer on one page, before sending."""
    entry = enter(slug)
    if not entry.begun:
        return redirect(url_for("respond.start", slug=slug), 303)
    return _review(entry, None), 200


@blueprint.post("/q/<slug>/relire-et-envoyer")
def send(slug: str) -> Reply:
    """« Envoyer »."""
    entry = enter(slug)
    if not entry.genuine:
        return _review(entry, LOST), 400
    answer = attempt(entry)
    return (_review(entry, answer), 422) if isinstance(answer, Notice) else answer


@blueprint.get("/q/<slug>/a-regulariser")
def condition(slug: str) -> Reply:
    """A prerequisite is not met: what to do, and how to come back."""
    entry = enter(slug)
    lacking = respond.unmet(entry.campaign, entry.draft.values, today=entry.today)
    if lacking is None:
        return redirect(url_for("respond.start", slug=slug), 303)
    html = render_template("respond/condition.html", campaign=entry.campaign, condition=lacking)
    return html, 200


@blueprint.get("/q/<slug>/fin/merci")
def thanks(slug: str) -> Reply:
    """The answer has arrived."""
    campaign = respond.find(slug)
    if campaign is None:
        raise NotOpen(None, respond.Door.UNKNOWN)
    receipt = _receipt(campaign)
    if receipt and campaign.internal and correcting(visit.sent(slug) or ""):
        receipt = replace(receipt, mail="")
    if receipt is None:
        return redirect(url_for("respond.start", slug=slug), 303)
    if receipt.reference or campaign.internal:
        return _thanks(campaign, receipt, back_from(visit.sent(slug) or "")), 200
    return kept(("thanks", campaign), partial(_thanks, campaign, receipt)), 200


def _receipt(campaign: CampaignInfo) -> Receipt | None:
    """What this browser has just sent; ``None`` when it has sent nothing."""
    if trial_of(campaign.slug):
        return Receipt("ESSAI", now()) if campaign.nominative else Receipt()
    token = visit.sent(campaign.slug)
    if token is None:
        return None
    return (respond.receipt(campaign, token) if token else None) or Receipt()


def _thanks(campaign: CampaignInfo, receipt: Receipt, back: str = "") -> str:
    trial = "trial" in g
    return render_template(
        "respond/thanks.html",
        campaign=campaign,
        receipt=receipt,
        trial=trial,
        editable=campaign.editable(now()) and not trial,
        destination=destination(campaign.redirect_url),
        back=back,
    )


@blueprint.post("/q/<slug>/fin/modifier")
def edit(slug: str) -> Reply:
    """« Modifier mes réponses »: a draft of what was sent, to be sent in its place."""
    campaign, token = respond.find(slug), visit.sent(slug)
    if campaign is None or not token or not visit.genuine():
        return redirect(url_for("respond.thanks", slug=slug), 303)
    moment = now()
    if not campaign.editable(moment):
        raise NotOpen(campaign, respond.Door.CLOSED)
    visit.resume(slug, respond.reopen(campaign, token, today=today_at(moment)))
    return redirect(url_for("respond.review", slug=slug), 303)


def destination(address: str) -> str:
    """The site that a link leads to, for whoever is about to follow it; empty for none."""
    parts = urlsplit(address)
    return parts.hostname or "" if parts.scheme in ("http", "https") else ""


def _review(entry: Entry, notice: Notice | None) -> str:
    outcome = respond.check(entry.campaign, entry.draft, today=entry.today)
    return render_template(
        "respond/review.html",
        campaign=entry.campaign,
        sections=entry.sections(),
        answers={page.name: page for page in read(entry.campaign.definition, outcome.values)},
        problems=outcome.problems,
        changing=bool(entry.draft.edits),
        copied=not (entry.campaign.internal and correcting(entry.token)),
        notice=notice,
        csrf=generate_csrf(),
        token=entry.token or visit.begin(entry.slug),
    )
