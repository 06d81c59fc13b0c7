"""Fields and forms of places of exercise."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional

from surveyapp.core.directory.cells import CellError, read_phone
from surveyapp.core.places import ANSWERS, CHANNELS, KINDS, PRACTICES
from surveyapp.models import Place, PlaceContact
from surveyapp.services.people.professions import professions
from surveyapp.services.places import Asked, PlaceCard
from surveyapp.web.manage.inputs import DayField

_LONGEST = 2000


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _phone(text: str | None) -> str:
    """A French number in pairs; what is no number stays as it was typed."""
    try:
        return read_phone(_stripped(text)) if _stripped(text) else ""
    except CellError:
        return _stripped(text)


class PlaceForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """A place of the register."""

    name = StringField(
        "Nom du lieu", [DataRequired("Nommez le lieu."), Length(max=200)], filters=[_stripped]
    )
    kind = SelectField("Type", choices=[SelectChoice(*pair) for pair in KINDS.items()])
    commune = StringField("Commune", [Length(max=120)], filters=[_stripped])
    professions = SelectMultipleField("Professions recherchées")
    practice = SelectField(
        "Statut proposé",
        choices=[
            SelectChoice("", "Non précisé"),
            *(SelectChoice(*pair) for pair in PRACTICES.items()),
        ],
    )
    contact = StringField("Personne à contacter", [Length(max=200)], filters=[_stripped])
    phone = TelField("Téléphone", [Length(max=40)], filters=[_phone])
    email = EmailField(
        "Adresse mail",
        [Optional(), Length(max=320), Email("Écrivez une adresse mail, ou laissez vide.")],
        filters=[_stripped],
    )
    note = TextAreaField(
        "À savoir",
        [Length(max=_LONGEST)],
        description="Locaux, équipe, projet de santé, loyer… Rien sur les personnes.",
        filters=[_stripped],
        render_kw={"rows": 3},
    )

    def __init__(self, row: Place | None = None, **options: Any) -> None:
        super().__init__(obj=row, **options)
        labels = professions()
        old = {code: code for code in (row.professions if row else ()) if code not in labels}
        self.professions.choices = [SelectChoice(*pair) for pair in (labels | old).items()]

    def card(self) -> PlaceCard:
        """The place as it was typed."""
        names = ("name", "kind", "commune", "practice", "contact", "phone", "email", "note")
        values = {name: self[name].data for name in names}
        return PlaceCard(**values, professions=tuple(self.professions.data or ()))


class AskedForm(FlaskForm):  # type: ignore[misc]
    """That a place was asked, and what it said."""

    on = DayField(
        "Contacté le",
        [InputRequired("Donnez une date, par exemple 27/06/2026.")],
        render_kw={"autocomplete": "off"},
    )
    channels = SelectMultipleField(
        "Contacté par",
        [InputRequired("Cochez au moins un moyen.")],
        choices=[SelectChoice(*pair) for pair in CHANNELS.items()],
    )
    answer = SelectField(
        "Réponse",
        [InputRequired("Choisissez une réponse.")],
        choices=[
            SelectChoice("", "Choisissez…"),
            *(SelectChoice(*pair) for pair in ANSWERS.items()),
        ],
    )
    note = TextAreaField(
        "À savoir", [Length(max=_LONGEST)], filters=[_stripped], render_kw={"rows": 3}
    )

    @classmethod
    def of(cls, contact: PlaceContact | None, **known: Any) -> AskedForm:
        """The form of what is known already."""
        if contact is None:
            return cls(data=known)
        values = {"channels": contact.channels, "answer": contact.answer, "note": contact.note}
        return cls(data={"on": contact.contacted_on, **values})

    def asked(self) -> Asked:
        on: Any = self.on.data  # it is required
        return Asked(on, tuple(self.channels.data or ()), self.answer.data, self.note.data)
