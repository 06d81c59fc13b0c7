"""Two cards of one person: choose, compare, merge; undo an import or a merge."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.directory.merging import differences
from surveyapp.core.french import plural, typeset
from surveyapp.models import ChangeKind, ChangeState, DirectoryChange, now
from surveyapp.services.people import merge as merging
from surveyapp.services.people import undo as undoing
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.lookup import similar
from surveyapp.store import people as store
from surveyapp.store.people import PeopleFilter
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.people.blueprint import (
    author,
    blueprint,
    card_or_404,
    change_or_404,
    today,
)

#: Cards shown by a search for the other card.
FOUND = 20


@blueprint.get("/<int:person_id>/fusionner")
def choose_merge(person_id: int) -> str:
    """Which other card is the same person?"""
    card = card_or_404(person_id)
    wanted = PeopleFilter.from_args({"q": request.args.get("q", "")})
    text = wanted.text
    rows = store.find_people(wanted, today=today(), limit=FOUND + 1) if text else ()
    found = {row.id: store.card_of(row) for row in rows if row.id != person_id}
    if not text:
        found = store.cards_of(similar(card, but=person_id))
    return render_template(
        "people/choose.html", person_id=person_id, card=card, found=found, text=text
    )


@blueprint.route("/<int:person_id>/fusionner/<int:other_id>", methods=["GET", "POST"])
def merge(person_id: int, other_id: int) -> str | Response:
    """Compare two cards field by field, then make one of them."""
    kept, other = card_or_404(person_id), card_or_404(other_id)
    form, fields = ChoiceForm(), differences(kept, other)
    if not form.validate_on_submit():
        return render_template(
            "people/merge.html",
            person_id=person_id,
            other_id=other_id,
            kept=kept,
            other=other,
            fields=fields,
        )
    choices = {field.name: request.form.get(field.name, field.proposed) for field in fields}
    try:
        merging.merge(person_id, other_id, choices, author_id=author(), now=now())
        flash("Les deux fiches n’en font plus qu’une.", "success")
    except PeopleError as error:
        flash(str(error), "error")
    return redirect(url_for("people.show", person_id=person_id))


@blueprint.route("/operations/<int:change_id>/annuler", methods=["GET", "POST"])
def undo(change_id: int) -> str | Response:
    """Ask, then bring back what an import or a merge changed."""
    change, form = change_or_404(change_id), ChoiceForm()
    back = url_for("people.change", change_id=change_id)
    if change.state is not ChangeState.APPLIED:
        return redirect(back)
    if not form.validate_on_submit():
        return render_template("people/undo.html", change=change, form=form)
    try:
        undone = undoing.undo(change_id, author_id=author(), now=now())
        flash(_said(change, undone), "success")
    except PeopleError as error:
        flash(str(error), "error")
    return redirect(back)


def _said(change: DirectoryChange, undone: undoing.Undone) -> str:
    if change.kind is ChangeKind.MERGE:
        return typeset("La fusion est annulée : les deux fiches sont de nouveau là.")
    back = ("fiche est revenue à son état d’avant", "fiches sont revenues à leur état d’avant")
    return typeset(f"L’import est annulé : {plural(undone.restored, *back)}.")
