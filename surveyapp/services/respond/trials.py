"""What the coordination types while it tries a questionnaire: a file, never a row.

Nothing of a trial is in the database, so nothing can count it. The file lies among the
produced documents, which several machines share, and goes away when the trial is sent; the
purge sweeps those that were left, as any file that no row knows.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict
from pathlib import Path

from surveyapp.links import settings
from surveyapp.services.respond.drafts import Draft, hashed, new_token

#: What the token of a trial begins with: a page of a trial is never taken for an answer.
PREFIX = "essai-"


def new_trial() -> str:
    """The token of a trial."""
    return PREFIX + new_token()


def is_trial(token: str) -> bool:
    return token.startswith(PREFIX)


def load_trial(token: str) -> Draft | None:
    """What was typed so far; ``None`` before the first page is saved."""
    try:
        document = json.loads(_path(token).read_text("utf-8"))
        return Draft(**document | {"stored": True})
    except (OSError, ValueError, TypeError):
        return None


def save_trial(token: str, draft: Draft) -> None:
    """Keep a page of a trial."""
    path = _path(token)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}.json")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(draft), file)
    fresh.replace(path)


def remove_trial(token: str) -> None:
    """Forget a trial."""
    _path(token).unlink(missing_ok=True)


def _path(token: str) -> Path:
    return settings().documents / f"essai-{hashed(token)}.json"
