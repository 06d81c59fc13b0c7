"""The results of a wave beside those of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import abort, render_template

from surveyapp.charts.parts import HIDDEN
from surveyapp.core import comparison
from surveyapp.core.comparison import Compared, Line, Measured, Obstacle, margin
from surveyapp.core.french import NBSP, number, percent, plural
from surveyapp.core.summary import reason_text
from surveyapp.models import Campaign
from surveyapp.permissions import can
from surveyapp.services import reports
from surveyapp.services.campaigns import results_permission
from surveyapp.services.results import Results, results
from surveyapp.store.campaigns import previous_wave
from surveyapp.web.results.blueprint import blueprint
from surveyapp.web.results.campaign import campaign_or_404

_OBSTACLES = {
    Obstacle.NEW: "Cette question n’était pas posée la fois précédente.",
    Obstacle.GONE: "Cette question n’est plus posée.",
    Obstacle.CHANGED: (
        "La question a changé d’une vague à l’autre : ses chiffres ne se comparent pas."
    ),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a table, as text."""

    label: str
    before: str
    after: str
    gap: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question; ``why`` says why it has no table."""

    label: str
    n_before: str
    n_after: str
    lines: tuple[LineView, ...]
    why: str


@dataclass(frozen=True, slots=True)
class SectionView:
    label: str
    questions: tuple[QuestionView, ...]


@blueprint.get("/collectes/<slug>/comparaison")
def compare(slug: str) -> str:
    """Both waves as they may be published, each by its own rules."""
    campaign = campaign_or_404(slug)
    previous = previous_wave(campaign)
    if previous is None:
        abort(404)
    if not can(results_permission(previous)):
        abort(403)
    before, after = (_published(wave.slug) for wave in (previous, campaign))
    return render_template(
        "results/compare.html",
        campaign=campaign_or_404(slug),
        previous=campaign_or_404(before.slug),
        before=before,
        after=after,
        sections=_sections(comparison.compare(before.summaries, after.summaries), k=after.k),
        caution=_caution(before, after),
    )


def _published(slug: str) -> Results:
    """Read by address: settling the steps of one wave may let go of the other's row."""
    campaign: Campaign = campaign_or_404(slug)
    return results(campaign, today=reports.today())


def _sections(found: Sequence[Compared], *, k: int) -> list[SectionView]:
    return [
        SectionView(label, tuple(_question(one, k) for one in group))
        for label, group in groupby(found, key=lambda one: one.section)
    ]


def _question(one: Compared, k: int) -> QuestionView:
    why = ""
    if one.obstacle is not None:
        why = reason_text(one.withheld, k) if one.withheld else _OBSTACLES[one.obstacle]
    return QuestionView(
        label=one.label,
        n_before=HIDDEN if one.n_before is None else number(one.n_before),
        n_after=HIDDEN if one.n_after is None else number(one.n_after),
        lines=tuple(_line(line) for line in one.lines),
        why=why,
    )


def _line(line: Line) -> LineView:
    return LineView(line.label, _figure(line, line.before), _figure(line, line.after), _gap(line))


def _figure(line: Line, value: float | None) -> str:
    if value is None:
        return HIDDEN
    return percent(value) if line.measured is Measured.SHARE else number(value, 1)


def _gap(line: Line) -> str:
    """« +4 points », « −0,3 »; of the figures as they are written."""
    if line.before is None or line.after is None:
        return HIDDEN
    if line.measured is Measured.SHARE:
        points = round(line.after * 100) - round(line.before * 100)
        return _signed(points, plural(abs(points), "point", "points"))
    gap = round(line.after, 1) - round(line.before, 1)
    return _signed(round(gap, 1), number(abs(gap), 1))


def _signed(value: float, text: str) -> str:
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{text}"


def _caution(before: Results, after: Results) -> str:
    if not before.n or not after.n:
        return ""
    points = round(margin(before.n, after.n) * 100)
    answers = f"{number(before.n)} puis {number(after.n)}{NBSP}réponses"
    return (
        f"Avec {answers}, un écart de moins de {plural(points, 'point', 'points')} sur une part "
        "peut venir du hasard, et ce ne sont pas forcément les mêmes personnes qui ont répondu."
    )
