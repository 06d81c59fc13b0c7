"""What the data already tell, proposed to the coordinatrice, never decided for her."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveyapp.core import french
from surveyapp.core.bilan.form import BilanForm
from surveyapp.core.bilan.values import Ticks, Values
from surveyapp.core.budget import Amounts, Budget, Line


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known outside the bilan's own fields.

    ``campaigns``: collections that feed an indicator of the action; ``closed_campaigns``:
    those of them that are closed.
    """

    campaigns: int = 0
    closed_campaigns: int = 0


@dataclass(frozen=True, slots=True)
class TickProposal:
    """Tick ``option`` of ``field``, because of ``reason`` (French, shown beside)."""

    field: str
    option: str
    reason: str


@dataclass(frozen=True, slots=True)
class AmountProposal:
    """Write ``amount`` (cents) as the actual amount of a budget line."""

    line: Line
    amount: int
    reason: str


def tick_proposals(form: BilanForm, values: Values, facts: Facts) -> list[TickProposal]:
    """Ticks of §1.2 that the data support and that are not there yet."""
    names = {field.name for field in form.fields()}
    return [
        proposal
        for proposal in _ticks(values, facts)
        if proposal.field in names and proposal.option not in values.ticks(proposal.field)
    ]


def _ticks(values: Values, facts: Facts) -> Iterator[TickProposal]:
    if facts.closed_campaigns:
        count = french.plural(facts.closed_campaigns, "collecte close", "collectes closes")
        yield TickProposal("tools", "surveys", f"{count} alimente un indicateur de l’action")
    indicators = sum(len(objective.indicators) for objective in values.objectives)
    if indicators:
        count = french.plural(indicators, "indicateur suivi", "indicateurs suivis")
        yield TickProposal("tools", "dashboards", f"{count} dans cette action")
    if facts.campaigns:
        reason = "une collecte interroge les personnes concernées"
        yield TickProposal("people", "beneficiaries", reason)
        yield TickProposal("manner", "survey", reason)
    partners = len(values.rows("partners"))
    if partners:
        count = french.plural(partners, "partenaire saisi", "partenaires saisis")
        yield TickProposal("people", "partners", f"{count} en 2.7")


def amount_proposals(form: BilanForm, values: Values) -> list[AmountProposal]:
    """The grant on its line, the volunteers' time on both sides, where nothing is written."""
    out = []
    grant, line = values.money("grant"), form.chart.grant_line
    if grant is not None and line is not None:
        out.append(AmountProposal(line, grant, "montant de la subvention obtenue"))
    hours, rate = volunteer_hours(values), values.money("volunteer_rate")
    if hours and rate:
        reason = f"{french.number(hours)}{french.NBSP}h de bénévolat × {french.money(rate)}"
        out += [
            AmountProposal(line, round(hours * rate), reason)
            for line in form.chart.volunteering_lines
        ]
    return [proposal for proposal in out if values.budget[proposal.line.key].actual is None]


def volunteer_hours(values: Values) -> float:
    """Hours of the team's rows in which volunteers (B) stand."""
    rows = (row for row in values.rows("team") if "b" in row.choices("status"))
    return sum(row.number("hours") or 0.0 for row in rows)


def apply_ticks(values: Values, proposals: list[TickProposal]) -> Values:
    """Values with the proposed boxes ticked."""
    for proposal in proposals:
        ticks = values.ticks(proposal.field)
        if proposal.option not in ticks:
            ticks = Ticks((*ticks.names, proposal.option), ticks.texts)
            values = values.changed({proposal.field: ticks})
    return values


def apply_amounts(values: Values, proposals: list[AmountProposal]) -> Values:
    """Values with the proposed amounts written."""
    lines: dict[str, Amounts] = dict(values.budget.lines)
    for proposal in proposals:
        key = proposal.line.key
        lines[key] = replace(values.budget[key], actual=proposal.amount)
    return replace(values, budget=Budget(lines))
