"""One card: read, write, delete."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.core.directory.card import Card
from surveyapp.core.directory.cells import rpps_is_doubtful
from surveyapp.core.french import typeset
from surveyapp.models import db, now
from surveyapp.services.addresses import status_of
from surveyapp.services.dossiers.page.persons import of_person
from surveyapp.services.people import cards as service
from surveyapp.services.people.errors import PeopleError
from surveyapp.services.people.lookup import similar
from surveyapp.store import people as store
from surveyapp.store.events import history
from surveyapp.web.manage.inputs import ChoiceForm
from surveyapp.web.people.blueprint import author, blueprint, person_or_404
from surveyapp.web.people.inputs import PersonForm

Page = str | Response | tuple[str, int]


@blueprint.get("/<int:person_id>")
def show(person_id: int) -> str:
    """What is known of a person."""
    row = person_or_404(person_id)
    card = store.card_of(row)
    return render_template(
        "people/show.html",
        person_id=person_id,
        card=card,
        row=row,
        address=status_of(db.session, row.email),
        campaigns=store.invited_to(person_id),
        dossiers=of_person(person_id),
        alike=store.cards_of(similar(card, but=person_id)),
        history=history("person", person_id),
        form=ChoiceForm(),
    )


@blueprint.post("/<int:person_id>/rejoindre")
def join(person_id: int) -> Response:
    """Into the directory, somebody whom only a dossier knew."""
    person_or_404(person_id)
    if ChoiceForm().validate_on_submit():
        service.join(person_id, author_id=author(), now=now())
        flash("La fiche figure maintenant dans l’annuaire.", "success")
    return redirect(url_for("people.show", person_id=person_id))


@blueprint.route("/nouvelle", methods=["GET", "POST"])
def new() -> Page:
    """Add somebody by hand; a card that looks the same is shown first."""
    form = PersonForm()
    alike: dict[int, Card] = {}
    if form.validate_on_submit():
        card = form.card()
        alike = {} if "quand-meme" in request.form else store.cards_of(similar(card))
        if not alike:
            return _saved(service.create(card, author_id=author(), now=now()), card, new=True)
    page = render_template("people/form.html", form=form, alike=alike, person_id=None, card=None)
    return page, 422 if form.errors or alike else 200


@blueprint.route("/<int:person_id>/modifier", methods=["GET", "POST"])
def edit(person_id: int) -> Page:
    row = person_or_404(person_id)
    card, seen, conflict = store.card_of(row), service.revision(row), ""
    form = PersonForm(card)
    if form.validate_on_submit():
        try:
            return _edited(person_id, form.card())
        except service.EditedMeanwhileError as error:
            conflict, seen = str(error), error.revision
    page = render_template(
        "people/form.html",
        form=form,
        alike={},
        person_id=person_id,
        card=card,
        seen=seen,
        conflict=conflict,
    )
    return page, 422 if form.errors else 409 if conflict else 200


@blueprint.route("/<int:person_id>/supprimer", methods=["GET", "POST"])
def delete(person_id: int) -> Page:
    """Ask and say what stays elsewhere, then remove the card."""
    row, form = person_or_404(person_id), ChoiceForm()
    if not form.validate_on_submit():
        return render_template(
            "people/delete.html",
            person_id=person_id,
            card=store.card_of(row),
            remains=service.remains(row),
            form=form,
        )
    try:
        service.delete(person_id, author_id=author(), now=now())
        flash("La fiche est supprimée.", "success")
    except PeopleError as error:
        flash(str(error), "error")
    return redirect(url_for("people.index"))


def _edited(person_id: int, card: Card) -> Response:
    seen = request.form.get("vue", "")
    try:
        service.edit(person_id, card, seen=seen, author_id=author(), now=now())
    except service.EditedMeanwhileError:
        raise
    except PeopleError as error:  # deleted by a colleague in between
        flash(str(error), "error")
        return redirect(url_for("people.index"))
    return _saved(person_id, card, new=False)


def _saved(person_id: int, card: Card, *, new: bool) -> Response:
    flash("La fiche est créée." if new else "Les changements sont enregistrés.", "success")
    if card.rpps and rpps_is_doubtful(card.rpps):
        message = "Le numéro RPPS est enregistré, mais sa clé de contrôle est fausse : vérifiez-le."
        flash(typeset(message), "warning")
    return redirect(url_for("people.show", person_id=person_id))
