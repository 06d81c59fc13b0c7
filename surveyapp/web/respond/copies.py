"""« Garder une copie de mes réponses »: to print, or as a text file.

Before sending, everybody gets it from their own draft. Afterwards only the author of a
nominative answer does, in the same browser: no other answer can be found again, by us no
more than by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from surveyapp.core.readable import read
from surveyapp.services import respond
from surveyapp.services.respond import CampaignInfo, Receipt
from surveyapp.web.respond import blueprint, visit
from surveyapp.web.respond.entry import enter
from surveyapp.web.respond.steps import Reply, next_page


@blueprint.get("/q/<slug>/ma-copie")
def copy(slug: str) -> Reply:
    """What was answered so far, before it is sent."""
    entry = enter(slug)
    if not entry.begun:
        return redirect(url_for("respond.start", slug=slug), 303)
    values = respond.check(entry.campaign, entry.draft, today=entry.today).values
    back = next_page(entry).address(slug)
    return _copy(entry.campaign, values, back=back, receipt=Receipt())


@blueprint.get("/q/<slug>/fin/ma-copie")
def sent_copy(slug: str) -> Reply:
    """What this browser has just sent, where the answer bears a name."""
    campaign, token = respond.find(slug), visit.sent(slug)
    sent = respond.answer_sent(campaign, token) if campaign and token else None
    if campaign is None or sent is None:
        return redirect(url_for("respond.start", slug=slug), 303)
    back = url_for("respond.thanks", slug=slug)
    return _copy(campaign, sent.document, back=back, receipt=sent.receipt)


def _copy(
    campaign: CampaignInfo, values: Mapping[str, Any], *, back: str, receipt: Receipt
) -> Reply:
    sections = read(campaign.definition, values)
    shown = {"campaign": campaign, "sections": sections, "receipt": receipt}
    if "texte" not in request.args:
        return render_template("respond/copy.html", **shown, back=back), 200
    text = render_template("respond/copy.txt", **shown)
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="mes-reponses-{campaign.slug}.txt"'
    )
    return response
