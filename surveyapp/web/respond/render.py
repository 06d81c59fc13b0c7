"""From a draft to the HTML of one page.

A page that nobody has filled yet is the same for everybody but for two secrets and the
answers that its conditions look at: it is rendered once, and these are put in their places.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import current_app, g, render_template, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from surveyapp.core.answers import Reading
from surveyapp.core.definition import Section
from surveyapp.forms import PageForm, page_class
from surveyapp.services.respond import CampaignInfo, Draft
from surveyapp.web.respond.view import PageView, outside_values

#: What stands for the secrets in the page that is kept. Letters only: escaping leaves them.
_CSRF, _TOKEN, _OUTSIDE = "PLACEOFxCSRF", "PLACEOFxTOKEN", "PLACEOFxOUTSIDE"
_CACHE = "respond.pages"
_CACHE_MAX = 400
#: A change of the CPTS's name or colour reaches the kept pages within this time.
_LIFE_SECONDS = 20


def fresh_page(
    campaign: CampaignInfo, section: Section, draft: Draft, *, token: str, today: date
) -> str:
    """A page as the respondent opens it: as it was left, or with its default answers."""
    made = page_class(campaign.digest, section)
    known = any(question.name in draft.values for question in section.questions())
    if section.name in draft.seen or known:
        values = draft.values if section.name in draft.seen else made.defaults() | draft.values
        form, shown = made.of_draft(values, draft.raw), replace(draft, values=values)
        return full_page(view_of(campaign, section, form, shown, today=today), token=token)
    started = replace(draft, values=made.defaults() | draft.values)
    reading = Reading(campaign.definition, started.values, today=today)
    names = tuple(page.name for page in reading.sections())

    def make() -> str:
        view = view_of(campaign, section, made.fresh(), started, today=today)
        view.outside = _OUTSIDE
        return render_template("respond/page.html", page=view, csrf=_CSRF, token=_TOKEN)

    filtered = any(question.choice_filter is not None for question in section.questions())
    key = ("page", campaign, section.name, names, reading.hidden(section), today)
    html = make() if filtered else kept(key, make)
    outside = str(escape(outside_values(section, reading)))
    return (
        html.replace(_CSRF, generate_csrf())
        .replace(_TOKEN, str(escape(token)))
        .replace(_OUTSIDE, outside)
    )


def full_page(view: PageView, *, token: str) -> str:
    """A page rendered for one respondent."""
    return render_template("respond/page.html", page=view, csrf=generate_csrf(), token=token)


def view_of(
    campaign: CampaignInfo, section: Section, form: PageForm, draft: Draft, *, today: date
) -> PageView:
    """Everything that the template shows of a page."""
    reading = Reading(campaign.definition, draft.values, today=today)
    names = [page.name for page in reading.sections()]
    if section.name not in names:
        names.append(section.name)
    form.offer(reading)
    return PageView(
        campaign=campaign,
        section=section,
        form=form,
        step=names.index(section.name) + 1,
        total=len(names),
        final=names[-1] == section.name,
        hidden=reading.hidden(section),
        outside=outside_values(section, reading),
        today=today,
    )


def kept(key: tuple[object, ...], make: Callable[[], str]) -> str:
    """A page that is the same for everybody, made again after some seconds.

    It is never kept when it would carry a message for one person, or the banner of a trial.
    """
    if "_flashes" in session or "trial" in g:
        return make()
    pages: dict[object, tuple[float, str]] = current_app.extensions.setdefault(_CACHE, {})
    short = tuple(_shown(part) for part in key)
    found = pages.get(short)
    if found is not None and found[0] > time.monotonic():
        return found[1]
    if len(pages) >= _CACHE_MAX:
        pages.clear()
    html = make()
    pages[short] = (time.monotonic() + _LIFE_SECONDS, html)
    return html


def _shown(part: object) -> object:
    """What pages show of a campaign stands for it in a key."""
    if not isinstance(part, CampaignInfo):
        return part
    words = tuple(sorted(part.messages.items()))
    shown = (part.slug, part.title, part.closes_at, part.redirect_url, words)
    return (part.id, part.digest, *shown)
