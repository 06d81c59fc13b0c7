"""Where everything stands, and the search over dossiers and people."""

from __future__ import annotations

from flask import render_template, request

from surveyapp.core.journey.definition import Journey
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers.register import is_late, journeys_of, reader_of, stage_labels
from surveyapp.store import dossiers as store
from surveyapp.store import people
from surveyapp.store.dossiers import Brief, Pile
from surveyapp.store.people import PeopleFilter
from surveyapp.web.register.blueprint import blueprint, today, viewer

#: Dossiers and people shown for a search; more words find fewer.
FOUND = 40
_TEXT_LENGTH = 200


@blueprint.get("/")
def index() -> str:
    """The journeys, and how many dossiers stand in each of their stages."""
    looking, day = viewer(), today()
    piles = store.piles(reader_of(looking), today=day)
    cards = [
        _card(title, journey, piles.get(journey.name, []))
        for title, journey in journeys_of(looking)
    ]
    return render_template("register/index.html", cards=cards)


@blueprint.get("/recherche")
def search() -> str:
    """Dossiers of every journey, and people of the directory, found by their words."""
    text = (request.args.get("q") or "").strip()[:_TEXT_LENGTH].replace("\0", "")
    looking, day = viewer(), today()
    total = 0
    found: list[Brief] = []
    if text:
        total, found = store.search(text, reader_of(looking), today=day, limit=FOUND)
    return render_template(
        "register/search.html",
        text=text,
        total=total,
        found=[(brief, is_late(brief, day)) for brief in found],
        labels=_labels(found),
        people=_people(text),
    )


def _card(title: str, journey: Journey, piles: list[Pile]) -> dict[str, object]:
    """A journey on the index; stages that its latest version lost are counted at the end."""
    counts = {pile.stage: pile for pile in piles}
    stages = [(stage.name, stage.label) for stage in journey.stages if not stage.closed]
    known = {stage.name for stage in journey.stages}
    former = [(p.stage, "Ancienne étape") for p in piles if p.stage not in known and not p.closed]
    return {
        "name": journey.name,
        "title": title,
        "stages": [(name, label, _count(counts, name)) for name, label in (*stages, *former)],
        "open": sum(pile.count for pile in piles if not pile.closed),
        "closed": sum(pile.count for pile in piles if pile.closed),
        "late": sum(pile.late for pile in piles),
    }


def _count(counts: dict[str, Pile], name: str) -> int:
    return counts[name].count if name in counts else 0


def _labels(found: list[Brief]) -> dict[int, tuple[str, str]]:
    """The journey and the stage of each dossier, in words."""
    journeys = {journey.name: (title, journey) for title, journey in journeys_of(viewer())}
    labels: dict[int, tuple[str, str]] = {}
    for name, (title, journey) in journeys.items():
        of_it = [brief for brief in found if brief.journey == name]
        stages = stage_labels(of_it, journey)
        labels |= {brief.id: (title, stages[brief.id]) for brief in of_it}
    return labels


def _people(text: str) -> tuple[int, list[object]] | None:
    """The people of the directory, for whoever may open it."""
    if not text or not can(Permission.PEOPLE):
        return None
    wanted, day = PeopleFilter(text=text), today()
    found = people.find_people(wanted, today=day, limit=FOUND)
    return people.count_people(wanted, today=day), list(found)
