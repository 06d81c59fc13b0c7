"""The pages on which a bilan is entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.bilan import Fault, Inputs, Page
from surveyapp.core.bilan.objectives import with_rows
from surveyapp.core.bilan.rows import (
    Operation,
    Verb,
    is_empty,
    operate,
    parse_operation,
    with_blank,
)
from surveyapp.core.french import plural, typeset
from surveyapp.models import now
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services import actions as service
from surveyapp.web.actions.blueprint import author, blueprint, the_action, typed_inputs
from surveyapp.web.actions.shown import Shown, shown, with_typed

#: What « Enregistrer » buttons send.
SAVE, NEXT, PROPOSE, KEEP, REFRESH = "save", "next", "propose", "keep", "refresh"


@blueprint.get("/<slug>/saisie/<page>")
def page(slug: str, page: str) -> str:
    """A page with what is saved; ``ajout`` names a table that gets an empty row."""
    view = shown(the_action(slug), _page(page))
    table = request.args.get("ajout", "")
    if parse_operation(f"add:{table}"):
        view = replace(view, inputs=with_blank(view.inputs, table))
    return _render(view)


@blueprint.post("/<slug>/saisie/<page>")
def save(slug: str, page: str) -> Response | tuple[str, int]:
    """Save a page; show it again, with everything that was typed, when that is not possible."""
    target, inputs, asked = _page(page), typed_inputs(), request.form.get("op", SAVE)
    operation = parse_operation(asked)
    if asked == KEEP or (operation and _must_ask(inputs, operation)):
        return _again(slug, target, inputs, confirm=operation), 200
    after, focus = operate(inputs, operation) if operation else (inputs, 0)
    try:
        _store(slug, page, after, asked)
    except service.PageFaultsError as error:
        return _again(slug, target, after, faults=error.faults), 422
    except service.PageConflictError as error:
        return _again(slug, target, after, conflict=error), 409
    return redirect(_destination(slug, target, operation, focus))


def _store(slug: str, page: str, inputs: Inputs, asked: str) -> None:
    service.save_page(
        slug,
        page,
        inputs,
        revision=request.form.get("revision", 0, type=int),
        propose=asked == PROPOSE,
        user_id=author(),
        now=now(),
    )
    flash("C’est enregistré.", "success")
    if asked == REFRESH:
        _refresh(slug)


def _refresh(slug: str) -> None:
    """Compute again every value that comes from a campaign."""
    done = service.refresh(slug, user_id=author(), now=now())
    flash(plural(done.count, "valeur recalculée", "valeurs recalculées") + ".", "success")
    for label in done.failed:
        flash(typeset(f"« {label} » n’a pas pu être recalculé : vérifiez sa source."), "warning")


def _must_ask(inputs: Inputs, operation: Operation) -> bool:
    """A row that holds something is not removed without a word."""
    return operation.verb is Verb.REMOVE and not is_empty(inputs, operation.table, operation.index)


def _again(
    slug: str,
    page: Page,
    inputs: Inputs,
    *,
    faults: Sequence[Fault] = (),
    confirm: Operation | None = None,
    conflict: service.PageConflictError | None = None,
) -> str:
    """The page with what was typed. After a conflict: what somebody else saved stands
    beside, and their revision is in the form, to save over it."""
    view = with_typed(shown(the_action(slug), page), inputs, faults)
    view = replace(view, confirm=confirm)
    if conflict is None:
        return _render(replace(view, revision=request.form.get("revision", 0, type=int)))
    found = conflict.differences
    return _render(replace(view, revision=conflict.revision, differences=found))


def _destination(slug: str, page: Page, operation: Operation | None, focus: int) -> str:
    """Where to go after a save: the row concerned, the next page, the same one."""
    if operation is not None:
        added = operation.table if operation.verb is Verb.ADD else None
        anchor = f"{operation.table}-{focus}"
        return url_for("actions.page", slug=slug, page=page.name, ajout=added, _anchor=anchor)
    if request.form.get("op") != NEXT:
        return url_for("actions.page", slug=slug, page=page.name)
    pages = bilan_form().pages
    following = pages.index(page) + 1
    if following == len(pages):
        return url_for("actions.check", slug=slug)
    return url_for("actions.page", slug=slug, page=pages[following].name)


def _page(name: str) -> Page:
    return bilan_form().page(name) or abort(404)


def _render(view: Shown) -> str:
    if view.page.name == service.OBJECTIVES_PAGE:
        view = replace(view, inputs=with_rows(view.inputs))
    return render_template("actions/page.html", view=view, action=view.action)
