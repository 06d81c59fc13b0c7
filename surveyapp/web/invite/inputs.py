"""Forms of the invitations."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from surveyapp.services.invite.calls import NOTE_LENGTH
from surveyapp.web.manage.inputs import DayField


class SendForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """« Inviter ces personnes »; ``seen`` stands for the list that was on the page."""

    seen = HiddenField()


class DayForm(FlaskForm):  # type: ignore[misc]
    """The day of a wave."""

    day = DayField(
        "Le",
        [InputRequired("Écrivez le jour de la relance, par exemple 27/06/2026.")],
        description="Par exemple 27/06/2026. Les relances partent à 10 heures.",
    )


class CallForm(FlaskForm):  # type: ignore[misc]
    """A call that was made."""

    note = StringField("Note", [Length(max=NOTE_LENGTH)])


class PressForm(FlaskForm):  # type: ignore[misc]
    """A button that needs nothing typed."""
