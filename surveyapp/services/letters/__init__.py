"""Letters: the mails whose text the coordination can change."""

from surveyapp.core.letter import LetterKind
from surveyapp.services.letters.rendering import Below, Letter, render, render_wording
from surveyapp.services.letters.texts import wording_of

__all__ = ["Below", "Letter", "LetterKind", "render", "render_wording", "wording_of"]
