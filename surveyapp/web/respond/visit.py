"""What a respondent's browser holds: the token of the draft, in a session cookie.

The same token stands in a hidden field of each page. A page is therefore saved in the draft
it was shown for, whatever happened in another tab, and a browser that lost its cookie can
be given its draft back. Nothing of this is written down on the server.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from surveyapp.services.respond import new_token

TOKEN_FIELD = "_token"  # noqa: S105 - the name of a form field
#: A field that people neither see nor hear; programs that fill everything fill it.
TRAP_FIELD = "site_web"

#: What :func:`new_token` gives. Anything else was made by hand, and would be shown in a page.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")

_DRAFTS = "drafts"
_SENT = "sent"
_INVITED = "invited"
_NOTED = "noted"
#: How many questionnaires one browser may have under way: the cookie stays small.
_KEPT = 4


def token_of(slug: str) -> str | None:
    """The token that this browser holds for a campaign."""
    known = session.get(_DRAFTS, {}).get(slug)
    return known[0] if known else None


def begin(slug: str, token: str | None = None) -> str:
    """Hold a token (a new one by default) for a campaign, and note when."""
    token = token or new_token()
    _keep(_DRAFTS, slug, [token, int(time.time())])
    return token


def resume(slug: str, token: str) -> None:
    """Hold the token of a draft begun before, nobody knows when: it is not hurried."""
    _keep(_DRAFTS, slug, [token, 0])


def invitation(slug: str) -> str:
    """The token of the personal link by which this browser came to a campaign, or nothing."""
    token = session.get(_INVITED, {}).get(slug, "")
    return token if isinstance(token, str) else ""


def come_by(slug: str, token: str) -> None:
    """Note the personal link by which the person comes.

    Somebody else's link on the same browser: the draft of the one before is not theirs.
    """
    if invitation(slug) not in ("", token):
        forget(slug)
    _keep(_INVITED, slug, token)


def forget(slug: str) -> None:
    """Hold no token any more."""
    session[_DRAFTS] = {k: v for k, v in session.get(_DRAFTS, {}).items() if k != slug}


def remember_sent(slug: str, token: str) -> None:
    """Hold what the thank-you page needs: a token that opens no draft any more."""
    forget(slug)
    if invitation(slug):
        session[_INVITED] = {k: v for k, v in session[_INVITED].items() if k != slug}
    _keep(_SENT, slug, token)


def sent(slug: str) -> str | None:
    """The token of the answer this browser has just sent."""
    token = session.get(_SENT, {}).get(slug)
    return token if isinstance(token, str) else None


def posted_token(slug: str) -> str:
    """The token of the page that was sent; it becomes that of the browser."""
    token = request.form.get(TOKEN_FIELD, "")
    if not _TOKEN.fullmatch(token):
        return token_of(slug) or begin(slug)
    if token != token_of(slug):
        resume(slug, token)
    return token


def genuine() -> bool:
    """Whether the form comes from a page that we gave to this very browser."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def note(slug: str, page: str, notice: str, opened: Sequence[str]) -> None:
    """Hold, until the page is shown again, what is to be said there once."""
    if notice or opened:
        session[_NOTED] = [slug, page, notice, list(opened)]


def noted(slug: str, page: str) -> tuple[str, tuple[str, ...]]:
    """What is to be said on the page: a notice and the fields just opened. Said once."""
    held = session.pop(_NOTED, None)
    if not held or held[:2] != [slug, page]:
        return "", ()
    return held[2], tuple(held[3])


def trapped() -> bool:
    """Whether the hidden field was filled, by a program or by an over-eager browser."""
    return bool(request.form.get(TRAP_FIELD))


def hurried(slug: str) -> bool:
    """Whether the form comes faster than anybody can read it; asked once about a draft."""
    known = session.get(_DRAFTS, {}).get(slug)
    least: int = current_app.config["SURVEYAPP"].min_fill_seconds
    if not known or time.time() - known[1] >= least:
        return False
    resume(slug, known[0])
    return True


def _keep(key: str, slug: str, value: object) -> None:
    others = [(k, v) for k, v in session.get(key, {}).items() if k != slug]
    session[key] = dict([*others[-(_KEPT - 1) :], (slug, value)])
