"""Addresses of pages that the coordination types."""

from __future__ import annotations

from urllib.parse import urlsplit

ADDRESS_LENGTH = 500
_EXAMPLE = "par exemple https://www.cpts.demo.example/merci"


def address_problem(text: str) -> str | None:
    """Why ``text`` is not the address of a page, in French; ``None`` when it is one.

    Only ``http`` and ``https``: anything else could run in the respondent's browser.
    """
    if len(text) > ADDRESS_LENGTH:
        return f"L’adresse compte au plus {ADDRESS_LENGTH} caractères."
    if not text.isprintable() or any(c.isspace() or c in "\\<>\"'" for c in text):
        return f"Écrivez une adresse sans espace ni guillemet, {_EXAMPLE}."
    try:
        parts = urlsplit(text)
        _ = parts.port  # :raises ValueError: not a number
    except ValueError:
        return f"Cette adresse n’est pas lisible. Copiez-la de votre navigateur, {_EXAMPLE}."
    if parts.scheme not in ("http", "https"):
        return f"L’adresse commence par https://, {_EXAMPLE}."
    if parts.username is not None or "." not in (parts.hostname or "").strip("."):
        return f"Écrivez l’adresse complète d’un site, {_EXAMPLE}."
    return None
