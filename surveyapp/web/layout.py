"""What every template may use: French formats, the structure, the menu."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup, escape
from wtforms.form import BaseForm

from surveyapp.core import french
from surveyapp.core.address import address_hash
from surveyapp.models import Campaign
from surveyapp.permissions import can, may
from surveyapp.services.campaigns import results_permission
from surveyapp.store import structure
from surveyapp.web.assets import asset
from surveyapp.web.session import session_ending

_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the coordination menu. ``current`` covers the pages below it."""

    label: str
    url: str
    current: bool


#: The menu: endpoint and label. An endpoint the person may not use is left out.
MENU: tuple[tuple[str, str], ...] = (
    ("manage.home", "À faire"),
    ("board.show", "À faire"),
    ("space.home", "Accompagnements"),
    ("space.mandate", "Mon mandat"),
    ("register.index", "Dossiers"),
    ("programme.index", "Indicateurs"),
    ("manage.campaigns", "Collectes"),
    ("manage.forms", "Questionnaires"),
    ("people.index", "Annuaire"),
    ("actions.index", "Actions et bilans"),
    ("manage.mails", "Mails"),
    ("manage.settings", "Réglages"),
)
#: What stands under « Dossiers » for the coordination, on all of its pages.
DOSSIERS: tuple[tuple[str, str], ...] = (
    ("register.index", "Tous les dossiers"),
    ("board.show", "Échéances"),
    ("declarations.index", "Déclarations"),
    ("places.index", "Lieux d’exercice"),
    ("programme.index", "Indicateurs"),
    ("meetings.index", "Calendrier"),
    ("journeys.index", "Parcours"),
)
#: Where somebody begins: the first of these pages that they may open.
LANDINGS = ("manage.home", "board.show", "space.home", "account.show")
#: Pages that belong to an entry without lying below its address.
BESIDE: dict[str, str] = {
    "polls.index": "manage.campaigns",
    "rights.index": "manage.campaigns",
    "journeys.index": "register.index",
    "meetings.index": "programme.index",
}


def register(app: Flask) -> None:
    """Add filters and globals to the templates of ``app``."""
    filters = {
        "number": french.number,
        "percent": french.percent,
        "money": french.money,
        "rate": french.rate,
        "date_long": french.date_long,
        "date_short": french.date_short,
        "time": french.hour,
        "datetime_long": datetime_long,
        "local_date": local_date,
        "instant": datetime.fromisoformat,
        "plural": french.plural,
        "paragraphs": paragraphs,
        "quoted": french.quoted,
        "typeset": french.typeset,
        "address_hash": address_hash,
    }
    app.jinja_env.filters.update(filters)
    app.add_template_global(menu)
    app.add_template_global(submenu)
    app.add_template_global(home_url)
    app.add_template_global(may_see_results)
    app.add_template_global(address_with)
    app.add_template_global(form_errors)
    app.add_template_global(session_ending)
    app.context_processor(_structure)
    app.add_template_global(asset)


def menu() -> list[Entry]:
    """The entries of the menu that exist and that this person may open."""
    entries = _entries()
    here = _here(tuple(entries))
    return [
        Entry(label, url_for(endpoint), current=endpoint == here)
        for endpoint, label in entries.items()
    ]


def submenu() -> list[Entry]:
    """The pages about dossiers, on each of them; none for whoever has few."""
    shown = {endpoint: label for endpoint, label in DOSSIERS if _open(endpoint)}
    if not _open("manage.home") or "register.index" not in shown:
        return []
    if _here(tuple(_entries())) != "register.index":
        return []
    here = _here(tuple(shown))
    return [
        Entry(label, url_for(endpoint), current=endpoint == here)
        for endpoint, label in shown.items()
    ]


def home_url() -> str:
    """Where the person who is signed in begins."""
    return url_for(next(filter(_open, LANDINGS), "account.show"))


def _open(endpoint: str) -> bool:
    """Whether the page exists and this person may open it."""
    return endpoint in current_app.view_functions and may(endpoint)


def _entries() -> dict[str, str]:
    """What the menu of this person holds. The deadlines of dossiers stand on the home page
    of whoever has one, and under « Dossiers »; so do the figures of the programme."""
    shown = {endpoint: label for endpoint, label in MENU if _open(endpoint)}
    if "manage.home" in shown:
        shown.pop("board.show", None)
    if "register.index" in shown:
        shown.pop("programme.index", None)
    return shown


def _here(endpoints: Sequence[str]) -> str:
    """Which of ``endpoints`` the page of this request lies under; below the home page none."""
    entries = {
        url_for(page): entry
        for page, entry in BESIDE.items()
        if entry in endpoints and page in current_app.view_functions
    }
    entries |= {url_for(endpoint): endpoint for endpoint in endpoints}
    if request.path in entries:
        return entries[request.path]
    home = url_for("manage.home")
    under = [url for url in entries if url != home and request.path.startswith(url)]
    return entries[max(under, key=len)] if under else ""


def may_see_results(campaign: Campaign) -> bool:
    """Whether the results of ``campaign`` are for the person who is signed in."""
    return can(results_permission(campaign))


def address_with(**changes: Any) -> str:
    """The address of this page with some query arguments changed; ``None`` removes one."""
    arguments: dict[str, Any] = dict(request.args.items(multi=False))
    arguments.update(changes)
    kept = {key: value for key, value in arguments.items() if value not in (None, "")}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)


def form_errors(form: BaseForm) -> dict[str, str]:
    """The first error of each field of a WTForms form, for the summary at the top."""
    return {field.id: str(field.errors[0]) for field in form if field.errors}


def datetime_long(moment: datetime) -> str:
    """« 27 juin 2024 à 18 h 30 », in the time zone of the CPTS."""
    return french.datetime_long(moment, structure().timezone)


def local_date(moment: datetime) -> date:
    """The day of an instant, in the time zone of the CPTS."""
    return moment.astimezone(structure().zone).date()


def paragraphs(text: str) -> Markup:
    """Turn the small markup of questionnaire texts into HTML.

    Paragraphs are separated by an empty line, lines that start with « - » make a list,
    ``**words**`` are strong; everything else is escaped.
    """
    blocks = (block.strip().splitlines() for block in text.strip().split("\n\n"))
    return Markup("\n").join(_block(lines) for lines in blocks if lines)


def _block(lines: Sequence[str]) -> Markup:
    html = Markup("")
    for listed, group in groupby(lines, key=lambda line: line.lstrip().startswith("- ")):
        if listed:
            items = (Markup("<li>{}</li>").format(_strong(line.lstrip()[2:])) for line in group)
            html += Markup("<ul>{}</ul>").format(Markup("").join(items))
        else:
            html += Markup("<p>{}</p>").format(_strong(" ".join(line.strip() for line in group)))
    return html


def _strong(text: str) -> Markup:
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(text))))  # noqa: S704 (escaped)


def _structure() -> dict[str, Any]:
    return {"structure": structure()}
