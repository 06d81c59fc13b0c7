"""What the documents on the programme say: the review, the sheet of a meeting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from surveyapp import charts
from surveyapp.core import french
from surveyapp.core.colour import theme
from surveyapp.core.journey.calendar import Duration, add
from surveyapp.core.journey.definition import StageKind
from surveyapp.core.programme import Cases, Period, Way, figure
from surveyapp.core.programme.counting import stage_on
from surveyapp.core.summary import Cell, Row, Shape, Summary
from surveyapp.reports.programme import Chart, FigureRow, ProgrammePaper, Table
from surveyapp.services.dossiers.journeys import in_service, use_of
from surveyapp.services.programme.cases import NOBODY, labels_of, load_cases
from surveyapp.services.programme.meetings import Planned, period_before
from surveyapp.services.programme.results import Result, Verdict, results
from surveyapp.services.programme.targets import spec_of
from surveyapp.store import structure

#: The journey whose start is that of the programme.
PROGRAMME = "ambassadeur"
_REVIEW = Duration(months=3)
_DAY = timedelta(days=1)
#: Lines of a table on the sheet of a meeting, which holds on one page.
_SHORT = 6
#: Under so many, a count of difficulties is not said.
_FEW = 5
VERDICTS = {
    Verdict.REACHED: "Cible atteinte",
    Verdict.MISSED: "Cible non atteinte",
    Verdict.NOT_YET: "Pas encore atteinte",
    Verdict.NONE: "",
}
QUESTIONS = (
    "La charge des ambassadeurs est-elle bien répartie ? Faut-il en accueillir d’autres ?",
    "Le kit d’accueil, la trame d’entretien et la fiche de suivi conviennent-ils ? Qu’y changer ?",
    "Les cibles restent-elles les bonnes ? Un changement se note, daté et motivé.",
)


def first_months() -> Period | None:
    """The first three months of the programme; None before it began."""
    use = use_of(PROGRAMME) or next(iter(in_service()), None)
    if use is None:
        return None
    return Period(use.started_on, add(use.started_on, _REVIEW) - _DAY)


def review(period: Period, *, today: date, now: datetime) -> ProgrammePaper:
    """The review of a period: three months after the start, or any other."""
    found = results(period, today=today, now=now)
    cases = load_cases()
    begun = period == first_months()
    title = "Revue à 3 mois du dispositif" if begun else f"Revue du dispositif, {period.text}"
    lead = f"{_said(period, today)}. Chiffres au {french.date_long(today)}."
    return replace(
        _paper(title, lead, period, found, today),
        charts=tuple(_charts(found)),
        tables=(
            _standing(cases, period, today),
            *(_lines(one) for one in found if _undrawn(one)),
            *_spread(cases, period, today),
        ),
        questions=tuple(_questions(found, cases, period, today)),
        room=True,
    )


def sheet(meeting: Planned, *, today: date, now: datetime) -> ProgrammePaper:
    """The figures for a meeting, since the one before it."""
    period = period_before(meeting)
    found = results(period, today=today, now=now)
    tables = [_standing(load_cases(), period, today)]
    tables += [_lines(one, short=True) for one in found if one.parts and one.spec.way in _LISTED]
    lead = f"Réunion du {french.date_long(meeting.on)}. {_said(period, today)}."
    return replace(_paper(meeting.label, lead, period, found, today), tables=tuple(tables))


_LISTED = (Way.CHOICES, Way.OPENED)


def _said(period: Period, today: date) -> str:
    """« Période : année 2026, arrêtée au 3 mars 2026 »."""
    stopped = f", arrêtée au {french.date_long(today)}" if today < period.last else ""
    return f"Période{french.NBSP}: {period.text}{stopped}"


def _paper(
    title: str, lead: str, period: Period, found: Sequence[Result], today: date
) -> ProgrammePaper:
    here = structure()
    return ProgrammePaper(
        title=title,
        structure=here.name,
        produced=f"{here.name}, le {french.date_long(today)}",
        accent=theme(here.color).link,
        lead=lead,
        period=period.text,
        before=_before(period),
        rows=tuple(_row(one) for one in found if not one.state.abandoned),
        notes=tuple(_notes(found, period)),
    )


def _before(period: Period) -> str:
    """The head of the column of the period before."""
    year = period.previous.year
    return f"Année {year}" if year is not None else "Période d’avant"


def _row(one: Result) -> FigureRow:
    target = one.target
    return FigureRow(
        label=one.label,
        value=one.text or "–",
        base=one.base if one.text else _short_reason(one),
        target=target.text if target else "",
        verdict=VERDICTS[one.verdict],
        before=one.compared,
        provenance=one.provenance,
        good={Verdict.REACHED: True, Verdict.MISSED: False}.get(one.verdict),
    )


def _short_reason(one: Result) -> str:
    if not one.figure.withheld:
        return "rien à compter"
    return f"trop peu de {'réponses' if one.spec.way is Way.SURVEY else 'personnes'}"


def _notes(found: Sequence[Result], period: Period) -> Iterator[str]:
    yield (
        "Comptes tirés des dossiers. Une échéance compte une fois sa date venue. Besoins, origines "
        "et satisfaction sont montrés à partir de 5 personnes ; un choix de moins de 5 personnes "
        "ne dit pas combien elles sont, ni ce qui permettrait de le retrouver."
    )
    if period.year is None:
        yield "La cible des contacts vaut par année civile : elle n’est pas comparée ici."


def _standing(cases: Cases, period: Period, today: date) -> Table:
    """How many dossiers of each journey came in the period, run, ended well or not."""
    rows = []
    for use in in_service():
        dossiers = [case.dossier for case in cases.get(use.name, ())]
        came = sum(d.marks[0].on in period and d.marks[0].on <= today for d in dossiers)
        kinds = Counter(
            stage.kind for d in dossiers if (stage := stage_on(d, min(period.last, today)))
        )
        open_ = kinds[StageKind.ENTRY] + kinds[StageKind.ACTIVE]
        counts = (came, open_, kinds[StageKind.WON], kinds[StageKind.LOST])
        rows.append((use.title, *(french.number(count) for count in counts)))
    return Table(
        "Où en sont les dossiers",
        ("Parcours", "Nouveaux", "En cours", "Aboutis", "Sans suite"),
        tuple(rows),
        "Nouveaux sur la période ; le reste à son dernier jour, depuis le début.",
    )


def _spread(cases: Cases, period: Period, today: date) -> Iterator[Table]:
    """How contacts are shared out between ambassadors, without naming anybody."""
    found = figure(spec_of("contacts"), cases, period, today=today)
    counts = [int(line.value or 0) for line in found.lines if line.name != NOBODY]
    if not counts:
        return
    bands = (("1 ou 2", 1, 2), ("3 à 5", 3, 5), ("plus de 5", 6, max(counts)))
    rows = tuple(
        (label, french.number(sum(low <= count <= high for count in counts)))
        for label, low, high in bands
    )
    head = ("Contacts traités sur la période", "Ambassadeurs")
    yield Table("Contacts par ambassadeur", head, rows)


def _lines(one: Result, *, short: bool = False) -> Table:
    parts = one.parts[:_SHORT] if short else one.parts
    rows = tuple((part.label, part.text) for part in parts)
    left = len(one.parts) - len(parts)
    note = french.plural(left, "autre ligne non montrée", "autres lignes non montrées")
    head = "Catégorie" if one.spec.way is Way.OPENED else "Réponse"
    return Table(one.label, (head, one.base.capitalize()), rows, note if left else "")


def _undrawn(one: Result) -> bool:
    """Choices of few people each: there is nothing to draw, their names are still said."""
    lines = one.figure.lines
    return one.spec.way is Way.CHOICES and bool(lines) and all(x.few is not None for x in lines)


def _unsaid(one: Result) -> str:
    """The choices without a number, that a chart cannot draw: « X : moins de 5 »."""
    names = [
        f"{part.label}{french.NBSP}: {part.text}"
        for part, line in zip(one.parts, one.figure.lines, strict=True)
        if line.few is not None
    ]
    return f"{' ; '.join(names)}." if names else ""


def _charts(found: Sequence[Result]) -> Iterator[Chart]:
    for one in found:
        if one.spec.way is Way.CHOICES and any(line.few is None for line in one.figure.lines):
            summary = summary_of(one)
            svg = charts.render(summary).decode()
            table = replace(_lines(one), note=_unsaid(one))
            yield Chart(one.label, svg, charts.alternative_text(summary), table)


def summary_of(one: Result) -> Summary:
    """The lines of an indicator as the charts draw them."""
    labels, n = labels_of(one.spec), one.figure.n
    cells = tuple(
        Cell(line.name, labels.get(line.name, line.name), int(line.value or 0), line.value / n)
        for line in one.figure.lines
        if line.value is not None and n
    )
    return Summary(
        question=one.code,
        label=one.label,
        section="",
        shape=Shape.MULTIPLE,
        n=n,
        missing=None,
        asked=None,
        rows=(Row("", "", n, cells),),
    )


def _questions(found: Sequence[Result], cases: Cases, period: Period, today: date) -> Iterator[str]:
    for one in found:
        if one.verdict is Verdict.MISSED and one.target:
            yield french.typeset(
                f"{one.label} : {one.text} (cible : {one.target.text}). "
                "Qu’est-ce qui l’explique, et que changer ?"
            )
    alerts = _alerts(cases, period, today)
    if alerts:
        few = alerts < _FEW  # a count of one or two would point at somebody
        said = f"Moins de {_FEW}" if few else french.number(alerts)
        yield french.typeset(
            f"{said} difficultés majeures signalées dans les fiches de suivi : "
            "qu’ont-elles en commun ?"
        )
    yield from (french.typeset(question) for question in QUESTIONS)


def _alerts(cases: Cases, period: Period, today: date) -> int:
    return sum(
        mark.on in period and mark.answers.get("difficulte") == "oui"
        for case in cases.get("accompagnement", ())
        for mark in case.dossier.happened("fiche", today)
    )
