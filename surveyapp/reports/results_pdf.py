"""Report of the results of a campaign, as an accessible PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from surveyapp import charts
from surveyapp.core.colour import theme
from surveyapp.core.definition import OTHER_SUFFIX, FormDefinition, Unit
from surveyapp.core.french import NBSP, date_long, number, percent, plural
from surveyapp.core.summary import Shape, Summary, reason_text
from surveyapp.reports.figures import headline, reference_line, table_of
from surveyapp.reports.paper import pdf
from surveyapp.reports.report_words import MODES, reading_rules
from surveyapp.store.structure import StructureInfo

CONTENT_TYPE = "application/pdf"
#: Open answers printed per question; the rest is in the data export.
TEXTS = 200

Pair = tuple[str, str]
#: Gives the SVG of a summary: :func:`surveyapp.charts.render` or a cache of it.
Draw = Callable[[Summary], bytes]


@dataclass(frozen=True, slots=True)
class Subject:
    """What the report is about. ``n`` is what is shown, ``invited`` may be unknown."""

    title: str
    period: str
    definition: FormDefinition
    n: int | None
    invited: int | None
    k: int
    summaries: tuple[Summary, ...]


@dataclass(frozen=True, slots=True)
class _Figures:
    """A table as ``report.typ`` reads it; ``across``: options are columns, not rows."""

    head: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]
    note: str
    across: bool


@dataclass(frozen=True, slots=True)
class _Question:
    label: str
    headline: str
    withheld: str
    chart: str
    alt: str
    table: _Figures | None
    references: tuple[str, ...]
    texts: tuple[str, ...]
    texts_note: str


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    questions: tuple[_Question, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """Everything that ``reports/results/report.typ`` lays out."""

    title: str
    structure: str
    description: str
    accent: str
    footer: str
    produced: str
    cover: tuple[Pair, ...]
    method: tuple[Pair, ...]
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    sections: tuple[_Section, ...]
    notice: tuple[Pair, ...]


def results_pdf(
    subject: Subject, structure: StructureInfo, today: date, *, draw: Draw = charts.render
) -> bytes:
    """The whole report as PDF/UA-1; the same results and day give the same bytes."""
    return pdf("results/report.typ", _report(subject, structure, today, draw), on=today)


def _report(subject: Subject, structure: StructureInfo, today: date, draw: Draw) -> _Report:
    return _Report(
        title=subject.title,
        structure=structure.name,
        description=f"Résultats de la collecte «{NBSP}{subject.title}{NBSP}»",
        accent=theme(structure.color).link,
        footer=f"Résultats au {date_long(today)}",
        produced=_produced(structure),
        cover=_cover(subject, today),
        method=_method(subject),
        rules=reading_rules(subject.definition, subject.summaries, k=subject.k),
        sections=tuple(
            _Section(label, tuple(_question(summary, draw) for summary in group))
            for label, group in groupby(_printed(subject), key=lambda s: s.section)
        ),
        notice=_notice(subject.definition, structure),
    )


def _printed(subject: Subject) -> Iterator[Summary]:
    """Every question; « Autre, précisez » only when something of it is published."""
    for summary in subject.summaries:
        if not summary.question.endswith(OTHER_SUFFIX) or summary.texts:
            yield summary


def _produced(structure: StructureInfo) -> str:
    """Who answers for the document."""
    address = " ".join(structure.address.split())
    return " – ".join(text for text in (structure.name, address, structure.email) if text)


def _cover(subject: Subject, today: date) -> tuple[Pair, ...]:
    pairs = [("Réponses", _answers(subject))]
    if subject.period:
        pairs.insert(0, ("Période", subject.period))
    return (*pairs, ("Date du rapport", date_long(today)))


def _answers(subject: Subject) -> str:
    if subject.n is None:
        return "non affichées"
    return number(subject.n)


def _method(subject: Subject) -> tuple[Pair, ...]:
    form = subject.definition
    asked = (
        "des structures (une réponse par structure)"
        if form.unit is Unit.STRUCTURE
        else ("des personnes, chacune pour elle-même")
    )
    pairs = [
        ("Questionnaire", f"{form.title}, version {form.version}"),
        ("Qui répond", f"Ce questionnaire s’adresse à {asked}."),
        ("Confidentialité", MODES[form.mode]),
        ("Réponses", _participation(subject)),
    ]
    if subject.period:
        pairs.insert(1, ("Période", subject.period))
    return tuple(pairs)


def _participation(subject: Subject) -> str:
    if subject.n is None:
        return "Le nombre de réponses ne peut pas encore être affiché."
    answers = plural(subject.n, "réponse comptée", "réponses comptées")
    if subject.invited:
        rate = percent(subject.n / subject.invited)
        people = plural(subject.invited, "personne invitée", "personnes invitées")
        return f"{answers} pour {people}, soit un taux de participation de {rate}."
    return (
        f"{answers}. Le nombre de personnes invitées n’est pas connu (le lien est public)"
        f"{NBSP}: aucun taux de participation ne peut être calculé."
    )


def _question(summary: Summary, draw: Draw) -> _Question:
    drawn = charts.drawable(summary)
    shown = summary.texts[:TEXTS]
    return _Question(
        label=summary.label,
        headline=headline(summary),
        withheld=reason_text(summary.withheld, summary.k) if summary.withheld else "",
        chart=draw(summary).decode() if drawn else "",
        alt=charts.alternative_text(summary) if drawn else "",
        table=_figures(summary),
        references=tuple(reference_line(benchmark) for benchmark in summary.benchmarks),
        texts=shown,
        texts_note=_texts_note(summary, len(shown)),
    )


def _texts_note(summary: Summary, shown: int) -> str:
    if summary.shape is not Shape.TEXT or summary.withheld:
        return ""
    if not shown:
        return "Aucune réponse n’est publiée."
    published = len(summary.texts)
    said = plural(published, "réponse publiée", "réponses publiées")
    rest = f", dont les {number(shown)} premières ici" if published > shown else ""
    return f"{said} après relecture{rest}. L’ordre est sans rapport avec celui des envois."


def _figures(summary: Summary) -> _Figures | None:
    table = table_of(summary)
    if table is None:
        return None
    return _Figures(table.columns, table.rows, table.note, across=table.across)


_NOTICE: Sequence[tuple[str, str]] = (
    ("controller", "Responsable"),
    ("purpose", "Finalité"),
    ("legal_basis", "Base légale"),
    ("optional", "Caractère facultatif"),
    ("recipients", "Destinataires"),
    ("retention", "Durée de conservation"),
    ("rights", "Vos droits"),
    ("contact", "Contact"),
)


def _notice(form: FormDefinition, structure: StructureInfo) -> tuple[Pair, ...]:
    texts = ((label, getattr(form.notice, field)) for field, label in _NOTICE)
    return tuple((label, structure.fill(text)) for label, text in texts if text)
