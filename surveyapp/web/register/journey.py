"""One journey: its stages side by side, or the table of its dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from surveyapp.core.french import fold
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers import bulk, views
from surveyapp.services.dossiers.register import (
    Line,
    is_late,
    lines,
    reader_of,
    stage_labels,
)
from surveyapp.services.people.professions import profession_label
from surveyapp.store import dossiers as store
from surveyapp.store.dossiers import ME, NOBODY, Brief
from surveyapp.web.paging import Page, clamp
from surveyapp.web.register.asked import TABLE, Asked
from surveyapp.web.register.blueprint import blueprint, journey_or_404, today, viewer

PAGE_SIZE = 50
#: Cards of a stage; the table shows the others.
ON_BOARD = 20

Options = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage with its dossiers: ``count`` in all, the most urgent as ``cards``."""

    name: str
    label: str
    count: int
    cards: list[Brief]


@blueprint.get("/parcours/<name>")
def journey(name: str) -> str | Response:
    """The dossiers of a journey that match the address."""
    looking = viewer()
    asked = Asked.read(_args(), journey_or_404(name, looking), looking)
    if "choix" in request.args:  # the form of the columns; the address says it in one word
        return redirect(asked.url)
    shown = _table(asked) if asked.table else _board(asked)
    return render_template(
        "register/journey.html",
        asked=asked,
        choices=_choices(asked),
        views=views.of_journey(name, user_id=looking.user_id or 0),
        user_id=looking.user_id,
        today=today(),
        **shown,
    )


def _args() -> Mapping[str, str]:
    """The address; boxes that were ticked one by one make one list."""
    args = dict(request.args.items(multi=False))
    if "choix" in args:
        args["colonnes"] = ",".join(request.args.getlist("c")) or "aucune"
    return args


def _table(asked: Asked) -> dict[str, object]:
    acts = bulk.choices(asked.journey, asked.viewer) if can(Permission.FOLLOW) else []
    return {"page": page_of(asked, today()), "acts": acts, "most": bulk.MOST}


def page_of(asked: Asked, day: date) -> Page[Line]:
    """The lines of one page of the table."""
    total = asked.count(day)
    number = clamp(request.args.get("page"), total=total, size=PAGE_SIZE)
    found = lines(
        asked.ids(day, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE),
        [column for _, column in asked.shown],
        viewer=asked.viewer,
        journey=asked.journey,
        today=day,
    )
    return Page(found, number, PAGE_SIZE, total)


def _board(asked: Asked) -> dict[str, object]:
    day = today()
    totals, found = store.on_board(asked.wanted, reader_of(asked.viewer), today=day, limit=ON_BOARD)
    labels = {stage.name: stage.label for stage in asked.journey.stages if not stage.closed}
    words = stage_labels(found, asked.journey)
    labels |= {b.stage: words[b.id] for b in found if b.stage not in labels}
    lanes = [
        Lane(name, label, totals.get(name, 0), [b for b in found if b.stage == name])
        for name, label in labels.items()
    ]
    late = {brief.id for brief in found if is_late(brief, day)}
    address = {**asked.filters, "vue": TABLE}
    address.pop("etat", None)
    return {"lanes": lanes, "late": late, "total": sum(totals.values()), "address": address}


def _choices(asked: Asked) -> dict[str, Options]:
    """What can be chosen in the filters."""
    used = store.choices(asked.journey.name, reader_of(asked.viewer))
    somebody = [(ME, "Moi"), (NOBODY, "Personne")]
    labelled = [(code, profession_label(code)) for code in used.professions]
    ambassadors = [*used.ambassadors, (NOBODY, "Personne")] if used.ambassadors else []
    return {
        "etape": [(stage.name, stage.label) for stage in asked.journey.stages],
        "suivi": [*somebody, *used.owners],
        "ambassadeur": ambassadors,
        "profession": sorted(labelled, key=lambda choice: fold(choice[1])),
        "commune": [(name, name) for name in used.communes],
    }
