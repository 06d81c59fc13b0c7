"""Values laid into the form: :class:`BilanView`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveyapp.core import budget as budgets
from surveyapp.core import french
from surveyapp.core.bilan.document import (
    BilanView,
    BoxView,
    BudgetRowView,
    BudgetSideView,
    BudgetView,
    ColumnView,
    FieldView,
    FollowView,
    LineView,
    ObjectiveView,
    Printed,
    SectionView,
    SheetView,
)
from surveyapp.core.bilan.form import (
    BilanForm,
    Column,
    ColumnKind,
    Field,
    FieldKind,
    Option,
    Section,
    with_year,
)
from surveyapp.core.bilan.missing import TODO, missing
from surveyapp.core.bilan.values import Cell, Row, Values


def bilan_view(form: BilanForm, values: Values) -> BilanView:
    """Lay the values into the form."""
    gaps = missing(form, values)
    maker = _Maker(form, values, frozenset(item.path for item in gaps))
    sheets = tuple(
        SheetView(s.name, s.heading, s.title, tuple(maker.section(x) for x in s.sections))
        for s in form.sheets
    )
    return BilanView(
        form=f"{form.name} {form.version}",
        supertitle=form.supertitle,
        title=form.title,
        year="" if values.year is None else str(values.year),
        structure=values.text("structure"),
        action=values.text("title"),
        sheets=sheets,
        missing=tuple(item.label for item in gaps),
    )


def field_view(form: BilanForm, values: Values, field: Field) -> FieldView:
    """One field alone, without looking for what is missing."""
    return _Maker(form, values, frozenset()).field(field)


def in_words(view: FieldView) -> str:
    """What a field holds, in one text: to show it beside what somebody else typed."""
    boxes = [
        box.label + (f"{french.NBSP}: {box.text.text}" if box.text.text else "")
        for box in view.boxes
        if box.ticked
    ]
    rows = [" | ".join(cell.text for cell in row) for row in view.rows]
    budget = [] if view.budget is None else _amounts_in_words(view.budget)
    follow = view.follow.text.text if view.follow else ""
    parts = (view.text.text, ", ".join(boxes), follow, *rows, *budget)
    return "\n".join(part for part in parts if part.strip(" |"))


def _amounts_in_words(budget: BudgetView) -> list[str]:
    return [
        f"{row.code} {row.label}{french.NBSP}: {row.planned or '–'} / {row.actual or '–'}".strip()
        for side in budget.sides
        for row in side.rows
        if row.planned or row.actual
    ]


@dataclass(frozen=True, slots=True)
class _Maker:
    form: BilanForm
    values: Values
    gaps: frozenset[str]

    def section(self, section: Section) -> SectionView:
        printed = tuple(self.whole(f) for f in section.fields if f.printed)
        title = self.label(section.title)
        return SectionView(section.name, section.number, title, section.layout, printed)

    def label(self, text: str) -> str:
        return with_year(text, self.values.year)

    def printed(self, path: str, text: str) -> Printed:
        return Printed(text, TODO if path in self.gaps else "")

    def whole(self, field: Field) -> FieldView:
        """A field as the bilan prints it: what may stay empty says that it is, on purpose."""
        view = self.field(field)
        if field.empty and view.text == Printed(""):
            return replace(view, text=Printed(field.empty))
        return view

    def field(self, field: Field) -> FieldView:
        follow = None
        if field.follow_up:
            text = self.values.reply(field.name).follow_up
            printed = self.printed(f"{field.name}-follow", text)
            follow = FollowView(field.follow_up.label, printed)
        return FieldView(
            name=field.name,
            kind=field.kind.value,
            label=self.label(field.label),
            note=field.note,
            heading=field.heading,
            layout=field.layout,
            text=self.text(field),
            boxes=self.boxes(field),
            follow=follow,
            columns=tuple(_column(c) for c in field.columns),
            rows=self.rows(field),
            legend=field.legend,
            objectives=self.objectives(field),
            budget=self.budget() if field.kind is FieldKind.BUDGET else None,
            signatories=field.signatories,
        )

    def text(self, field: Field) -> Printed:
        value = self.values.fields.get(field.name)
        if field.kind is FieldKind.PERIOD:
            todo = bool({f"{field.name}-start", f"{field.name}-end"} & self.gaps)
            return Printed(self.values.period(field.name).text, TODO if todo else "")
        if isinstance(value, str):
            return self.printed(field.name, value)
        if isinstance(value, int):
            return self.printed(field.name, french.money(value))
        return self.printed(field.name, "")

    def boxes(self, field: Field) -> tuple[BoxView, ...]:
        if field.kind is FieldKind.YESNO:
            answer = self.values.reply(field.name).answer
            return (
                BoxView("oui", "Oui", answer is True, 0, False, Printed("")),
                BoxView("non", "Non", answer is False, 0, False, Printed("")),
            )
        out = []
        for option in field.options:
            out.append(self.box(field, option, 0))
            out += [self.box(field, child, 1) for child in option.children]
        return tuple(out)

    def box(self, field: Field, option: Option, depth: int) -> BoxView:
        ticks = self.values.ticks(field.name)
        text = ticks.texts.get(option.name, "")
        return BoxView(
            name=option.name,
            label=self.label(option.label),
            ticked=option.name in ticks,
            depth=depth,
            precise=option.text,
            text=self.printed(f"{field.name}-text-{option.name}", text),
        )

    def rows(self, field: Field) -> tuple[tuple[Printed, ...], ...]:
        """The rows there are; else a few empty ones, the first saying what is missing."""
        if field.kind is not FieldKind.TABLE:
            return ()
        rows = self.values.rows(field.name)
        if rows:
            return tuple(self.row(field, index, row) for index, row in enumerate(rows))
        if field.layout == "lines":
            return ()
        empty = tuple(Printed("") for _ in field.columns)
        first = (self.printed(field.name, ""), *empty[1:])
        return (first, *(empty for _ in range(field.empty_rows - 1)))

    def row(self, field: Field, index: int, row: Row) -> tuple[Printed, ...]:
        return tuple(
            self.printed(f"{field.name}-{index}-{column.name}", _cell(column, row))
            for column in field.columns
        )

    def objectives(self, field: Field) -> tuple[ObjectiveView, ...]:
        """Objectives with their indicators of this table; all stand in both tables."""
        kind = field.indicator_kind
        if kind is None:
            return ()
        out = []
        for number, objective in enumerate(self.values.objectives):
            path = f"objectives-{number}"
            lines = tuple(
                LineView(
                    number=index + 1,
                    label=self.printed(f"{path}-{kind}-{index}-label", indicator.label),
                    expected=self.printed(
                        f"{path}-{kind}-{index}-expected", indicator.expected_text
                    ),
                    obtained=self.printed(
                        f"{path}-{kind}-{index}-typed",
                        "\n".join(filter(None, (indicator.obtained, indicator.comment))),
                    ),
                    provenance=indicator.computed.provenance if indicator.computed else "",
                )
                for index, indicator in enumerate(objective.of_kind(kind))
            )
            label = self.printed(f"{path}-label", objective.label)
            todo = self.printed(f"{path}-{kind}", "")
            out.append(ObjectiveView(number + 1, label, lines or (_no_line(todo),)))
        if out:
            return tuple(out)
        empty = Printed("")
        blank = ObjectiveView(1, self.printed("objectives", ""), (_no_line(empty),))
        return (blank, *(ObjectiveView(n, empty, (_no_line(empty),)) for n in (2, 3)))

    def budget(self) -> BudgetView:
        chart, budget = self.form.chart, self.values.budget
        grant = self.values.money("grant")
        share = budgets.grant_share(chart, budget, grant)
        amount = "…" if grant is None else french.money(grant).removesuffix(f"{french.NBSP}€")
        ratio = "…" if share is None else french.percent(share, 1)
        closing = (
            f"La subvention de {amount}{french.NBSP}€ représente "
            f"{ratio.removesuffix(f'{french.NBSP}%')}{french.NBSP}% du total des produits "
            f"(montant attribué ÷ total des produits × 100)."
        )
        return BudgetView(
            note=chart.note,
            todo=TODO if "budget" in self.gaps else "",
            sides=tuple(
                BudgetSideView(
                    side.title, tuple(self.budget_row(row) for row in budgets.rows(side, budget))
                )
                for side in chart.sides
            ),
            closing=closing,
        )

    def budget_row(self, row: budgets.Row) -> BudgetRowView:
        amounts = row.amounts
        detail = f" ({amounts.detail})" if amounts.detail else ""
        return BudgetRowView(
            level=row.level.value,
            code=row.code,
            label=row.label + detail,
            planned=_money(amounts.planned),
            actual=_money(amounts.actual),
            gap=_money(amounts.gap),
            ratio="" if amounts.ratio is None else french.percent(amounts.ratio),
        )


def _money(cents: int | None) -> str:
    return "" if cents is None else french.money(cents)


def _no_line(todo: Printed) -> LineView:
    empty = Printed("")
    return LineView(0, todo, empty, empty, "")


def _column(column: Column) -> ColumnView:
    numeric = column.kind in (ColumnKind.NUMBER, ColumnKind.MONEY)
    return ColumnView(column.label, column.width, numeric)


def _cell(column: Column, row: Row) -> str:
    cell: Cell | None = row.cells.get(column.name)
    if cell is None:
        return ""
    if column.kind in (ColumnKind.CHOICE, ColumnKind.CHOICES):
        names = row.choices(column.name)
        labels = [option.label for option in column.options if option.name in names]
        return " & ".join(labels) if all(len(x) == 1 for x in labels) else ", ".join(labels)
    if isinstance(cell, str):
        return cell
    if column.kind is ColumnKind.MONEY:
        return french.money(int(row.number(column.name) or 0))
    return french.number(row.number(column.name) or 0.0)
