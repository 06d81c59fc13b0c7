"""Summaries as the page shows them. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from surveyapp import charts
from surveyapp.charts.cache import ChartCache, Picture
from surveyapp.charts.parts import HIDDEN, figure
from surveyapp.core.french import NBSP, plural
from surveyapp.core.summary import Benchmark, Shape, Summary, reason_text
from surveyapp.reports import figures
from surveyapp.services.results import Results

#: Open answers shown on the page; the report and the review page hold more.
TEXTS = 20


@dataclass(frozen=True, slots=True)
class ChartView:
    """A chart of the page; ``large`` and ``narrow`` are ``None`` while it is being drawn."""

    digest: str
    alt: str
    large: Picture | None
    narrow: Picture | None


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """A reference figure beside ours, with what it is worth."""

    value: str
    wording: str
    local: str
    source: str
    comparability: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question of the page. ``anchor`` is its HTML id."""

    anchor: str
    label: str
    headline: str
    withheld: str
    chart: ChartView | None
    table: figures.Table | None
    crossed: figures.Table | None
    references: tuple[ReferenceView, ...]
    texts: tuple[str, ...]
    more_texts: int
    open: bool
    name: str

    @property
    def beside(self) -> bool:
        """Whether the table is narrow enough to stand beside the chart."""
        return self.crossed is None and self.table is not None and len(self.table.columns) <= 3


@dataclass(frozen=True, slots=True)
class SectionView:
    """A page of the questionnaire with its questions."""

    label: str
    questions: tuple[QuestionView, ...]


def sections(summaries: Sequence[Summary], cache: ChartCache) -> list[SectionView]:
    """The page, section by section."""
    return [
        SectionView(label, tuple(_question(summary, cache) for summary in group))
        for label, group in groupby(summaries, key=lambda summary: summary.section)
    ]


def waiting(found: Sequence[SectionView]) -> int:
    """How many charts are not drawn yet."""
    views = (question.chart for section in found for question in section.questions)
    return sum(1 for chart in views if chart and chart.large is None)


def explanations(found: Results) -> list[str]:
    """Why the page shows less than what came in, if it does."""
    if found.withheld is not None:
        return [reason_text(found.withheld, found.k)]
    behind = found.received - (found.n or 0)
    if behind <= 0:
        return []
    waiting = plural(behind, "réponse reçue attend", "réponses reçues attendent")
    return [
        f"{waiting} encore{NBSP}: les résultats d’une collecte anonyme avancent par paliers, pour "
        "que personne ne puisse isoler la réponse qui vient d’arriver."
    ]


def _question(summary: Summary, cache: ChartCache) -> QuestionView:
    return QuestionView(
        anchor=f"q-{summary.question}",
        label=summary.label,
        headline=figures.headline(summary),
        withheld=reason_text(summary.withheld, summary.k) if summary.withheld else "",
        chart=_chart(summary, cache) if charts.drawable(summary) else None,
        table=figures.table_of(summary),
        crossed=figures.crossed_table(summary),
        references=tuple(_reference(benchmark) for benchmark in summary.benchmarks),
        texts=summary.texts[:TEXTS],
        more_texts=max(0, len(summary.texts) - TEXTS),
        open=summary.shape is Shape.TEXT and not summary.withheld,
        name=summary.question,
    )


def _reference(benchmark: Benchmark) -> ReferenceView:
    local = HIDDEN if benchmark.local is None else figure(benchmark, benchmark.local)
    return ReferenceView(
        value=figure(benchmark, benchmark.value),
        wording=benchmark.wording,
        local=local,
        source=benchmark.source,
        comparability=benchmark.comparability,
        doubtful=benchmark.doubtful,
    )


def _chart(summary: Summary, cache: ChartCache) -> ChartView:
    digest = charts.chart_digest(summary)
    large, narrow = (cache.picture(digest, size) for size in ("large", "etroit"))
    ready = large is not None and narrow is not None
    return ChartView(
        digest=digest,
        alt=charts.alternative_text(summary),
        large=large if ready else None,
        narrow=narrow if ready else None,
    )
