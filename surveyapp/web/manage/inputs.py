"""Fields and forms of the coordinatrice's pages."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    ColorField,
    EmailField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    URLField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import TextInput

from surveyapp.core import colour
from surveyapp.core.french import date_short, hour, parse_date, parse_number
from surveyapp.core.money import CENTS, MILLS, money_input, parse_money
from surveyapp.core.webaddress import address_problem
from surveyapp.forms.fields import read_time
from surveyapp.services.structure import RATES, TERRITORIES, TIMEZONES, Description

#: Hours that have a name.
_NAMED_HOURS = {"minuit": time(0), "midi": time(12)}


class TypedField(StringField):  # type: ignore[misc] # WTForms has no type hints
    """A text that is read into a value; what was typed is shown again when it is wrong."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = self.read(self.typed) if self.typed else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def read(self, typed: str) -> Any:
        """The value of a text; :raises ValueError: a French sentence."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        return str(value)


class DayField(TypedField):
    """A day, as « 27/06/2026 »."""

    def read(self, typed: str) -> date:
        return parse_date(typed)

    def write(self, value: date) -> str:
        return date_short(value)


class HourField(TypedField):
    """A time of day, as « 18 h 30 »."""

    def read(self, typed: str) -> time:
        named = _NAMED_HOURS.get(typed.lower())
        return named if named is not None else time.fromisoformat(read_time(typed))

    def write(self, value: time) -> str:
        return hour(value)


class CountField(TypedField):
    """A whole number above zero."""

    def read(self, typed: str) -> int:
        try:
            value = parse_number(typed)
        except ValueError:
            value = 0
        if value != int(value) or not 1 <= value <= 1_000_000:
            raise ValueError("Écrivez un nombre entier plus grand que zéro, par exemple 140.")
        return int(value)


class RateField(TypedField):
    """An amount in euros for one hour or one kilometre, as cents or thousandths; nothing while
    it is not set."""

    #: Euros. Nobody is paid more for an hour or a kilometre: a slip of the comma is caught.
    HIGHEST = 1_000

    def __init__(self, label: str, *, decimals: int = CENTS, **more: Any) -> None:
        super().__init__(label, **more)
        self.decimals = decimals

    def read(self, typed: str) -> int | None:
        amount = parse_money(typed, decimals=self.decimals)
        if not 0 <= amount <= self.HIGHEST * 10**self.decimals:
            raise ValueError("Écrivez un montant entre 0 et 1 000 euros, par exemple 0,60.")
        return amount or None

    def write(self, value: int) -> str:
        return money_input(value, decimals=self.decimals)


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    """A page that only asks to confirm."""


class StructureForm(FlaskForm):  # type: ignore[misc]
    """The CPTS."""

    name = StringField(
        "Nom de la structure",
        [InputRequired("Donnez le nom de votre structure."), Length(max=200)],
        render_kw={"autocomplete": "organization"},
    )
    address = TextAreaField("Adresse postale", [Length(max=500)], render_kw={"rows": 3})
    email = EmailField(
        "Adresse mail de contact",
        [Length(max=320)],
        description="Les personnes qui répondent peuvent y écrire.",
        render_kw={"autocomplete": "email"},
    )
    phone = TelField("Téléphone", [Length(max=40)], render_kw={"autocomplete": "tel"})
    referent = StringField(
        "Personne référente",
        [Length(max=200)],
        description="Prénom, nom et fonction, comme dans les bilans d’action.",
    )
    dpo_email = EmailField(
        "Adresse mail pour les questions sur les données",
        [Length(max=320)],
        description="Celui du délégué à la protection des données, ou d’une personne désignée.",
    )
    timezone = SelectField(
        "Fuseau horaire",
        choices=[SelectChoice(zone, f"{where} ({zone})") for zone, where in TIMEZONES.items()],
    )
    territory = SelectField(
        "Jours fériés",
        choices=[
            SelectChoice("", "Ceux du fuseau horaire"),
            *(SelectChoice(str(name), where) for name, where in TERRITORIES.items()),
        ],
        description="Pour les échéances comptées en jours ouvrés.",
    )
    hour_cents = RateField(
        "Forfait d’une heure d’ambassadeur, en euros",
        description="Pour les relevés de temps et de frais. Exemple : 30",
        render_kw={"inputmode": "decimal"},
    )
    kilometre_mills = RateField(
        "Remboursement d’un kilomètre en voiture, en euros",
        decimals=MILLS,
        description="Exemple : 0,529. Un nouveau montant ne change pas ce qui est déjà validé.",
        render_kw={"inputmode": "decimal"},
    )
    membership_url = URLField(
        "Adresse de votre page d’adhésion",
        [Length(max=500)],
        description="Les mails qui rappellent une adhésion promise y mènent.",
        render_kw={"autocomplete": "off"},
    )
    color = ColorField(
        "Couleur de la structure", description="Celle des boutons et des titres de vos pages."
    )

    def validate_color(self, field: ColorField) -> None:
        try:
            field.data = colour.parse(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def validate_email(self, field: EmailField) -> None:
        _check_address(field)

    def validate_membership_url(self, field: URLField) -> None:
        field.data = (field.data or "").strip()
        if field.data and (problem := address_problem(field.data)):
            raise ValidationError(problem)

    def validate_dpo_email(self, field: EmailField) -> None:
        _check_address(field)

    def description(self) -> Description:
        told: dict[str, Any] = {
            name: self[name].data if name in RATES else (self[name].data or "").strip()
            for name in Description.__dataclass_fields__
        }
        return Description(**told)


def _check_address(field: EmailField) -> None:
    """Look at the shape only: addresses with accents exist (domain.md A.7)."""
    text = (field.data or "").strip()
    name, _, domain = text.rpartition("@")
    if text and (not name or "." not in domain or any(c.isspace() for c in text)):
        raise ValidationError("Écrivez une adresse complète, comme contact@demo.example.")


__all__ = [
    "ChoiceForm",
    "CountField",
    "DayField",
    "HourField",
    "RateField",
    "StructureForm",
    "TypedField",
]
