"""Stylesheets, scripts and the icon, under addresses that change with their content.

Bootstrap is read from the installed Bootstrap-Flask wheel; public pages get the part of it
that they use (:mod:`surveyapp.web.slim`). The files of one layout are joined into one, so
that a first page asks for one stylesheet and one script at most. The CPTS's colour is part of
the stylesheet: no inline style is needed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from surveyapp.core import colour as colours
from surveyapp.store import structure
from surveyapp.web import slim

STATIC = Path(__file__).parent.parent / "static"
YEAR = 31_536_000

#: What a layout loads, in order. Names with ``@`` are made here, the others are ours.
BUNDLES: dict[str, tuple[str, ...]] = {
    "public.css": ("@bootstrap-public.css", "app.css", "respond.css", "@theme.css"),
    "staff.css": (
        "@bootstrap.css",
        "app.css",
        "staff.css",
        "results.css",
        "actions.css",
        "dossier.css",
        "register.css",
        "programme.css",
        "@theme.css",
    ),
    "preview.css": ("@bootstrap.css", "app.css", "respond.css", "staff.css", "@theme.css"),
    "respond.js": ("expression.js", "form.js", "autosave.js"),
    "phone.css": ("@bootstrap-public.css", "app.css", "respond.css", "poll.css", "@theme.css"),
    "phone.js": ("poll-morph.js", "poll-phone.js"),
    "screen.css": ("@bootstrap.css", "app.css", "poll.css", "poll-screen.css", "@theme.css"),
    "desk.css": (
        "@bootstrap.css",
        "app.css",
        "respond.css",
        "staff.css",
        "poll.css",
        "@theme.css",
    ),
    "screen.js": ("poll-morph.js", "poll-screen.js"),
    "icon.svg": ("@icon.svg",),
}

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, ready to be sent. ``digest`` is part of its address."""

    name: str
    digest: str
    content_type: str
    data: bytes
    gzipped: bytes


def asset(name: str) -> str:
    """Address of a bundle or of a file of ``static/``; changes with its content."""
    return url_for("assets.serve", digest=build(name, structure().color).digest, name=name)


@lru_cache(maxsize=64)
def build(name: str, colour: str) -> Asset:
    """Join, hash and compress the file ``name``; :raises FileNotFoundError: unknown name."""
    parts = BUNDLES.get(name, (name,))
    data = b"\n".join(_read(part, colour) for part in parts)
    kind = guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Asset(
        name=name,
        digest=hashlib.sha256(data).hexdigest()[:12],
        content_type=kind + charset,
        data=data,
        gzipped=gzip.compress(data, 9, mtime=0),
    )


@blueprint.get("/assets/<digest>/<path:name>")
def serve(digest: str, name: str) -> Response:
    """Send a file. An address of an older content gives the present one, not cached."""
    try:
        found = build(name, structure().color)
    except FileNotFoundError:
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(found.gzipped if packed else found.data, content_type=found.content_type)
    if packed:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    fresh = f"public, max-age={YEAR}, immutable" if digest == found.digest else "no-cache"
    response.headers["Cache-Control"] = fresh
    return response


@blueprint.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Browsers that ignore the icon of the page ask here."""
    return redirect(asset("icon.svg"))


def _read(part: str, colour: str) -> bytes:
    if part in _MADE:
        return _MADE[part](colour)
    try:
        path = (STATIC / part).resolve()
        found = STATIC in path.parents and path.is_file()
    except (OSError, ValueError):  # a name too long for a disk, or with a NUL
        found = False
    if not found:
        raise FileNotFoundError(part)
    return slim.strip(path.read_text("utf-8"), path.suffix).encode()


def _bootstrap(_colour: str) -> bytes:
    source = files("flask_bootstrap") / "static/bootstrap5/css/bootstrap.min.css"
    return source.read_bytes().split(b"\n/*# sourceMappingURL", 1)[0]


def _public_bootstrap(colour: str) -> bytes:
    return slim.bootstrap(_bootstrap(colour).decode()).encode()


def _theme(colour: str) -> bytes:
    values = asdict(colours.theme(colour))
    light = {name: value for name, value in values.items() if not name.startswith("dark_")}
    dark = {name[5:]: value for name, value in values.items() if name.startswith("dark_")}
    screen = f"@media screen and (prefers-color-scheme:dark){{{_root(dark)}}}"
    return f"{_root(light)}{screen}".encode()


def _root(values: dict[str, str]) -> str:
    pairs = "".join(f"--{name.replace('_', '-')}:{value};" for name, value in values.items())
    return f":root{{{pairs}}}"


def _icon(colour: str) -> bytes:
    """Three people around one point: a community."""
    fill = colours.theme(colour).brand
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{fill}"/><g fill="#fff">'
        '<circle cx="16" cy="8.5" r="3.6"/><circle cx="8.6" cy="21" r="3.6"/>'
        '<circle cx="23.4" cy="21" r="3.6"/><circle cx="16" cy="17" r="2"/></g></svg>'
    ).encode()


_MADE: dict[str, Callable[[str], bytes]] = {
    "@bootstrap.css": _bootstrap,
    "@bootstrap-public.css": _public_bootstrap,
    "@theme.css": _theme,
    "@icon.svg": _icon,
}
