"""The page of an indicator's target and source: what was typed, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from surveyapp.core import french
from surveyapp.core.bilan import Inputs
from surveyapp.core.bilan.entry import number_input, one
from surveyapp.core.definition import FormDefinition, Question
from surveyapp.core.indicator import Comparison, Target
from surveyapp.core.programme import IndicatorSpec, PeriodError, read_period
from surveyapp.models import Campaign, Indicator
from surveyapp.services.actions import ProgrammeSource, Source, read_source
from surveyapp.services.actions.records import read_target
from surveyapp.services.measure import Measure, MeasureKind, measurable
from surveyapp.services.programme.targets import specs, states
from surveyapp.services.publish import definition_of
from surveyapp.store.campaigns import campaign_by_slug

#: How each measure is offered, under the label of its question.
KIND_LABELS = {
    MeasureKind.MEAN: "Moyenne",
    MeasureKind.SHARE: "Part de certaines réponses",
    MeasureKind.AT_LEAST: "Part des réponses à partir d’une valeur",
    MeasureKind.COUNT: "Nombre de réponses à cette question",
}
#: The measure that looks at no question.
WHOLE = f":{MeasureKind.COUNT}"
#: Before the code of an indicator of the programme, where a campaign is chosen.
PROGRAMME = "dispositif:"
_UNIT = 30


@dataclass(slots=True)
class SourceForm:
    """What was typed, and the campaign that it speaks of. ``errors`` by name of input.

    ``revision`` is that of the action when the page was first shown.
    """

    inputs: Inputs
    revision: int
    campaign: Campaign | None = None
    programme: IndicatorSpec | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        slug = one(self.inputs, "campaign")
        if slug.startswith(PROGRAMME):
            self.programme = next((s for s in specs() if PROGRAMME + s.code == slug), None)
            if self.programme is None:
                self.fault("campaign", "Cet indicateur n’existe plus : choisissez-en un autre.")
            return
        self.campaign = campaign_by_slug(slug) if slug else None
        if slug and self.campaign is None:
            self.fault("campaign", "Cette collecte n’existe plus : choisissez-en une autre.")

    def text(self, name: str) -> str:
        texts = self.inputs.get(name, ())
        return texts[0] if texts else ""

    def ticked(self, name: str, value: str) -> bool:
        return value in self.inputs.get(name, ())

    def aim(self) -> Target | None:
        """What the chosen indicator of the programme aims at, while no target is typed."""
        if self.programme is None or one(self.inputs, "commitment"):
            return None
        try:
            day = french.parse_date(one(self.inputs, "au"))
        except ValueError:
            day = date.max
        state = states(day)[self.programme.code]
        return None if state.abandoned else state.target

    def take(self, target: Target) -> None:
        """Put a target into the fields."""
        self.inputs = {**self.inputs, **target_inputs(target)}

    def fault(self, name: str, message: str) -> None:
        self.errors.setdefault(name, french.typeset(message))

    # -- what is offered ------------------------------------------------------------------

    @property
    def definition(self) -> FormDefinition | None:
        return definition_of(self.campaign.version) if self.campaign else None

    def offers(self) -> Iterator[tuple[Question, list[tuple[str, str]]]]:
        """Questions of the campaign with the measures that make sense for them."""
        for question in self.definition.questions() if self.definition else ():
            kinds = [kind for kind in KIND_LABELS if kind in measurable(question)]
            if kinds:
                yield question, [(f"{question.name}:{k}", KIND_LABELS[k]) for k in kinds]

    @property
    def chosen(self) -> tuple[Question | None, MeasureKind | None]:
        """The question and the measure that were chosen, if they belong together."""
        text = one(self.inputs, "measure")
        if text == WHOLE:
            return None, MeasureKind.COUNT
        name, _, kind = text.partition(":")
        question = self.definition.question(name) if self.definition and name else None
        kinds = {k.value: k for k in measurable(question)} if question else {}
        return (question, kinds[kind]) if kind in kinds else (None, None)

    # -- what it means --------------------------------------------------------------------

    def target(self) -> Target | None:
        """The target as typed; faults are noted."""
        commitment = self._number("commitment")
        ambition = self._number("ambition")
        unit = one(self.inputs, "unit")
        if len(unit) > _UNIT:
            self.fault("unit", f"L’unité compte au plus {_UNIT} caractères.")
        if commitment is None:
            if ambition is not None:
                self.fault("commitment", "Donnez aussi la valeur sur laquelle vous vous engagez.")
            return None
        names = {c.value: c for c in Comparison}
        comparison = names.get(one(self.inputs, "comparison"), Comparison.AT_LEAST)
        return Target(comparison, commitment, unit, ambition)

    def _number(self, name: str) -> float | None:
        text = one(self.inputs, name)
        if not text:
            return None
        try:
            return french.parse_number(text)
        except ValueError as error:
            self.fault(name, str(error))
            return None

    def source(self) -> Source | ProgrammeSource | None:
        """The source as chosen; faults are noted."""
        if self.programme is not None:
            return self._of_programme(self.programme)
        if self.campaign is None:
            return None
        question, kind = self.chosen
        if kind is None:
            self.fault("measure", "Choisissez ce qui est mesuré.")
            return None
        choices: tuple[str, ...] = ()
        threshold = None
        if question and kind is MeasureKind.SHARE:
            ticked = self.inputs.get("choices", ())
            choices = tuple(c.name for c in question.choices if c.name in ticked)
            if not choices:
                self.fault("choices", "Cochez la ou les réponses à compter.")
        if kind is MeasureKind.AT_LEAST:
            threshold = self._number("threshold")
            if threshold is None:
                self.fault("threshold", "Donnez la valeur à partir de laquelle compter.")
        name = question.name if question else ""
        return Source(self.campaign.id, Measure(kind, name, choices, threshold))

    def _of_programme(self, spec: IndicatorSpec) -> ProgrammeSource | None:
        first, last = one(self.inputs, "du"), one(self.inputs, "au")
        if not (first and last):
            self.fault("du", "Donnez le premier et le dernier jour à compter.")
            return None
        try:
            period = read_period(year="", first=first, last=last, today=date.min)
        except PeriodError as error:
            self.fault("du", str(error))
            return None
        return ProgrammeSource(spec.code, period.first, period.last)


def target_inputs(target: Target) -> dict[str, list[str]]:
    """Inputs that show a target."""
    inputs = {
        "comparison": [target.comparison.value],
        "commitment": [number_input(target.commitment)],
        "unit": [target.unit],
    }
    if target.ambition is not None:
        inputs["ambition"] = [number_input(target.ambition)]
    return inputs


def saved_inputs(row: Indicator, campaign: Campaign | None) -> dict[str, list[str]]:
    """Inputs that show what is stored with an indicator."""
    target, source = read_target(row.target), read_source(row.source)
    inputs = target_inputs(target) if target else {}
    if isinstance(source, ProgrammeSource):
        inputs["campaign"] = [PROGRAMME + source.code]
    inputs |= days_of(row)
    if isinstance(source, Source) and campaign:
        wanted = source.measure
        inputs["campaign"] = [campaign.slug]
        inputs["measure"] = [f"{wanted.question}:{wanted.kind}"]
        inputs["choices"] = list(wanted.choices)
        if wanted.threshold is not None:
            inputs["threshold"] = [number_input(wanted.threshold)]
    return inputs


def days_of(row: Indicator) -> dict[str, list[str]]:
    """The days that a figure of the programme is of: as stored, else those of the action."""
    source, action = read_source(row.source), row.objective.action
    days = (action.period_start, action.period_end)
    if isinstance(source, ProgrammeSource):
        days = (source.first, source.last)
    found = zip(("du", "au"), days, strict=True)
    return {name: [french.date_short(day)] for name, day in found if day}
