"""The results page and its charts."""

from __future__ import annotations

from typing import Any, TypedDict

from flask import Response, abort, jsonify, render_template, request

from surveyapp.charts.cache import WIDTHS
from surveyapp.core.french import percent
from surveyapp.models import Campaign, now
from surveyapp.permissions import Permission, can
from surveyapp.services import reports
from surveyapp.services.campaigns import results_permission
from surveyapp.services.results import Results, results
from surveyapp.services.verbatims import open_questions
from surveyapp.store.campaigns import phase_of, previous_wave
from surveyapp.store.invitations import reach_of
from surveyapp.web.results import view
from surveyapp.web.results.blueprint import blueprint
from surveyapp.web.results.campaign import campaign_or_404
from surveyapp.web.results.downloads import offered

#: A chart never changes under its address, but only staff may see it.
CACHED = "private, max-age=604800, immutable"
#: What the picture may do when somebody opens its address alone.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
#: Value of ``vue`` that asks for the figures as everybody else sees them.
PUBLISHED = "publiee"


class Wanted(TypedDict):
    """Arguments of :func:`surveyapp.services.results.results`."""

    crossing: str | None
    internal: bool


@blueprint.get("/collectes/<slug>/resultats")
def show(slug: str) -> str:
    """Every question of a campaign with its figures."""
    found = _found(slug)
    waiting = reports.request_charts(found)
    return render_template(
        "results/show.html",
        results=found,
        sections=view.sections(found.summaries, reports.chart_cache()),
        waiting=waiting,
        explanations=view.explanations(found),
        same=_same(),
        **_context(campaign_or_404(slug), found),
    )


@blueprint.get("/collectes/<slug>/graphiques")
def charts_left(slug: str) -> Response:
    """How many charts of the page are still being drawn, for its script."""
    return jsonify(left=len(reports.chart_cache().missing(_found(slug).summaries)))


@blueprint.get("/collectes/<slug>/graphiques/<digest>.svg")
def chart(slug: str, digest: str) -> Response:
    """A chart of the present results of this campaign; any other is refused."""
    size, campaign = request.args.get("taille", "large"), campaign_or_404(slug)
    if size not in WIDTHS:
        abort(404)
    picture = reports.chart_of(campaign, digest, size, **_wanted())
    if picture is None:
        abort(404)
    response = Response(picture.path.read_bytes(), content_type="image/svg+xml")
    response.headers["Cache-Control"] = CACHED
    response.headers["Content-Security-Policy"] = SVG_POLICY
    return response


def _found(slug: str) -> Results:
    return results(campaign_or_404(slug), today=reports.today(), **_wanted())


def _wanted() -> Wanted:
    """Which results the address asks for, as far as this person may see them.

    Colleagues who read the answers of an identified campaign see all its figures, unless
    they ask for the view that leaves the house.
    """
    internal = can(Permission.RESPONSES) and request.args.get("vue") != PUBLISHED
    return {"crossing": request.args.get("croisement") or None, "internal": internal}


def _same() -> dict[str, str]:
    """What the addresses of charts repeat, so that they speak of the same results."""
    return {name: value for name in ("croisement", "vue") if (value := request.args.get(name))}


def _context(campaign: Campaign, found: Results) -> dict[str, Any]:
    reach = reach_of(campaign)
    rate = percent(found.n / reach) if found.n and reach else ""
    return {
        "campaign": campaign,
        "phase": phase_of(campaign, now=now()).value,
        "period": reports.period_of(campaign, now()),
        "rate": rate,
        "reach": reach,
        "downloads": offered(campaign),
        "to_review": _to_review(campaign),
        "comparable": _comparable(campaign),
    }


def _comparable(campaign: Campaign) -> bool:
    """Whether there is a wave before, whose results this person may see."""
    previous = previous_wave(campaign)
    return previous is not None and can(results_permission(previous))


def _to_review(campaign: Campaign) -> dict[str, int]:
    """How many open answers wait for a colleague who may read them, by question."""
    if not can(Permission.RESPONSES):
        return {}
    return {question.name: question.waiting for question in open_questions(campaign)}
