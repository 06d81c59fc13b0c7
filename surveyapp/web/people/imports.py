"""Import a file: choose it, correct its columns, read what would happen, confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.directory.card import NAMES, Card
from surveyapp.core.directory.cells import FIELDS
from surveyapp.core.directory.planning import Fate, Outcome
from surveyapp.core.directory.reading import changes
from surveyapp.core.directory.table import Row as FileRow
from surveyapp.models import ChangeKind, ChangeState, DirectoryChange, now
from surveyapp.services.people import imports as service
from surveyapp.services.people.errors import PeopleError
from surveyapp.store import people as store
from surveyapp.web.paging import Page, clamp
from surveyapp.web.people.blueprint import author, blueprint, change_or_404
from surveyapp.web.people.inputs import UploadForm

PAGE_SIZE = 50
#: Lines of the file shown beside each column.
SAMPLES = 3
#: Fates by their name in an address, in the order of the page.
FATES = {
    "a-trancher": Fate.DOUBTFUL,
    "nouvelles": Fate.NEW,
    "modifiees": Fate.CHANGED,
    "refusees": Fate.REFUSED,
    "inchangees": Fate.UNCHANGED,
}
Row = TypeVar("Row")


@blueprint.route("/import", methods=["GET", "POST"])
def upload() -> str | Response | tuple[str, int]:
    """Choose a file; below, what was imported and merged before."""
    form = UploadForm()
    if form.validate_on_submit():
        file = form.file.data
        try:
            key = service.start(file.filename, file.read(), author_id=author(), now=now())
            return redirect(url_for("people.columns", change_id=key))
        except PeopleError as error:
            form.file.errors = [str(error)]
    page = render_template("people/upload.html", form=form, lines=store.change_lines())
    return page, 422 if form.file.errors else 200


@blueprint.route("/import/<int:change_id>/colonnes", methods=["GET", "POST"])
def columns(change_id: int) -> str | Response | tuple[str, int]:
    """Say what each column is."""
    change, error = change_or_404(change_id), ""
    if change.state is not ChangeState.PREVIEW:
        return redirect(url_for("people.change", change_id=change_id))
    table = service.table_of(change)
    chosen = _chosen(change, len(table.headings))
    if request.method == "POST":
        try:
            service.choose_columns(change_id, chosen)
            return redirect(url_for("people.change", change_id=change_id))
        except PeopleError as raised:
            error = str(raised)
    page = render_template(
        "people/columns.html",
        change=change,
        table=table,
        samples=_samples(table.rows),
        chosen=chosen,
        fields=FIELDS,
        error=error,
    )
    return page, 422 if error else 200


@blueprint.get("/operations/<int:change_id>")
def change(change_id: int) -> str | Response:
    """What an import would do, or what an import or a merge did."""
    found = change_or_404(change_id)
    if found.state is not ChangeState.PREVIEW:
        return _report(found)
    if not service.ready(found):
        return redirect(url_for("people.columns", change_id=change_id))
    preview = service.preview(found)
    asked = FATES.get(request.args.get("etat", ""))
    outcomes = [o for o in preview.plan.outcomes if _belongs(o, asked)]
    page = _slice(outcomes)
    return render_template(
        "people/preview.html",
        change=found,
        preview=preview,
        page=page,
        asked=asked,
        fates=FATES,
        doubtful=sum(bool(o.doubt) for o in preview.plan.outcomes),
        candidates=store.cards_of({key for o in page.rows for key in o.candidates}),
        decisions=found.mapping["decisions"],
    )


@blueprint.post("/import/<int:change_id>/choix")
def decide(change_id: int) -> Response:
    """Keep what was decided on the doubtful lines of a page."""
    decisions = {
        name.removeprefix("ligne-"): value
        for name, value in request.form.items()
        if name.startswith("ligne-")
    }
    _try(lambda: service.decide(change_id, decisions), "Vos choix sont enregistrés.")
    return redirect(url_for("people.change", change_id=change_id, etat="a-trancher"))


@blueprint.post("/import/<int:change_id>/confirmer")
def apply(change_id: int) -> Response:
    """Write what the preview said, if it is still so."""
    digest, author_id = request.form.get("plan", ""), author()

    def write() -> None:
        service.apply(change_id, digest=digest, author_id=author_id, now=now())

    _try(write, "L’import est fait.")
    return redirect(url_for("people.change", change_id=change_id))


@blueprint.post("/import/<int:change_id>/abandonner")
def discard(change_id: int) -> Response:
    """Forget the file: nothing was written."""
    author_id = author()

    def forget() -> None:
        service.discard(change_id, author_id=author_id, now=now())

    _try(forget, "L’import est abandonné, rien n’a été écrit.")
    return redirect(url_for("people.upload"))


def _report(found: DirectoryChange) -> str:
    entries = [] if found.kind is ChangeKind.MERGE else found.changes
    page = _slice(entries)
    left: list[int] = found.mapping.get("left", [])
    return render_template(
        "people/report.html",
        change=found,
        page=page,
        lines=[_reported(entry) for entry in page.rows],
        left=store.cards_of(left[:PAGE_SIZE]),
        fates=FATES,
    )


def _reported(entry: dict[str, Any]) -> dict[str, Any]:
    """A card that an import touched: its key, its name, what changed on it."""
    after = Card.from_json(entry["after"])
    before = Card.from_json(entry["before"]) if entry["before"] else None
    changed = changes(before, _values(after)) if before else ()
    return {"id": entry["id"], "card": after, "new": before is None, "changes": changed}


def _values(card: Card) -> dict[str, Any]:
    return {name: getattr(card, name) for name in NAMES}


def _belongs(outcome: Outcome, asked: Fate | None) -> bool:
    """A doubtful line stays under « à trancher » once it is decided, to change one's mind."""
    if asked is Fate.DOUBTFUL:
        return bool(outcome.doubt)
    return asked is None or outcome.fate is asked


def _slice(rows: Sequence[Row]) -> Page[Row]:
    number = clamp(request.args.get("page"), total=len(rows), size=PAGE_SIZE)
    start = (number - 1) * PAGE_SIZE
    return Page(rows[start : start + PAGE_SIZE], number, PAGE_SIZE, len(rows))


def _chosen(change: DirectoryChange, width: int) -> list[str]:
    """The field of each column: as it was just chosen, else as it was guessed."""
    if request.method == "POST":
        return [request.form.get(f"colonne-{n}", "") for n in range(width)]
    fields = {column: name for name, column in change.mapping["columns"].items()}
    return [fields.get(n, "") for n in range(width)]


def _samples(rows: Sequence[FileRow]) -> list[list[str]]:
    """For each column the first cells that hold something."""
    width = len(rows[0].cells) if rows else 0
    filled = ([r.cells[n] for r in rows if r.cells[n]] for n in range(width))
    return [cells[:SAMPLES] for cells in filled]


def _try(act: Callable[[], None], done: str) -> None:
    """Do it and say so, or say why not."""
    try:
        act()
        flash(done, "success")
    except PeopleError as error:
        flash(str(error), "error")
