"""Letters: the mails whose text the coordination can change."""

from surveyapp.core.letter import LetterKind, Wording
from surveyapp.services.letters.rendering import Below, Letter, render, render_wording
from surveyapp.services.letters.texts import (
    BadWording,
    Place,
    changed_places,
    kinds_of,
    own_wording,
    restore,
    save,
    wording_of,
)

__all__ = [
    "BadWording",
    "Below",
    "Letter",
    "LetterKind",
    "Place",
    "Wording",
    "changed_places",
    "kinds_of",
    "own_wording",
    "render",
    "render_wording",
    "restore",
    "save",
    "wording_of",
]
