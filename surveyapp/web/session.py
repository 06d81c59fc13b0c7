"""The end of a colleague's session: announced before, and nothing typed is lost after.

A form that arrives too late is answered with a page that holds what was sent, to be sent
again once signed in. Only what this very site sent is held: another one could not make a
colleague press a button that sends its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import current_user
from itsdangerous import BadSignature

from surveyapp.core.french import hour
from surveyapp.models import now
from surveyapp.store import structure

#: Form fields that are never held: keys of one page, and passwords.
_KEY = "csrf_token"
_SECRET = "password"  # noqa: S105 - part of the names of fields
#: Where passwords are typed: nothing of these pages is held.
_ACCOUNTS = frozenset({"security", "account"})


@dataclass(frozen=True, slots=True)
class Ending:
    """When a session ends: in ``left`` seconds, at ``hour`` (« 18 h 30 », local time)."""

    left: int
    hour: str


def session_ending() -> Ending | None:
    """When the session of this request ends; ``None`` when nobody is signed in.

    The cookie says itself when it was signed: nothing is written for this on each page.
    """
    interface = current_app.session_interface
    if not current_user.is_authenticated or not isinstance(interface, SecureCookieSessionInterface):
        return None
    serializer = interface.get_signing_serializer(current_app)
    cookie = request.cookies.get(interface.get_cookie_name(current_app), "")
    if serializer is None:
        return None
    try:
        _, signed = serializer.loads(cookie, return_timestamp=True)
    except BadSignature:
        return None
    return _ending(cast(datetime, signed))


def prolong() -> Ending:
    """Sign the cookie again: the session lasts as long as one that begins now."""
    session.modified = True
    return _ending(now())


def _ending(signed: datetime) -> Ending:
    end = signed + current_app.permanent_session_lifetime
    left = int((end - now()).total_seconds())
    return Ending(left=left, hour=hour(end.astimezone(structure().zone)))


def same_origin() -> bool:
    """Whether the browser says that the form was sent from a page of this site."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.host


def held_page() -> Response | None:
    """A page with what was just sent, ready to be sent again; ``None``: nothing to hold.

    Its key is that of this browser, which signing in does not change; somebody who signs in
    elsewhere is given the page once more, with a new key.
    """
    if request.method != "POST" or request.blueprint in _ACCOUNTS or not same_origin():
        return None
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != _KEY and _SECRET not in name
    ]
    if not fields:
        return None
    html = render_template(
        "errors/held.html",
        action="/" + request.full_path.lstrip("/").rstrip("?"),
        fields=fields,
        written=[value for _, value in fields if " " in value.strip()],
        files=any(file.filename for file in request.files.values()),
        signed_in=current_user.is_authenticated,
    )
    return Response(html, status=403, mimetype="text/html")
