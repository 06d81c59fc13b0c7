"""Identified answers: a list to search, a page for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from flask import abort, render_template, request

from surveyapp.core.definition import FormDefinition, Kind, Mode, Question
from surveyapp.core.french import parse_date
from surveyapp.core.readable import read, read_value
from surveyapp.core.title import title
from surveyapp.models import Campaign, Response, now
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers import installed
from surveyapp.services.people.lookup import Found, look_up
from surveyapp.services.publish import definition_of
from surveyapp.store import responses as store
from surveyapp.store import structure
from surveyapp.store.events import history
from surveyapp.store.responses import Filter, Sort
from surveyapp.web.manage.blueprint import blueprint, campaign_or_404
from surveyapp.web.paging import Page, clamp

PAGE_SIZE = 50
#: Coarse questions shown as columns beside the name.
COLUMNS = 2
_SHORT = frozenset((Kind.SELECT_ONE, Kind.RANGE))


@blueprint.get("/collectes/<slug>/reponses")
def responses(slug: str) -> str:
    """Answers of a nominative or confidential campaign; of an anonymous one, why not."""
    campaign = campaign_or_404(slug)
    if campaign.version.mode is Mode.ANONYMOUS:
        return render_template("manage/responses_anonymous.html", campaign=campaign)
    wanted, faults = _filter()
    return render_template(
        "manage/responses.html",
        campaign=campaign,
        page=_page(campaign, wanted),
        columns=_columns(definition_of(campaign.version)),
        wanted=wanted,
        faults=faults,
    )


@blueprint.get("/collectes/<slug>/reponses/<int:response_id>")
def response(slug: str, response_id: int) -> str:
    """One answer in words, to read or to print."""
    campaign = campaign_or_404(slug)
    found = store.response_of(campaign.id, response_id)
    if found is None or campaign.version.mode is Mode.ANONYMOUS:
        abort(404)
    definition = definition_of(campaign.version)
    return render_template(
        "manage/response.html",
        campaign=campaign,
        response=found,
        title=title(definition, found.document),
        sections=read(definition, found.document),
        member=_member(definition, found),
        changes=_changes(found),
        **_dossiers(found),
    )


def _dossiers(found: Response) -> dict[str, object]:
    """The dossiers in which the answer stands; else whether it can open one."""
    if not can(Permission.FOLLOW):
        return {}
    dossiers = installed.dossiers_of_answer(found.id)
    opens = not dossiers and bool(installed.journeys_of_answer(found.id))
    return {"dossiers": dossiers, "opens_dossier": opens}


def _changes(found: Response) -> list[datetime]:
    """When the person changed the answer, the last time first."""
    lines = history("response", found.id)
    return [line.at for line in lines if line.kind == "response.edited"]


def _member(definition: FormDefinition, found: Response) -> Found | None:
    """What the directory knows of whoever sent it; only where people say who they are."""
    if definition.mode is not Mode.NOMINATIVE or not can(Permission.PEOPLE):
        return None
    today = now().astimezone(structure().zone).date()
    return look_up(definition, found.document, today=today)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list: the answer, its name, the columns beside it."""

    response: Response
    title: str
    cells: tuple[str, ...]


def _page(campaign: Campaign, wanted: Filter) -> Page[Line]:
    total = store.count_responses(campaign.id, wanted)
    number = clamp(request.args.get("page"), total=total, size=PAGE_SIZE)
    offset = (number - 1) * PAGE_SIZE
    rows = store.find_responses(campaign.id, wanted, offset=offset, limit=PAGE_SIZE)
    return Page(_lines(campaign, rows), number, PAGE_SIZE, total)


def _lines(campaign: Campaign, rows: Sequence[Response]) -> list[Line]:
    definition = definition_of(campaign.version)
    columns = _columns(definition)
    return [
        Line(
            row,
            title(definition, row.document),
            tuple(", ".join(read_value(question, row.document)) for question in columns),
        )
        for row in rows
    ]


def _columns(definition: FormDefinition) -> list[Question]:
    """The first short questions that everybody must answer and where people differ."""
    short = (
        question
        for section in definition.sections
        if section.relevant is None and section.name not in _conditions(definition)
        for question in section.questions()
        if question.required and question.relevant is None and question.kind in _SHORT
    )
    return list(islice(short, COLUMNS))


def _conditions(definition: FormDefinition) -> set[str]:
    """Pages that hold a prerequisite: those who sent an answer all met it."""
    return {prerequisite.section for prerequisite in definition.prerequisites}


def _filter() -> tuple[Filter, dict[str, str]]:
    """What the address asks for, and a sentence for each date that cannot be read."""
    faults: dict[str, str] = {}
    sort = request.args.get("tri", "")
    wanted = Filter(
        text=request.args.get("q", "").strip()[:200],
        since=_day("du", faults),
        until=_day("au", faults),
        sort=Sort(sort) if sort in set(Sort) else Sort.DATE,
        descending=request.args.get("ordre", "desc" if sort in ("", "date") else "asc") == "desc",
    )
    return wanted, faults


def _day(name: str, faults: dict[str, str]) -> date | None:
    text = request.args.get(name, "").strip()
    try:
        return parse_date(text) if text else None
    except ValueError as error:
        faults[name] = str(error)
        return None
