"""Why something about an action could not be done."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveyapp.core.bilan import Fault
from surveyapp.core.french import typeset


class ActionNotFoundError(Exception):
    """No action at this address."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"Aucune action ne porte l’identifiant «\u00a0{slug}\u00a0».")


class PageFaultsError(Exception):
    """What was typed cannot be saved; each fault names its input."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("Des réponses sont à corriger.")
        self.faults = tuple(replace(f, message=typeset(f.message)) for f in faults)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else saved differently in the meantime."""

    path: str
    label: str
    theirs: str


class PageConflictError(Exception):
    """Somebody saved the same page in between. ``revision`` is theirs, to save over it."""

    def __init__(self, revision: int, differences: tuple[Difference, ...]) -> None:
        super().__init__("Cette page a été modifiée entre-temps.")
        self.revision, self.differences = revision, differences
