"""A page shown again: what is to be corrected, what an answer has opened.

A page that is refused is saved, then shown again by an address of its own: with the button
« Retour » of the browser the person finds it as they left it, where a page that answers a
form would be asked for again under a warning of the browser.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from surveyapp.core.answers import Reading
from surveyapp.core.definition import Section
from surveyapp.forms import PageForm, page_class
from surveyapp.web.respond import visit
from surveyapp.web.respond.entry import Entry
from surveyapp.web.respond.render import full_page, view_of
from surveyapp.web.respond.steps import NOTICES, judged
from surveyapp.web.respond.view import Notice


def page_again(entry: Entry, section: Section, token: str) -> str:
    """A page that is opened to be corrected, or from the review."""
    made = page_class(entry.campaign.digest, section)
    form = made.of_draft(entry.draft.values, entry.draft.raw)
    view = view_of(entry.campaign, section, form, entry.draft, today=entry.today)
    view.returning = "relire" in request.args
    if "verifier" in request.args:
        reading = entry.reading()
        notice, opened = visit.noted(entry.slug, section.name)
        found = judged(reading, section, form.typed())
        # Nobody is wrong about a question that was not on the page yet.
        view.correct([p for p in found.problems if p.field not in opened], found.warnings)
        view.notice = NOTICES.get(notice)
        if opened and not view.problems:
            view.notice = _more(reading, form, opened)
    return full_page(view, token=token)


def _more(reading: Reading, form: PageForm, opened: Iterable[str]) -> Notice:
    """« Une question s’ajoute »: what an answer has just opened, for browsers without script."""
    places = reading.places
    links = []
    for name in opened:
        place = places.get(name)
        label = place.item.label if place else form.label_of(name)
        links.append((name, label))
    one = len(links) == 1
    return Notice(
        title="Une question s’ajoute" if one else "Des questions s’ajoutent",
        text="Vos réponses sont enregistrées. Elles appellent encore\u00a0:",
        links=tuple(links),
    )
