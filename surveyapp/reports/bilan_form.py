"""The form in use: where its files lie, read once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from surveyapp.core.bilan import BilanForm, load_form

FOLDER = Path(__file__).resolve().parents[2] / "reports" / "bilan_action"
TEMPLATE = FOLDER / "template.docx"


@lru_cache(maxsize=1)
def bilan_form() -> BilanForm:
    """The ARS form of ``reports/bilan_action``."""
    return load_form(FOLDER)
