"""An entry page as its template sees it: inputs, messages, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from surveyapp.core import budget as budgets
from surveyapp.core.bilan import (
    BilanForm,
    Fault,
    Field,
    Inputs,
    MissingField,
    Page,
    Section,
    missing,
    with_year,
)
from surveyapp.core.bilan.entry import row_count
from surveyapp.core.bilan.proposals import (
    AmountProposal,
    TickProposal,
    amount_proposals,
    tick_proposals,
)
from surveyapp.core.bilan.rows import Operation, row_name
from surveyapp.core.bilan.values import Values
from surveyapp.core.indicator import Indicator
from surveyapp.models import Action
from surveyapp.reports.bilan_form import bilan_form
from surveyapp.services.actions import (
    OBJECTIVES_PAGE,
    Difference,
    facts_of,
    page_inputs,
    values_of,
)
from surveyapp.services.actions.records import indicator_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry page. ``inputs`` are shown as they were typed."""

    action: Action
    page: Page
    form: BilanForm
    values: Values
    inputs: Inputs
    revision: int
    gaps: frozenset[str]
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: Sequence[Difference] = ()
    confirm: Operation | None = None

    # -- inputs ---------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """What stands in an input, exactly as it was typed."""
        texts = self.inputs.get(name, ())
        return texts[0] if texts else ""

    def ticked(self, name: str, value: str) -> bool:
        return value in self.inputs.get(name, ())

    def rows(self, table: str) -> range:
        return range(row_count(self.inputs, table))

    def confirms(self, table: str, index: int) -> bool:
        """Whether the page asks if this row may go."""
        ask = self.confirm
        return ask is not None and (ask.table, ask.index) == (table, index)

    def row_name(self, table: str, index: int) -> str:
        return row_name(self.inputs, table, index)

    # -- what is around -------------------------------------------------------------------

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.form.page_sections(self.page.name)

    def label(self, text: str) -> str:
        """A label with its year."""
        return with_year(text, self.values.year)

    def optional(self, field: Field) -> bool:
        return not field.required and field.required_when is None

    @property
    def number(self) -> int:
        return self.form.pages.index(self.page) + 1

    @property
    def previous(self) -> Page | None:
        return self.form.pages[self.number - 2] if self.number > 1 else None

    @property
    def next(self) -> Page | None:
        return self.form.pages[self.number] if self.number < len(self.form.pages) else None

    # -- what the data tell ---------------------------------------------------------------

    def tick_proposals(self) -> list[TickProposal]:
        """Boxes of this page that the data support."""
        names = {f.name for f in self.form.page_fields(self.page.name)}
        found = tick_proposals(self.form, self.values, facts_of(self.action))
        return [proposal for proposal in found if proposal.field in names]

    def option_label(self, proposal: TickProposal) -> str:
        option = self.form.field(proposal.field).option(proposal.option)
        return option.label if option else proposal.option

    def amount_proposals(self) -> list[AmountProposal]:
        return amount_proposals(self.form, self.values) if self.page.name == "budget" else []

    def budget_rows(self, side: budgets.Side) -> tuple[budgets.Row, ...]:
        return budgets.rows(side, self.values.budget)

    def line(self, key: str) -> budgets.Line | None:
        return next((line for line in self.form.chart.lines() if line.key == key), None)

    def budget_warnings(self) -> tuple[str, ...]:
        return budgets.checks(self.form.chart, self.values.budget, self.values.money("grant"))

    @property
    def has_sources(self) -> bool:
        """Whether some value of this page comes from a campaign."""
        rows = (row for objective in self.action.objectives for row in objective.indicators)
        return self.page.name == OBJECTIVES_PAGE and any(row.source for row in rows)

    def indicator(self, path: str) -> Indicator | None:
        """The saved indicator of a row: its target and its computed value."""
        key = self.text(f"{path}-id")
        for objective in self.action.objectives:
            for row in objective.indicators:
                if str(row.id) == key:
                    return indicator_of(row)
        return None


def shown(action: Action, page: Page) -> Shown:
    """The page with what is saved."""
    form, values = bilan_form(), values_of(action)
    return Shown(
        action=action,
        page=page,
        form=form,
        values=values,
        inputs=page_inputs(action, page.name),
        revision=action.revision,
        gaps=frozenset(gap.path for gap in missing(form, values) if gap.page == page.name),
    )


def with_typed(saved: Shown, inputs: Inputs, faults: Sequence[Fault] = ()) -> Shown:
    """The page with what was typed instead, and what is wrong with it."""
    errors: dict[str, str] = {}
    for fault in faults:
        errors.setdefault(fault.name, fault.message)
    return replace(saved, inputs=inputs, errors=errors, gaps=frozenset())


@dataclass(frozen=True, slots=True)
class PageState:
    """A line of the overview: a page and how much is missing on it."""

    page: Page
    gaps: tuple[MissingField, ...]


def page_states(action: Action) -> list[PageState]:
    """Every page of the entry form with what is missing on it."""
    form = bilan_form()
    gaps = missing(form, values_of(action))
    return [
        PageState(page, tuple(gap for gap in gaps if gap.page == page.name)) for page in form.pages
    ]
