"""Errors become French and HTTP here, and nowhere else; never a traceback."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, jsonify, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from surveyapp.core.french import typeset
from surveyapp.models import db
from surveyapp.services.accounts import AccountError
from surveyapp.services.actions import ActionNotFoundError
from surveyapp.web.security import wants_json
from surveyapp.web.session import held_page

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What an error says: what happened, what to do."""

    title: str
    text: str


PAGES: dict[int, Page] = {
    400: Page(
        "Demande incomplète",
        "Le navigateur a envoyé une demande que le site ne comprend pas. Revenez en arrière, "
        "rechargez la page et recommencez.",
    ),
    403: Page(
        "Accès réservé",
        "Votre compte ne permet pas d’ouvrir cette page. Si vous en avez besoin, demandez à la "
        "personne qui administre le site de changer votre rôle.",
    ),
    404: Page(
        "Page introuvable",
        "Cette adresse ne mène à rien. Vérifiez qu’elle est complète, ou demandez un nouveau "
        "lien à la personne qui vous l’a donnée.",
    ),
    405: Page(
        "Action impossible ici",
        "Cette adresse ne s’ouvre pas de cette façon. Revenez à la page précédente et "
        "recommencez depuis son bouton.",
    ),
    410: Page(
        "Ce lien n’est plus valable",
        "Il a expiré ou il a déjà servi. Demandez-en un nouveau à la personne qui vous l’a donné.",
    ),
    413: Page(
        "Envoi trop volumineux",
        "Ce que vous avez envoyé dépasse ce que le site accepte. Raccourcissez vos textes ou "
        "choisissez un fichier plus léger, puis recommencez.",
    ),
    429: Page(
        "Trop d’essais",
        "Vous avez essayé trop souvent en peu de temps. Attendez quelques minutes, puis "
        "recommencez.",
    ),
    500: Page(
        "Une erreur s’est produite",
        "Le site n’a pas pu faire ce que vous demandiez. L’erreur est notée. Réessayez dans un "
        "moment ; si elle revient, prévenez la personne qui vous a donné ce lien.",
    ),
    503: Page(
        "Momentanément indisponible",
        "Le site est surchargé ou en maintenance. Rien n’est perdu : rechargez cette page dans "
        "une minute.",
    ),
}
FORGED = Page(
    "Votre page est restée ouverte trop longtemps",
    "Par sécurité, le site n’a pas enregistré ce dernier envoi. Revenez en arrière, rechargez "
    "la page et recommencez. Si le message revient, autorisez les cookies pour ce site.",
)


class Identifier(IntegerConverter):
    """A number in an address: nothing has one of more than 64 bits, so that is page 404."""

    def __init__(self, map: Map, **options: bool) -> None:
        super().__init__(map, max=2**63 - 1, **options)


def register(app: Flask) -> None:
    """Attach the handlers; those of a blueprint come first."""
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(AccountError, _account)
    app.register_error_handler(ActionNotFoundError, _no_action)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(OverflowError, _unstorable)
    app.url_map.converters["int"] = Identifier
    app.log_exception = _log_exception  # type: ignore[method-assign,assignment]


def _log_exception(error: Any) -> None:
    """Note an error with its page, never with the address: that may hold a personal link."""
    log.error("exception on %s [%s]", request.endpoint, request.method, exc_info=error)


def _http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    code = error.code or 500
    response = answer(code, PAGES.get(code) or PAGES[400 if code < 500 else 500])
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers.setdefault(name, value)
    return response


def _forged(_error: CSRFError) -> Response:
    """A colleague who signed in again meanwhile keeps what they typed."""
    held = held_page() if current_user.is_authenticated and not wants_json() else None
    return held or answer(400, FORGED)


def _account(error: AccountError) -> Response:
    """Somebody else was faster: the link has served, the address is taken."""
    return answer(409, Page("Action impossible", str(error)))


def _no_action(error: ActionNotFoundError) -> Response:
    return answer(404, Page("Page introuvable", str(error)))


def _database(error: OperationalError) -> Response:
    """The database is locked, full or gone. No parameter of the query reaches the log."""
    db.session.rollback()
    log.error("database: %s", error.orig)
    response = answer(503, PAGES[503])
    response.headers["Retry-After"] = "30"
    return response


def _unstorable(error: DataError | OverflowError) -> Response:
    """A number or a text that no column holds: somebody made the request by hand."""
    db.session.rollback()
    log.warning("refused: %s", type(error).__name__)
    return answer(400, PAGES[400])


def answer(code: int, page: Page) -> Response:
    """The error as a page, or as JSON for a script; plain text when even the page fails."""
    title, text = typeset(page.title), typeset(page.text)
    if wants_json():
        response: Response = jsonify(error=text)
    else:
        response = Response(_render(code, title, text), mimetype="text/html")
    response.status_code = code
    return response


def _render(code: int, title: str, text: str) -> str:
    staff = request.path.startswith(("/coordination", "/compte", "/ambassadeur"))
    try:
        return render_template("errors/error.html", code=code, title=title, text=text, staff=staff)
    except Exception:
        log.exception("the error page itself failed")
        return (
            f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>{title}</title>'
            f"<h1>{title}</h1><p>{text}</p></html>"
        )
