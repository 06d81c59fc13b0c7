"""The settings of a campaign as a form; the questionnaire is chosen on the page before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import InputRequired, Length, ValidationError

from surveyapp.core.instant import closing, opening
from surveyapp.models import Access, Visibility
from surveyapp.services.campaigns import LANGUAGES, MESSAGES, Plan
from surveyapp.web.manage.inputs import CountField, DayField, HourField

ACCESSES = {
    Access.LINK: "Le lien public : toutes les personnes qui ont l’adresse ou le QR code",
    Access.INVITED: "Une liste de personnes invitées, chacune par son lien personnel",
    Access.BOTH: "Les deux : la liste d’invités et le lien public",
}
VISIBILITIES = {
    Visibility.TEAM: "Toute l’équipe, rôle « lecture » compris",
    Visibility.COORDINATION: "La coordination et l’administration seulement",
}
_WORDS = [Length(max=4000)]
#: Reads a day and an hour: :func:`opening` or :func:`closing`.
Read = Callable[[date, time | None, ZoneInfo], datetime]


class ClosingHourField(HourField):
    """A closing hour: « 24 h » is the end of the day, like « minuit »."""

    def read(self, typed: str) -> time:
        plain = "".join(typed.split()).lower()
        return time(0) if plain in ("24h", "24h00", "24:00") else super().read(typed)


class ClosingForm(FlaskForm):  # type: ignore[misc]
    """« Prolonger »: another closing date."""

    closes_on = DayField("Nouvelle fermeture, le", description="Par exemple 27/06/2026.")
    closes_time = ClosingHourField("à", description="Par exemple 18 h 30.")

    def validate_closes_on(self, field: DayField) -> None:
        if field.data is None and not field.errors:
            raise ValidationError("Écrivez le jour de la nouvelle fermeture.")


class ReopenForm(FlaskForm):  # type: ignore[misc]
    """« Rouvrir »: a new closing date, or none."""

    closes_on = DayField("Nouvelle fermeture, le", description="Par exemple 27/06/2026.")
    closes_time = ClosingHourField("à", description="Par exemple 18 h 30.")

    def validate_closes_on(self, field: DayField) -> None:
        if field.data is None and self.closes_time.data is not None and not field.errors:
            raise ValidationError("Écrivez aussi le jour de la fermeture.")


class AddressForm(FlaskForm):  # type: ignore[misc]
    """The end of the address of a draft."""

    slug = StringField("Fin de l’adresse", [InputRequired("Écrivez la fin de l’adresse.")])


class CampaignForm(FlaskForm):  # type: ignore[misc]
    """A campaign, new or not."""

    title = StringField(
        "Titre de la collecte",
        [InputRequired("Donnez un titre à la collecte."), Length(max=300)],
        description="Il s’affiche en haut du questionnaire.",
    )
    slug = StringField("Fin de l’adresse")
    opens_on = DayField("Ouverture, le", description="Par exemple 27/06/2026.")
    opens_time = HourField("à", description="Par exemple 9 h.")
    closes_on = DayField("Fermeture, le", description="Par exemple 27/06/2026.")
    closes_time = ClosingHourField("à", description="Par exemple 18 h 30.")
    access = SelectField(
        "Qui peut répondre", choices=[SelectChoice(key, text) for key, text in ACCESSES.items()]
    )
    audience = CountField(
        "Nombre de personnes invitées", description="Il sert à calculer le taux de réponse."
    )
    capacity = CountField(
        "Nombre de réponses à ne pas dépasser", description="Laissez vide : aucune limite."
    )
    listed = BooleanField("Montrer cette collecte sur la page d’accueil publique")
    visibility = SelectField(
        "Qui peut voir les résultats",
        choices=[SelectChoice(key, text) for key, text in VISIBILITIES.items()],
    )
    intro = TextAreaField(
        "Mot d’accueil", _WORDS, description="Au-dessus de l’introduction du questionnaire."
    )
    thanks = TextAreaField("Mot de remerciement", _WORDS, description="Une fois la réponse reçue.")
    closed = TextAreaField(
        "Message après la fermeture",
        _WORDS,
        description="Par exemple où et quand les résultats seront présentés.",
    )
    poster = TextAreaField(
        "Texte de l’affiche", _WORDS, description="Une ou deux phrases, sous le titre."
    )
    redirect_url = URLField(
        "Adresse d’une page à proposer après le remerciement",
        description="Par exemple https://www.cpts.demo.example/. Laissez vide : aucune.",
    )
    language = SelectField(
        "Langue des mails",
        choices=[SelectChoice(key, text) for key, text in LANGUAGES.items()],
    )
    thanks_mail = BooleanField("Remercier par mail les personnes qui ont répondu, à la fermeture")

    def plan(self, zone: ZoneInfo, *, before: Plan | None = None) -> Plan:
        """What was typed, its dates read in the time zone of the CPTS.

        A date that nobody touched stays the instant it was ``before``, to the second.
        """
        opens_at = self._moment("opens", opening, zone, before)
        closes_at = self._moment("closes", closing, zone, before)
        words = {name: self[name].data or "" for name in MESSAGES}
        return Plan(
            title=self.title.data.strip(),
            slug=(self.slug.data or "").strip(),
            opens_at=opens_at,
            closes_at=closes_at,
            capacity=self.capacity.data,
            audience=self.audience.data,
            listed=self.listed.data,
            access=Access(self.access.data),
            visibility=Visibility(self.visibility.data),
            language=self.language.data,
            messages=words | {"thanks_mail": "oui" if self.thanks_mail.data else ""},
            redirect_url=self.redirect_url.data or "",
        )

    def _moment(
        self, name: str, read: Read, zone: ZoneInfo, before: Plan | None
    ) -> datetime | None:
        day, at = self[f"{name}_on"].data, self[f"{name}_time"].data
        known: datetime | None = getattr(before, f"{name}_at") if before else None
        if (day, at) == _shown(known, zone):
            return known
        return read(day, at, zone) if day else None

    def validate_opens_time(self, field: HourField) -> None:
        _needs_day(field, self.opens_on)

    def validate_closes_time(self, field: HourField) -> None:
        _needs_day(field, self.closes_on)


def plan_values(plan: Plan, zone: ZoneInfo) -> dict[str, Any]:
    """What the form shows of a plan."""
    values: dict[str, Any] = {
        name: getattr(plan, name)
        for name in ("title", "slug", "capacity", "audience", "listed", "language", "redirect_url")
    }
    values |= {name: plan.messages.get(name, "") for name in MESSAGES}
    values["access"], values["visibility"] = plan.access.value, plan.visibility.value
    values["thanks_mail"] = plan.messages.get("thanks_mail") == "oui"
    for name, moment in (("opens", plan.opens_at), ("closes", plan.closes_at)):
        values[f"{name}_on"], values[f"{name}_time"] = _shown(moment, zone)
    return values


def _shown(moment: datetime | None, zone: ZoneInfo) -> tuple[date | None, time | None]:
    """The day and the hour that stand for an instant in the form."""
    if moment is None:
        return None, None
    local = moment.astimezone(zone)
    return local.date(), local.time().replace(second=0, microsecond=0, fold=0)


def _needs_day(field: HourField, day: DayField) -> None:
    if field.data is not None and day.data is None and not day.errors:
        raise ValidationError("Écrivez aussi le jour.")
