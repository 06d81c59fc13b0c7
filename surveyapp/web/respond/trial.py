"""Trying a questionnaire: the real pages, whatever the state of the campaign, counted nowhere.

A colleague begins from the page of the campaign. Until the trial is ended, this browser
tries; a banner says so on every page.
"""

from __future__ import annotations

from flask import abort, g, redirect, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.permissions import Permission, can
from surveyapp.services import respond
from surveyapp.web.respond import blueprint, visit

_TRIALS = "trials"


class TrialOver(Exception):
    """A page of a trial that was ended, in another tab perhaps."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def begin_trial(slug: str) -> None:
    """From now on this browser tries the campaign."""
    end_trials()
    session[_TRIALS] = {slug: respond.new_trial()}


def trial_of(slug: str) -> str:
    """The token of the trial of ``slug`` that is under way, or nothing."""
    token = session.get(_TRIALS, {}).get(slug, "")
    if not token or not can(Permission.MANAGE):
        return ""
    g.trial = slug
    return str(token)


def end_trials() -> None:
    """Whatever was tried is over; what was typed goes away."""
    for token in session.pop(_TRIALS, {}).values():
        respond.remove_trial(token)


@blueprint.post("/coordination/collectes/<slug>/essai")
def try_campaign(slug: str) -> BaseResponse:
    """« Essayer », on the page of the campaign."""
    if respond.find(slug) is None:
        abort(404)
    if not visit.genuine():
        return redirect(url_for("manage.campaign", slug=slug), 303)
    begin_trial(slug)
    return redirect(url_for("respond.start", slug=slug), 303)


@blueprint.post("/q/<slug>/fin/essai")
def end_trial(slug: str) -> BaseResponse:
    """« Terminer l’essai »."""
    if visit.genuine():
        end_trials()
    return redirect(url_for("manage.campaign", slug=slug), 303)


@blueprint.errorhandler(TrialOver)
def trial_over(over: TrialOver) -> BaseResponse:
    """Back to the page of the campaign, where a trial can begin again."""
    return redirect(url_for("manage.campaign", slug=over.slug), 303)
