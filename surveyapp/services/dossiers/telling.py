"""A whole dossier for the person it is about: to read, to print, to take along (RGPD 15, 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from surveyapp.core.journey.columns import fact_texts
from surveyapp.core.readable import ReadSection, read
from surveyapp.models import DossierFile, DossierMark, DossierNote, FormVersion, Response
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession


@dataclass(frozen=True, slots=True)
class Filling:
    """A form of the dossier, in words."""

    label: str
    on: date
    sections: tuple[ReadSection, ...]
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a dossier holds: pairs of words, dated lines, notes, names of files, answers."""

    title: str
    journey: str
    reference: str
    stage: str
    opened_on: date
    facts: tuple[tuple[str, str], ...]
    history: tuple[tuple[date, str, str], ...]
    notes: tuple[tuple[datetime, str], ...]
    files: tuple[str, ...]
    fillings: tuple[Filling, ...]

    def to_json(self) -> dict[str, Any]:
        """For a machine to read: answers in words and as stored."""
        return {
            "parcours": self.journey,
            "référence": self.reference,
            "étape": self.stage,
            "ouvert le": self.opened_on.isoformat(),
            "données": dict(self.facts),
            "historique": [
                {"date": on.isoformat(), "quoi": label, "motif": reason}
                for on, label, reason in self.history
            ],
            "notes": [{"date": at.isoformat(), "texte": text} for at, text in self.notes],
            "documents": list(self.files),
            "formulaires": [_filling(filling) for filling in self.fillings],
        }


def _filling(filling: Filling) -> dict[str, Any]:
    lines = [
        {"page": section.label, "question": line.label, "réponse": list(line.values)}
        for section in filling.sections
        for block in section.blocks
        for line in block.lines
    ]
    return {
        "formulaire": filling.label,
        "date": filling.on.isoformat(),
        "réponses": lines,
        "telles quelles": filling.document,
    }


def told(session: AnySession, dossier_id: int) -> Told:
    """Everything that a dossier holds; :raises DossierGone: there is none."""
    found = opened(session, dossier_id)
    row, journey = found.row, found.journey
    notes = session.scalars(
        sa.select(DossierNote).where(DossierNote.dossier_id == row.id).order_by(DossierNote.at)
    )
    files = session.scalars(
        sa.select(DossierFile.label)
        .where(DossierFile.dossier_id == row.id)
        .order_by(DossierFile.at)
    )
    known = [
        (fact.label, " ".join(fact_texts(fact, row.facts.get(fact.name)))) for fact in journey.facts
    ]
    return Told(
        title=row.title,
        journey=journey.title,
        reference=row.reference,
        stage=found.dossier.stage.label,
        opened_on=row.opened_on,
        facts=tuple((label, text) for label, text in known if text),
        history=tuple((mark.on, journey.label(mark.name), mark.reason) for mark in found.marks),
        notes=tuple((note.at, note.text) for note in notes),
        files=tuple(files),
        fillings=_fillings(session, found),
    )


def _fillings(session: AnySession, found: Opened) -> tuple[Filling, ...]:
    rows = session.execute(
        sa.select(DossierMark, Response.document, FormVersion)
        .join(Response, Response.id == DossierMark.response_id)
        .join(FormVersion, FormVersion.id == Response.version_id)
        .where(DossierMark.dossier_id == found.row.id)
        .order_by(DossierMark.position)
    )
    return tuple(
        Filling(
            found.journey.label(mark.name),
            mark.on,
            read(definition_of(version), document),
            document,
        )
        for mark, document, version in rows
    )
