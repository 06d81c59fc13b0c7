"""Fields and forms of the page of a dossier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    RadioField,
    SelectChoice,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from surveyapp.core.french import date_short, number, typeset
from surveyapp.core.journey.definition import Fact, FactKind
from surveyapp.services.dossiers.ambassadors import Candidate
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.dossiers.facts import read_fact
from surveyapp.services.dossiers.page.todo import ASSIGNED
from surveyapp.web.manage.inputs import DayField, TypedField

_LONGEST = 4000
_NO_DAY = "Donnez une date, par exemple 27/06/2026."


class DatedForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """What has a day."""

    on = DayField("Date", [InputRequired(_NO_DAY)], render_kw={"autocomplete": "off"})

    @property
    def day(self) -> date:
        """The day, once the form is valid."""
        found = self.on.data
        assert isinstance(found, date)
        return found

    def validate_on(self, field: DayField) -> None:
        if field.data is None:  # blanks
            raise ValidationError(_NO_DAY)


class StepForm(DatedForm):
    """A transition: its day, and why when the journey asks for it."""

    reason = TextAreaField("Motif", [Length(max=_LONGEST)], render_kw={"rows": 4})


class EventForm(DatedForm):
    """Something that happened, or that is planned."""

    on = DayField(
        "Date",
        [InputRequired(_NO_DAY)],
        description="Celle du fait. Une date à venir est notée comme prévue.",
        render_kw={"autocomplete": "off"},
    )
    reason = TextAreaField("Précision", [Length(max=_LONGEST)], render_kw={"rows": 3})


class CorrectionForm(DatedForm):
    """Another date for something that happened."""

    on = DayField("Nouvelle date", [InputRequired(_NO_DAY)], render_kw={"autocomplete": "off"})
    reason = TextAreaField(
        "Pourquoi cette correction",
        [InputRequired("Indiquez en quelques mots pourquoi vous corrigez."), Length(max=_LONGEST)],
        render_kw={"rows": 3},
    )


class WithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Something that never happened, or a dossier that goes away."""

    reason = TextAreaField(
        "Pourquoi",
        [InputRequired("Indiquez en quelques mots pourquoi."), Length(max=_LONGEST)],
        render_kw={"rows": 3},
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A few words."""

    text = TextAreaField(
        "Nouvelle note",
        [InputRequired("Écrivez d’abord la note."), Length(max=_LONGEST)],
        render_kw={"rows": 3},
    )
    shared = BooleanField("Visible aussi par les autres personnes qui suivent ce dossier")


class FactField(TypedField):
    """A fact that is typed, read as its journey says."""

    def __init__(self, fact: Fact, **options: Any) -> None:
        super().__init__(typeset(fact.label), **options)
        self.fact = fact

    def read(self, typed: str) -> Any:
        try:
            return read_fact(self.fact, typed)
        except DossierError as error:
            raise ValueError(str(error)) from error

    def write(self, value: Any) -> str:
        if self.fact.kind is FactKind.NUMBER and isinstance(value, int | float):
            return number(value)
        if self.fact.kind is FactKind.DATE:
            return date_short(date.fromisoformat(str(value)))
        return str(value)


def facts_form(facts: Sequence[Fact], values: dict[str, Any]) -> FlaskForm:
    """The form of the facts of a journey; those of the assignment are not in it."""
    fields = {fact.name: _fact_field(fact) for fact in facts if fact.kind not in ASSIGNED}
    form = type("FactsForm", (FlaskForm,), fields)
    return form(data={name: values.get(name) for name in fields})


def _fact_field(fact: Fact) -> Field:
    if fact.kind in (FactKind.YES_NO, FactKind.CHOICE):
        return SelectField(typeset(fact.label), choices=list(_choices(fact)), default="")
    hint = "Par exemple 27/06/2026." if fact.kind is FactKind.DATE else ""
    return FactField(fact, description=hint)


def _choices(fact: Fact) -> Iterator[SelectChoice]:
    yield SelectChoice("", "Non renseigné")
    known = (("oui", "Oui"), ("non", "Non")) if fact.kind is FactKind.YES_NO else fact.choices
    yield from (SelectChoice(name, typeset(label)) for name, label in known)


class AssignForm(FlaskForm):  # type: ignore[misc]
    """Who is in charge, and which ambassador accompanies the person."""

    owner = SelectField("Personne chargée du dossier", validate_choice=False)
    ambassador = RadioField("Ambassadeur ou ambassadrice", validate_choice=False)

    def offer(self, owners: Sequence[Any], found: Sequence[Candidate] | None) -> None:
        """What can be chosen; no ambassador at all when the journey has none."""
        names = [SelectChoice(str(user.id), user.name or user.email) for user in owners]
        self.owner.choices = [SelectChoice("", "Personne pour le moment"), *names]
        if found is None:
            del self.ambassador
            return
        people = [SelectChoice(str(one.person_id), one.name) for one in found]
        self.ambassador.choices = [SelectChoice("", "Personne pour le moment"), *people]

    def validate_owner(self, field: Field) -> None:
        _among(field)

    def validate_ambassador(self, field: Field) -> None:
        _among(field)


def _among(field: Field) -> None:
    """Refuse what was not offered, in French."""
    field.data = field.data or ""
    if field.data not in {choice.value for choice in field.choices}:
        raise ValidationError("Choisissez une des personnes proposées.")


__all__ = [
    "AssignForm",
    "CorrectionForm",
    "EventForm",
    "NoteForm",
    "StepForm",
    "WithdrawalForm",
    "facts_form",
]
