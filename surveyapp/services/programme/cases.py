"""The dossiers that figures are counted from, and how their choices are called."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from surveyapp.core.definition import OTHER, FormDefinition
from surveyapp.core.programme import Case, Cases, IndicatorSpec, Way
from surveyapp.models import Dossier, Person
from surveyapp.models.base import db
from surveyapp.services.dossiers.journeys import in_service, journey_of, latest
from surveyapp.services.dossiers.reading import views
from surveyapp.services.publish import definition_of
from surveyapp.store.campaigns import form_by_name, latest_version

#: Said of those whose card is gone.
NOBODY = "Sans nom"
_OTHER = "Autre"
#: Dossiers that are asked for at once.
_AT_ONCE = 1000


def load_cases(*journeys: str) -> Cases:
    """The dossiers of these journeys, of all without any."""
    condition = Dossier.journey_name.in_(journeys) if journeys else sa.true()
    rows = db.session.execute(
        sa.select(Dossier.id, Dossier.journey_name, Dossier.ambassador_id)
        .where(condition)
        .order_by(Dossier.sort_key, Dossier.id)
    ).all()
    found: defaultdict[str, list[Case]] = defaultdict(list)
    names = _ambassadors()
    for start in range(0, len(rows), _AT_ONCE):
        chunk = rows[start : start + _AT_ONCE]
        dossiers = views(db.session, [row.id for row in chunk])
        for row in chunk:
            if (dossier := dossiers.get(row.id)) is not None:
                chosen = names.get(row.ambassador_id or 0)
                name = chosen or str(dossier.facts.get("ambassadeur_choisi") or "")
                found[row.journey_name].append(Case(dossier, name or NOBODY))
    return dict(found)


def _ambassadors() -> dict[int, str]:
    chosen = sa.select(Dossier.ambassador_id).distinct()
    rows = db.session.execute(
        sa.select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(chosen))
    )
    return {key: f"{first} {last}".strip() for key, first, last in rows}


def labels_of(spec: IndicatorSpec) -> dict[str, str]:
    """How the names of an indicator's lines are called."""
    if spec.way is Way.KEPT:
        return {use.name: use.title for use in in_service()}
    labels = {OTHER: _OTHER}
    for path in reversed(spec.answers):
        form = form_of(path.journey, path.task)
        question = (
            form.question("activite" if spec.way is Way.MINUTES else path.question)
            if (form)
            else None
        )
        labels |= {choice.name: choice.label for choice in question.choices} if question else {}
    return labels


def form_of(journey: str, task: str) -> FormDefinition | None:
    """The questionnaire of a task, as last published; None while the journey is not in service."""
    version = latest(journey)
    found = journey_of(version).task(task) if version else None
    form = form_by_name(found.form) if found else None
    published = latest_version(form.id) if form else None
    return definition_of(published) if published else None


def fact_labels(journey: str, fact: str) -> dict[str, str]:
    """How the choices of a fact are called."""
    version = latest(journey)
    facts = journey_of(version).facts if version else ()
    return {name: label for one in facts if one.name == fact for name, label in one.choices}
