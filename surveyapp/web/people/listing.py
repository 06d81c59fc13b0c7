"""The list: search, filters that live in the address, order, pages, files to take away."""

from __future__ import annotations

import io

from flask import abort, render_template, request, send_file
from werkzeug.wrappers import Response

from surveyapp.core.directory.matching import pairs
from surveyapp.core.french import fold
from surveyapp.models import Person, db, now
from surveyapp.reports.tables import CSV_TYPE
from surveyapp.reports.workbook import XLSX_TYPE
from surveyapp.services.addresses import unreachable
from surveyapp.services.people import exports
from surveyapp.services.people.professions import professions
from surveyapp.store import people as store
from surveyapp.store.people import PeopleFilter, PeopleSort
from surveyapp.web.paging import Page, clamp
from surveyapp.web.people.blueprint import author, blueprint, today

PAGE_SIZE = 50
_TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}
#: Possible duplicates shown at once; the next ones come as they are settled.
PAIRS_SHOWN = 50


@blueprint.get("/")
def index() -> str:
    """Who is in the directory."""
    wanted = PeopleFilter.from_args(request.args)
    sort = _sort()
    descending = request.args.get("ordre") == "desc"
    page = _page(wanted, sort, descending=descending)
    return render_template(
        "people/index.html",
        page=page,
        wanted=wanted,
        sort=sort,
        descending=descending,
        choices=_choices(),
        silent=unreachable(db.session, [row.email for row in page.rows]),
        empty=not page.total and not wanted.to_args(),
    )


@blueprint.post("/telecharger/<kind>")
def export(kind: str) -> Response:
    """The people of the list, all pages, as a file."""
    if kind not in _TYPES:
        abort(404)
    day, wanted = today(), PeopleFilter.from_args(request.args)
    data = exports.export(kind, wanted, author_id=author(), today=day, now=now())
    return send_file(
        io.BytesIO(data),
        mimetype=_TYPES[kind],
        as_attachment=True,
        download_name=f"annuaire-{day.isoformat()}.{kind}",
    )


@blueprint.get("/doublons")
def duplicates() -> str:
    """Cards that could be the same person."""
    cards = store.all_cards()
    found = sorted(pairs(cards), key=lambda pair: cards[pair[0]].sort_key)
    return render_template(
        "people/duplicates.html", pairs=found[:PAIRS_SHOWN], total=len(found), cards=cards
    )


def _page(wanted: PeopleFilter, sort: PeopleSort, *, descending: bool) -> Page[Person]:
    day = today()
    total = store.count_people(wanted, today=day)
    number = clamp(request.args.get("page"), total=total, size=PAGE_SIZE)
    rows = store.find_people(
        wanted,
        today=day,
        sort=sort,
        descending=descending,
        offset=(number - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    return Page(rows, number, PAGE_SIZE, total)


def _sort() -> PeopleSort:
    asked = request.args.get("tri", "")
    return PeopleSort(asked) if asked in set(PeopleSort) else PeopleSort.NAME


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the filters: what the directory holds."""
    labels = professions()
    used = [(code, labels.get(code, code)) for code in store.professions_used()]
    return {
        "profession": sorted(used, key=lambda choice: fold(choice[1])),
        "commune": [(name, name) for name in store.communes()],
        "etiquette": [(name, name) for name in store.tags()],
    }
