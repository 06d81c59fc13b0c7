"""Personal links: what can be computed of them with the key, and not without it.

The key never lies in the database nor in a backup. Whoever reads these cannot tell which
invitation a mark in the database belongs to, not even with the text of the mail in hand.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def token_of(key: str, invitation_id: int) -> str:
    """The token of an invitation, as its mail carries it: 43 characters of an address."""
    return _text(_keyed(key, f"invitation:{invitation_id}"))


def dossier_token(key: str, link_id: int) -> str:
    """The token of a link to a form of a dossier."""
    return _text(_keyed(key, f"dossier:{link_id}"))


def calendar_token(key: str, calendar_id: int) -> str:
    """The token of the secret address of a calendar."""
    return _text(_keyed(key, f"calendar:{calendar_id}"))


def token_hash(token: str) -> str:
    """What the invitation knows of its token."""
    return hashlib.sha256(token.encode()).hexdigest()


def spent_mark(key: str, token: str) -> str:
    """The mark that an anonymous answer leaves instead of the token it was sent with."""
    return _keyed(key, f"spent:{token}").hex()


def draft_token(key: str, token: str) -> str:
    """The draft token of a confidential answer: the link finds it again on any device."""
    return _text(_keyed(key, f"draft:{token}"))


def _keyed(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
