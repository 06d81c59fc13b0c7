"""The sheet of the interview starts from what the person wrote before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from surveyapp.core.definition import FormDefinition
from surveyapp.core.french import date_short
from surveyapp.core.journey.dossier import day_of
from surveyapp.core.readable import read_value
from surveyapp.models import Dossier, DossierMark, FormVersion, Response
from surveyapp.services.dossiers.stage_forms import PREFILL
from surveyapp.services.publish import definition_of
from surveyapp.services.transaction import AnySession

FORM = "entretien-installation"
#: The task whose answers it starts from.
SOURCE = "recueil"
#: Its texts, and the question whose answer in words each begins with.
_WORDS = {
    "motivations": "motivations",
    "equipe": "equipe_pluripro",
    "dynamiques": "dynamiques",
    "locaux": "locaux",
    "famille": "foyer",
    "logement": "logement",
    "conjoint": "emploi_conjoint",
    "loisirs": "loisirs",
}
#: Its choices that are those of the other form, as far as it knows them.
_SAME = {"horizon": "horizon", "exercice": "type_exercice", "statut": "statut_souhaite"}
_UNDECIDED = "ne_sait_pas"


def prefill(session: AnySession, row: Dossier) -> dict[str, Any]:
    """What the last answer to the first form says already."""
    found = session.execute(
        sa.select(Response.document, FormVersion)
        .join(DossierMark, DossierMark.response_id == Response.id)
        .join(FormVersion, FormVersion.id == Response.version_id)
        .where(
            DossierMark.dossier_id == row.id,
            DossierMark.name == SOURCE,
            DossierMark.withdrawn.is_(False),
        )
        .order_by(DossierMark.position.desc())
        .limit(1)
    ).first()
    if found is None:
        return {}
    said, form = found[0], definition_of(found[1])
    known: dict[str, Any] = {name: ", ".join(_read(form, q, said)) for name, q in _WORDS.items()}
    known |= {name: said.get(q) for name, q in _SAME.items() if said.get(q) != _UNDECIDED}
    known["disponibilites"] = ", ".join(_free(form, said))
    known["obligatoires"] = "\n".join(_criteria(form, said, "obligatoire"))
    known["souples"] = "\n".join(_criteria(form, said, "souple"))
    return {name: value for name, value in known.items() if value}


def _read(form: FormDefinition, name: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    question = form.question(name)
    return read_value(question, said) if question is not None else ()


def _free(form: FormDefinition, said: Mapping[str, Any]) -> Iterator[str]:
    """The days, the period, then what was added."""
    yield from _read(form, "jours_visite", said)
    for word, name in (("à partir du", "visite_du"), ("jusqu’au", "visite_au")):
        day = day_of(said.get(name))
        if day is not None:
            yield f"{word} {date_short(day)}"
    yield from _read(form, "disponibilites", said)


def _criteria(form: FormDefinition, said: Mapping[str, Any], weight: str) -> Iterator[str]:
    for section in form.sections:
        for question in section.questions():
            if question.name.startswith("c_") and said.get(question.name) == weight:
                yield question.label
    if weight == "obligatoire" and said.get("critere_autre"):
        yield str(said["critere_autre"])


PREFILL[FORM] = prefill
