"""Why something about the directory could not be done."""

from __future__ import annotations

from surveyapp.core.french import typeset


class PeopleError(Exception):
    """The demand cannot be met; the message is a French sentence.

    ``field`` names the field to correct, if it is one.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(typeset(message))
        self.field = field
