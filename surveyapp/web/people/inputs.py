"""Fields and forms of the directory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_wtf import FlaskForm
from wtforms import FileField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from surveyapp.core.directory.card import CONTACT_LABELS, NAMES, Card
from surveyapp.core.directory.cells import FIELD_OF, LANGUAGES, shown
from surveyapp.core.directory.table import clean
from surveyapp.core.french import typeset
from surveyapp.services.people.professions import professions
from surveyapp.web.manage.inputs import TypedField


class CellField(TypedField):
    """A field of a card, read as an import reads its cell."""

    def read(self, typed: str) -> Any:
        text = clean(typed)
        try:
            return FIELD_OF[self.name].read(text, {}) if text else None
        except ValueError as error:
            raise ValueError(typeset(str(error))) from error

    def write(self, value: Any) -> str:
        return shown(self.name, value, {})


class PersonForm(FlaskForm):  # type: ignore[misc] # WTForms has no type hints
    """A card. What each cell accepts is told by ``core/directory/cells.py``."""

    last_name = CellField("Nom", [InputRequired("Écrivez le nom.")])
    first_name = CellField("Prénom")
    email = CellField("Adresse mail", render_kw={"type": "email"})
    phone = CellField("Téléphone", render_kw={"type": "tel"})
    contact_by = SelectField(
        "Préférence de contact",
        choices=[SelectChoice(code, label) for code, label in CONTACT_LABELS.items()],
    )
    profession = SelectField("Profession")
    rpps = CellField(
        "Numéro RPPS", description="Onze chiffres.", render_kw={"inputmode": "numeric"}
    )
    commune = CellField("Commune d’exercice")
    member_until = CellField(
        "Cotisation valable jusqu’au",
        description="Par exemple 31/12/2026, ou 2026 pour toute l’année. Laissez vide si cette "
        "personne n’a jamais cotisé.",
    )
    tags = CellField(
        "Étiquettes",
        description="Des mots à vous, séparés par des virgules : conseil d’administration, "
        "mission 6…",
    )
    languages = CellField(
        "Langues",
        description=f"Séparées par des virgules, parmi : {', '.join(LANGUAGES.values())}.",
    )

    def __init__(self, card: Card | None = None, **options: Any) -> None:
        values = {name: getattr(card, name) for name in NAMES} if card else {}
        super().__init__(data=values, **options)
        self.profession.choices = list(_professions(card.profession if card else ""))

    def card(self) -> Card:
        """The card as it was typed."""
        values = {name: self[name].data for name in NAMES if self[name].data}
        return Card(**values)


def _professions(current: str) -> Iterator[SelectChoice]:
    yield SelectChoice("", "Non précisée")
    labels = professions()
    if current and current not in labels:
        yield SelectChoice(current, current)
    yield from (SelectChoice(code, label) for code, label in labels.items())


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file of people."""

    file = FileField(
        "Fichier à importer",
        [InputRequired("Choisissez un fichier.")],
        description="Excel (.xlsx) ou CSV, 10 000 lignes et 2 Mo au plus. La première ligne "
        "porte les titres des colonnes.",
        render_kw={"accept": ".xlsx,.csv,.txt,.tsv"},
    )
