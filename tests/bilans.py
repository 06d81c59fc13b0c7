"""Bilans for tests: a complete fictional year, and any bilan at all."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from surveyapp.core.bilan import (
    BilanForm,
    Cell,
    Column,
    ColumnKind,
    Field,
    FieldKind,
    Period,
    Reply,
    Row,
    Ticks,
    Value,
    Values,
    When,
)
from surveyapp.core.bilan.values import clean_text
from surveyapp.core.budget import Amounts, Budget
from surveyapp.core.french import month
from surveyapp.core.indicator import (
    Comparison,
    Computed,
    Indicator,
    IndicatorKind,
    Objective,
    Target,
)

# -- a complete year ----------------------------------------------------------------------


def complete(form: BilanForm) -> Values:
    """The year 2025 of the CPTS des Exemples: nothing is missing, nothing is real."""
    fields: dict[str, Value] = {}
    for field in form.fields():
        value = _known(field)
        if value is not None:
            fields[field.name] = value
    fields |= {
        "structure": "CPTS des Exemples",
        "address": "1 place du Modèle\n97400 Saint-Exemple",
        "email": "contact@exemple.example",
        "referent": "Camille Exemple",
        "phone": "02 62 00 00 00",
        "title": "Accueillir les nouveaux installés",
        "period": Period(date(2025, 1, 1), date(2025, 12, 31)),
        "grant": 45_000_00,
        "convention": "FIR-2025-001",
        "conduct": Ticks(("self",)),
        "self_date": month(date(2026, 2, 1)),
        "progress": Ticks(("partial", "modified")),
        "materials": Ticks(("multimedia", "papier")),
        "calendar": (
            Row({"step": "Former", "planned": "mars", "actual": "avril", "comment": "un report"}),
            Row({"step": "Accompagner", "planned": "d’avril à juin", "actual": "toute l’année"}),
        ),
        "grant_details": (
            Row({"purpose": "Coordination", "amount": 40_000_00}),
            Row({"purpose": "Formation", "amount": 5_000_00}),
        ),
        "partners": (
            Row({"name": "Mairie", "type": "public", "roles": ("facilitateur", "operateur")}),
            Row({"name": "Clinique", "type": "prive", "roles": ("operateur",)}),
        ),
        "team": (
            _member("Coordinatrice", 1.0, 1610.0, ("s",)),
            _member("Ambassadeurs", 4.0, 82.5, ("m", "b")),
            _member("Graphiste", 1.0, 12.0, ("p",)),
        ),
        "conform": Reply(False, "Deux réunions de moins."),
        "seconded_by": "Hôpital de l’Exemple",
        "seconded_type": Ticks(("etablissement",)),
        "volunteer_rate": 15_00,
    }
    return Values(fields, _objectives(), _budget())


def _member(role: str, count: float, hours: float, status: tuple[str, ...]) -> Row:
    cells: dict[str, Cell] = {"role": role, "count": count, "hours": hours, "status": status}
    return Row({**cells, "steps": "toutes"})


def _known(field: Field) -> Value | None:
    """Something plausible for every field that the year does not say otherwise."""
    match field.kind:
        case FieldKind.OPTIONS:
            option = field.options[-1]
            texts = {option.name: f"Texte de {field.name}"} if option.text else {}
            return Ticks((option.name,), texts)
        case FieldKind.YESNO:
            said = field.follow_up and field.follow_up.when is not When.NO
            return Reply(True, f"Suite de {field.name}" if said else "")
        case FieldKind.TABLE:
            cells = {c.name: f"{c.label} de {field.name}" for c in field.columns}
            return (Row(cells),)
        case FieldKind.TEXT | FieldKind.MULTILINE:
            return f"Réponse à {field.name}"
    return None


def _objectives() -> tuple[Objective, ...]:
    process, result = IndicatorKind.PROCESS, IndicatorKind.RESULT
    satisfaction = Computed(
        text="4,3/5 (12 réponses)",
        value=4.3,
        n=12,
        campaign="Satisfaction 2025",
        what="note moyenne",
        filter="",
        computed_on=date(2026, 1, 15),
    )
    return (
        Objective(
            "Accueillir",
            (
                Indicator(process, "Kit remis", "à tous", typed="8/8"),
                Indicator(process, "Délai d’appel", "sous 10 jours", typed="6 jours"),
                Indicator(
                    result,
                    "Satisfaction",
                    target=Target(Comparison.OVER, 4.0, "/5", ambition=4.5),
                    computed=satisfaction,
                ),
            ),
        ),
        Objective(
            "Fidéliser",
            (
                Indicator(process, "Réunions", "4", typed="5", comment="une de plus"),
                Indicator(result, "Installations", "6", typed="Non réalisé\u00a0: trop tôt"),
            ),
        ),
    )


def _budget() -> Budget:
    return Budget(
        {
            "60_services": Amounts(5_000_00, 4_250_50),
            "64_remunerations": Amounts(40_000_00, 41_000_00),
            "ind1": Amounts(None, 749_50),
            "74_ars": Amounts(45_000_00, 45_000_00),
            "74_communes": Amounts(None, 1_000_00, "Saint-Exemple"),
            "86_864": Amounts(1_000_00, 1_237_50),
            "87_870": Amounts(1_000_00, 1_237_50),
        }
    )


# -- any bilan ----------------------------------------------------------------------------

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cs",))
#: Texts as they are stored: cleaned, never empty.
texts = st.text(_CHARACTERS, min_size=1, max_size=40).map(clean_text).filter(bool)
cents = st.integers(-(10**11), 10**11)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
numbers = st.integers(0, 10**6).map(float) | st.integers(0, 10**6).map(lambda n: n / 4)


def any_values(form: BilanForm) -> st.SearchStrategy[Values]:
    """Bilans with any fields filled, in any way that the entry pages accept."""
    fields = {f.name: s for f in form.fields() if (s := _any_value(f)) is not None}
    return st.builds(
        Values,
        st.fixed_dictionaries({}, optional=fields),
        st.lists(_any_objective(), max_size=3).map(tuple),
        _any_budget(form),
    )


def _any_value(field: Field) -> st.SearchStrategy[Value] | None:
    match field.kind:
        case FieldKind.OPTIONS:
            return _any_ticks(field)
        case FieldKind.YESNO:
            follow = texts | st.just("") if field.follow_up else st.just("")
            replies = st.builds(Reply, st.sampled_from([True, False, None]), follow)
            return replies.filter(lambda r: r.answer is not None or r.follow_up != "")
        case FieldKind.TABLE:
            return st.lists(_any_row(field), min_size=1, max_size=4).map(tuple)
        case FieldKind.PERIOD:
            return st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))
        case FieldKind.MONEY:
            return cents
        case FieldKind.MONTH:
            return days.map(month)
        case FieldKind.EMAIL:
            return st.sampled_from(["contact@exemple.example", "né@santé.example"])
        case FieldKind.TEXT | FieldKind.MULTILINE | FieldKind.TEL:
            return texts
    return None


def _any_ticks(field: Field) -> st.SearchStrategy[Ticks]:
    options = [option for option in field.all_options() if not option.exclusive]
    most = None if field.multiple else 1

    def ticks(names: set[str], text: str) -> Ticks:
        for name in list(names):
            if parent := field.parent_of(name):
                names.add(parent.name)
        kept = tuple(o.name for o in field.all_options() if o.name in names)
        return Ticks(kept, {o.name: text for o in options if o.text and o.name in names})

    chosen = st.sets(st.sampled_from([o.name for o in options]), min_size=1, max_size=most)
    return st.builds(ticks, chosen, texts)


def _any_row(field: Field) -> st.SearchStrategy[Row]:
    cells = {column.name: _any_cell(column) for column in field.columns}
    return st.fixed_dictionaries({}, optional=cells).filter(bool).map(Row)


def _any_cell(column: Column) -> st.SearchStrategy[Cell]:
    names = [option.name for option in column.options]
    match column.kind:
        case ColumnKind.CHOICES:
            chosen = st.sets(st.sampled_from(names), min_size=1)
            return chosen.map(lambda found: tuple(n for n in names if n in found))
        case ColumnKind.CHOICE:
            return st.sampled_from(names)
        case ColumnKind.MONEY:
            return cents
        case ColumnKind.NUMBER:
            return numbers
    return texts


def _any_objective() -> st.SearchStrategy[Objective]:
    maybe = texts | st.just("")
    indicator = st.builds(
        Indicator,
        kind=st.sampled_from(IndicatorKind),
        label=texts,
        expected=maybe,
        target=st.none(),
        computed=st.none(),
        typed=maybe,
        comment=maybe,
    )
    return st.builds(Objective, texts, st.lists(indicator, max_size=4).map(tuple))


def _any_budget(form: BilanForm) -> st.SearchStrategy[Budget]:
    keys = [line.key for line in form.chart.lines()]
    precise = {line.key for line in form.chart.lines() if line.precise}
    amounts = st.builds(Amounts, st.none() | cents, st.none() | cents).filter(lambda a: not a.empty)

    def detailed(lines: dict[str, Amounts], text: str) -> Budget:
        return Budget(
            {
                key: Amounts(a.planned, a.actual, text) if key in precise else a
                for key, a in lines.items()
            }
        )

    lines = st.dictionaries(st.sampled_from(keys), amounts, max_size=6)
    return st.builds(detailed, lines, texts)
