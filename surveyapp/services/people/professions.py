"""Professions as the questionnaires list them (ANS TRE_G15, and what a CPTS needs besides)."""

from __future__ import annotations

from functools import lru_cache

from surveyapp.core.loader import load_lists
from surveyapp.services.catalogue import FORMS

_FILE = FORMS / "lists" / "professions.yaml"


def professions() -> dict[str, str]:
    """Code → label, in the order of the list; read again when the file has changed."""
    return _read(_FILE.stat().st_mtime_ns)


def profession_label(code: str) -> str:
    """« Sage-femme »; the code itself when the list does not know it."""
    return professions().get(code, code)


@lru_cache(maxsize=2)
def _read(_stamp: int) -> dict[str, str]:
    return {choice.name: choice.label for choice in load_lists(_FILE)["profession"]}
