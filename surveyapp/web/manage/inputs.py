"""Fields and forms of the coordinatrice's pages."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    ColorField,
    EmailField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import TextInput

from surveyapp.core import colour
from surveyapp.core.french import date_short, hour, parse_date, parse_number
from surveyapp.forms.fields import read_time
from surveyapp.models import Campaign
from surveyapp.services.campaigns import Plan
from surveyapp.services.structure import TIMEZONES, Description

END_OF_DAY = time(23, 59)


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
        return time.fromisoformat(read_time(typed))

    def write(self, value: time) -> str:
        return hour(value)


class CountField(TypedField):
    """A whole number above zero."""

    def read(self, typed: str) -> int:
        value = parse_number(typed)
        if value != int(value) or not 1 <= value <= 1_000_000:
            raise ValueError("Écrivez un nombre entier plus grand que zéro, par exemple 140.")
        return int(value)


class CampaignForm(FlaskForm):  # type: ignore[misc]
    """A campaign, new or not. The form to use is chosen on the page before."""

    title = StringField(
        "Titre de la collecte",
        [InputRequired("Donnez un titre à la collecte."), Length(max=300)],
        description="Il s’affiche en haut du questionnaire.",
    )
    slug = StringField("Fin de l’adresse")
    opens_on = DayField("Ouverture, le", description="Par exemple 27/06/2026.")
    opens_time = HourField("à", description="Par exemple 9 h.")
    closes_on = DayField("Fermeture, le", description="Par exemple 27/06/2026.")
    closes_time = HourField("à", description="Par exemple 18 h 30.")
    audience = CountField(
        "Nombre de personnes invitées", description="Il sert à calculer le taux de réponse."
    )
    capacity = CountField(
        "Nombre de réponses à ne pas dépasser", description="Laissez vide : aucune limite."
    )
    listed = BooleanField("Montrer cette collecte sur la page d’accueil publique")

    def plan(self, zone: ZoneInfo) -> Plan:
        """What was typed, its dates read in the time zone of the CPTS."""
        return Plan(
            title=self.title.data.strip(),
            slug=(self.slug.data or "").strip(),
            opens_at=_instant(self.opens_on.data, self.opens_time.data, time(0), zone),
            closes_at=_instant(self.closes_on.data, self.closes_time.data, END_OF_DAY, zone),
            capacity=self.capacity.data,
            audience=self.audience.data,
            listed=self.listed.data,
        )

    def validate_opens_time(self, field: HourField) -> None:
        _needs_day(field, self.opens_on)

    def validate_closes_time(self, field: HourField) -> None:
        _needs_day(field, self.closes_on)


def campaign_values(campaign: Campaign, zone: ZoneInfo) -> dict[str, Any]:
    """What the form shows of a campaign that exists."""
    values: dict[str, Any] = {
        name: getattr(campaign, name)
        for name in ("title", "slug", "capacity", "audience", "listed")
    }
    for name in ("opens", "closes"):
        moment: datetime | None = getattr(campaign, f"{name}_at")
        local = moment.astimezone(zone) if moment else None
        values[f"{name}_on"] = local.date() if local else None
        values[f"{name}_time"] = local.time().replace(second=0) if local else None
    return values


def _instant(day: date | None, at: time | None, default: time, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, at or default, zone) if day else None


def _needs_day(field: HourField, day: DayField) -> None:
    if field.data is not None and day.data is None and not day.errors:
        raise ValidationError("Écrivez aussi le jour.")


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
        "Courriel de contact",
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
        "Courriel pour les questions sur les données",
        [Length(max=320)],
        description="Celui du délégué à la protection des données, ou d’une personne désignée.",
    )
    timezone = SelectField(
        "Fuseau horaire",
        choices=[SelectChoice(zone, f"{where} ({zone})") for zone, where in TIMEZONES.items()],
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

    def validate_dpo_email(self, field: EmailField) -> None:
        _check_address(field)

    def description(self) -> Description:
        return Description(
            **{name: (self[name].data or "").strip() for name in Description.__dataclass_fields__}
        )


def _check_address(field: EmailField) -> None:
    """Look at the shape only: addresses with accents exist (domain.md A.7)."""
    text = (field.data or "").strip()
    name, _, domain = text.rpartition("@")
    if text and (not name or "." not in domain or any(c.isspace() for c in text)):
        raise ValidationError("Écrivez une adresse complète, comme contact@demo.example.")


__all__ = ["CampaignForm", "ChoiceForm", "StructureForm", "campaign_values"]
