"""Why something about a dossier could not be done, as a French sentence for whoever asked."""

from __future__ import annotations

from surveyapp.core.french import typeset


class DossierError(Exception):
    """It cannot be done; the message says what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


class DossierGone(DossierError):
    """There is no such dossier, or it is not theirs: nobody is told which."""

    def __init__(self, message: str = "Ce dossier n’existe plus.") -> None:
        super().__init__(message)
