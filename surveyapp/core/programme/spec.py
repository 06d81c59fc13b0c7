"""What an indicator of the programme is: data, read once into frozen dataclasses.

``reports/programme/indicators.yaml`` says what is counted, in words and in names of journeys;
a new indicator is one entry there. The target of each can then be changed by the CPTS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as File
from typing import TypeAlias

from surveyapp.core.french import typeset
from surveyapp.core.indicator import Comparison
from surveyapp.core.issues import DefinitionError
from surveyapp.core.journey.dossier import Dossier
from surveyapp.core.reading import Fields, Node, Report, parse_yaml


class Way(StrEnum):
    """How the figure is counted."""

    MARKS = "marks"  # dossiers in which ``mark`` happened for the first time
    WON = "won"  # of these, the share that ended well
    STAGE = "stage"  # dossiers that were in ``stage`` at the end of the period
    KEPT = "kept"  # share of the deadlines ``deadline`` that were met in time
    CHOICES = "choices"  # who chose what, in the questions ``answers``
    MINUTES = "minutes"  # hours of the forms ``mark`` that ``approved`` accepts, ``refused`` not
    OPENED = "opened"  # dossiers that began
    SURVEY = "survey"  # mean of ``question`` in the campaigns of ``form``


#: Those whose lines are the figure: who chose what.
CHOSEN = frozenset({Way.CHOICES, Way.OPENED})


@dataclass(frozen=True, slots=True)
class Path:
    """A question of a form of a journey: ``accompagnement.fiche.besoins``."""

    journey: str
    task: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSpec:
    """One indicator as it ships. ``comparison`` is None when it only informs.

    ``how`` says in French what is counted, ``source`` where the target comes from. ``k``: under
    so many nothing is shown (0: no limit); ``cells`` the same for each choice, outside the
    coordination. ``day`` is a question with the date of the fact.
    """

    code: str
    label: str
    unit: str
    how: str
    source: str
    way: Way
    journeys: tuple[str, ...] = ()
    mark: str = ""
    stage: str = ""
    deadline: str = ""
    day: str = ""
    answers: tuple[Path, ...] = ()
    approved: str = ""
    refused: str = ""
    form: str = ""
    question: str = ""
    k: int = 0
    cells: int = 0
    comparison: Comparison | None = None
    commitment: float | None = None
    ambition: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A dossier and the name of the ambassador who accompanies the person."""

    dossier: Dossier
    ambassador: str = ""


#: The dossiers of the programme, by name of journey.
Cases: TypeAlias = Mapping[str, Sequence[Case]]


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a figure: of an ambassador, of a choice. ``n`` is what ``value`` rests on.

    ``few``: how many it may not say; then neither ``value`` nor ``n`` say anything. It is
    « fewer than so many », or 0 when it only protects another line.
    """

    name: str
    value: float | None
    n: int
    few: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """What was counted. ``value`` is in the unit of the indicator (shares in points of %).

    None when there is nothing to count (``n`` is 0) or when it is ``withheld`` (``n`` is less
    than k, and not to be shown either). ``counted`` is what a share counts, out of ``n``;
    ``chosen`` who chose what, which the small-cell rule looks at and nobody is shown.
    """

    value: float | None
    n: int
    counted: int | None = None
    lines: tuple[Line, ...] = ()
    withheld: bool = False
    chosen: tuple[frozenset[str], ...] = ()


def load_indicators(path: File) -> tuple[IndicatorSpec, ...]:
    """The indicators of a file, in its order.

    :raises DefinitionError: with every fault.
    """
    report = Report(path.name)
    node = parse_yaml(path.read_text(encoding="utf-8"), report)
    found = tuple(_indicators(node, report)) if node is not None else ()
    if report.issues:
        raise DefinitionError(report.issues)
    return found


def _indicators(node: Node, report: Report) -> list[IndicatorSpec]:
    top = Fields(node, report, "le fichier des indicateurs")
    children = top.sequence("indicators")
    top.finish()
    found = [_indicator(Fields(child, report, "un indicateur")) for child in children]
    codes = [spec.code for spec in found]
    for child, spec in zip(children, found, strict=True):
        if codes.count(spec.code) > 1:
            report.error(child.line, "twice", f"le code « {spec.code} » sert deux fois")
    return found


def _indicator(fields: Fields) -> IndicatorSpec:
    commitment = _number(fields, "commitment")
    spec = IndicatorSpec(
        code=fields.needed("code"),
        label=typeset(fields.needed("label")),
        unit=fields.text("unit"),
        how=typeset(fields.needed("how")),
        source=typeset(fields.text("source")),
        way=fields.member("way", Way, Way.MARKS),
        journeys=fields.words("journeys"),
        mark=fields.text("mark"),
        stage=fields.text("stage"),
        deadline=fields.text("deadline"),
        day=fields.text("day"),
        answers=_paths(fields),
        approved=fields.text("approved"),
        refused=fields.text("refused"),
        form=fields.text("form"),
        question=fields.text("question"),
        k=fields.whole("k", 0),
        cells=fields.whole("cells", 0),
        comparison=None if commitment is None else _comparison(fields),
        commitment=commitment,
        ambition=_number(fields, "ambition"),
    )
    fields.get("comparison")
    fields.finish()
    return spec


def _comparison(fields: Fields) -> Comparison:
    return fields.member("comparison", Comparison, Comparison.AT_LEAST)


def _number(fields: Fields, key: str) -> float | None:
    text = fields.text(key)
    try:
        return float(text) if text else None
    except ValueError:
        fields.error(key, "number", f"« {key} » attend un nombre, pas « {text} »")
        return None


def _paths(fields: Fields) -> tuple[Path, ...]:
    found = []
    for word in fields.words("answers"):
        parts = word.split(".")
        if len(parts) == 3:
            found.append(Path(*parts))
        else:
            fields.error("answers", "path", f"« {word} » s’écrit parcours.formulaire.question")
    return tuple(found)
