"""« Exercer un droit »: find what is known of a person, hand it over, delete it."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.core.french import plural
from surveyapp.models import now
from surveyapp.services import rights as service
from surveyapp.store import rights as store
from surveyapp.store.rights import Found, Selection
from surveyapp.web.manage.inputs import ChoiceForm

blueprint = Blueprint("rights", __name__, url_prefix="/coordination/droits")

#: Things that one selection may name.
_MOST = 200


@blueprint.context_processor
def _helpers() -> dict[str, object]:
    return {
        "name_of": service.name_of,
        "sections_of": service.sections_of,
        "told_of": service.told_of,
    }


@blueprint.get("")
def index() -> str:
    """Look for a person by name or mail, in everything that bears one."""
    text = request.args.get("q", "").strip()
    return render_template("rights/index.html", text=text, found=store.search(text))


@blueprint.get("/dossier")
def dossier() -> str | BaseResponse:
    """What was chosen, to read and to print, or as a file."""
    selection = _selection()
    found = _found(selection)
    if "json" not in request.args:
        return render_template("rights/dossier.html", found=found, selection=selection)
    service.note_export(found, author_id=int(current_user.id), now=now())
    data = orjson.dumps(service.dossier(_found(selection)), option=orjson.OPT_INDENT_2)
    response = Response(data, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="donnees-personnelles.json"'
    return response


@blueprint.route("/supprimer", methods=["GET", "POST"])
def delete() -> str | BaseResponse:
    """Ask, say what goes and what stays, then delete what was chosen."""
    selection, form = _selection(), ChoiceForm()
    if not form.validate_on_submit():
        found = _found(selection)
        return render_template("rights/delete.html", found=found, selection=selection, form=form)
    done = service.delete(selection, author_id=int(current_user.id), now=now())
    flash(_said(done), "success")
    return redirect(url_for("rights.index"), 303)


def _selection() -> Selection:
    """What the address names; what is no key is passed over."""
    keys = {
        kind: tuple(key for key in request.args.getlist(kind, type=int)[:_MOST] if 0 < key < 2**63)
        for kind in ("r", "m", "p", "d")
    }
    return Selection(keys["r"], keys["m"], keys["p"], keys["d"])


def _found(selection: Selection) -> Found:
    return store.chosen(selection) or abort(404)


def _said(done: service.Deleted) -> str:
    parts = [
        plural(count, one, several)
        for count, one, several in (
            (done.responses, "réponse", "réponses"),
            (done.mails, "mail", "mails"),
            (done.files, "fichier exporté", "fichiers exportés"),
            (done.people, "fiche", "fiches"),
            (done.dossiers, "dossier", "dossiers"),
        )
        if count
    ]
    return f"C’est supprimé\u00a0: {', '.join(parts)}." if parts else "Il n’y avait plus rien ici."
