"""The results of a campaign: one function for screen, charts, PDF, exports and indicators."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from surveyapp.core.campaign import Phase
from surveyapp.core.columns import Columns
from surveyapp.core.definition import FormDefinition, Kind, Question
from surveyapp.core.disclosure import Disclosure, crossings, everything, judge
from surveyapp.core.reference import ReferenceFigure, load_figures
from surveyapp.core.steps import Steps
from surveyapp.core.summarize import summarize
from surveyapp.core.summary import Reason, Summary
from surveyapp.core.words import Term, count_terms
from surveyapp.models import Campaign, VerbatimState, now
from surveyapp.models.base import db
from surveyapp.services import columns_cache
from surveyapp.services import steps as stored_steps
from surveyapp.services.columns_cache import Entry
from surveyapp.services.publish import definition_of
from surveyapp.store import answers
from surveyapp.store.campaigns import DayCount, daily_counts, phase_of

FIGURES = Path(__file__).parents[2] / "reports" / "reference_figures.yaml"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Published:
    """The answers of a campaign and what may be shown of them at this moment."""

    definition: FormDefinition
    entry: Entry
    disclosure: Disclosure
    closed: bool

    @property
    def columns(self) -> Columns:
        return self.entry.columns


@dataclass(frozen=True, slots=True)
class Results:
    """What is shown of a campaign.

    ``received`` answers came in, ``n`` of them are in the results (``None`` when nothing
    may be shown; ``withheld`` says why). ``crossing`` is the crossing question in use and
    ``crossings`` those that may be chosen. ``internal`` results follow no threshold: they
    are for whoever may read the answers themselves. ``days`` counts the answers received
    per day; it speaks of participation, never of what was said.
    """

    slug: str
    title: str
    definition: FormDefinition
    k: int
    received: int
    n: int | None
    withheld: Reason | None
    closed: bool
    internal: bool
    summaries: tuple[Summary, ...]
    crossing: str
    crossings: tuple[Question, ...]
    days: tuple[DayCount, ...]
    on: date


def results(
    campaign: Campaign,
    *,
    crossing: str | None = None,
    internal: bool = False,
    today: date,
    at: datetime | None = None,
) -> Results:
    """The results of a campaign, as far as they may be shown.

    ``internal`` shows all figures of a confidential or nominative campaign, to staff who
    read its answers anyway; anonymous campaigns ignore it. ``crossing`` names a question of
    :attr:`Results.crossings`; another name counts as none. ``at`` is the instant at which
    the campaign is open or closed, by default now.
    """
    shown = published(campaign, internal=internal, at=at)
    definition = shown.definition
    choices = _crossings(shown)
    by = next((q.name for q in choices if q.name == crossing), "")
    total = shown.disclosure.total
    return Results(
        slug=campaign.slug,
        title=campaign.title,
        definition=definition,
        k=definition.k,
        received=len(shown.columns),
        n=None if total.lines is None else int(total.lines.sum()),
        withheld=total.withheld,
        closed=shown.closed,
        internal=not shown.disclosure.protected,
        summaries=_summaries(campaign, shown, by),
        crossing=by,
        crossings=choices,
        days=tuple(daily_counts(campaign.id)),
        on=today,
    )


def _summaries(campaign: Campaign, shown: Published, crossing: str) -> tuple[Summary, ...]:
    return summarize(
        shown.definition,
        shown.columns,
        shown.disclosure,
        k=shown.definition.k,
        figures=reference_figures(),
        texts=_texts(campaign, shown),
        words=_words(campaign, shown),
        crossing=crossing,
    )


def published(
    campaign: Campaign, *, internal: bool = False, at: datetime | None = None
) -> Published:
    """The columns of a campaign with the verdict of the small-cell rule."""
    definition = definition_of(campaign.version)
    phase = phase_of(campaign, now=at or now())
    closed = phase in (Phase.CLOSED, Phase.ARCHIVED)
    if definition.anonymous:
        entry, disclosure = _by_steps(campaign, definition, closed=closed)
    else:
        entry, disclosure = _at_once(campaign, definition, internal=internal, closed=closed)
    return Published(definition, entry, disclosure, closed)


@lru_cache(maxsize=1)
def reference_figures() -> dict[str, ReferenceFigure]:
    """The national figures that local ones are set beside."""
    return load_figures(FIGURES)


def _by_steps(
    campaign: Campaign, definition: FormDefinition, *, closed: bool
) -> tuple[Entry, Disclosure]:
    """Anonymous campaigns: what is shown moves by stored steps.

    Steps are read before the columns, so that no answer of a step is missing from these.
    """
    campaign_id = campaign.id
    for _ in range(_TRIES):
        state = stored_steps.stored(campaign_id)
        entry = columns_cache.entry_of(campaign, definition)
        steps = _noted_steps(entry, campaign_id, state)
        if db.session.info.get("writing"):  # inside a transaction: show what is settled
            return entry, _judged(entry, definition, steps, closed=closed)
        settled = stored_steps.settle(
            campaign_id, entry.columns, steps, k=definition.k, closed=closed
        )
        if settled is steps:
            return entry, _judged(entry, definition, steps, closed=closed)
        db.session.rollback()  # read again what was just stored, here or elsewhere
    raise RuntimeError("the steps of the campaign do not settle")


def _noted_steps(entry: Entry, campaign_id: int, state: stored_steps.Stored) -> Steps:
    """The stored steps, read once per state of the columns and of the steps."""
    noted: tuple[stored_steps.Stored, Steps] | None = entry.notes.get("steps")
    if noted is None or noted[0] != state:
        noted = (state, stored_steps.load(campaign_id, entry.columns))
        entry.notes["steps"] = noted
    return noted[1]


def _judged(entry: Entry, definition: FormDefinition, steps: Steps, *, closed: bool) -> Disclosure:
    key = ("judged", closed)
    noted: tuple[Steps, Disclosure] | None = entry.notes.get(key)
    if noted is None or noted[0] is not steps:
        found = judge(definition, entry.columns, steps, k=definition.k, closed=closed)
        noted = entry.notes[key] = (steps, found)
    return noted[1]


def _at_once(
    campaign: Campaign, definition: FormDefinition, *, internal: bool, closed: bool
) -> tuple[Entry, Disclosure]:
    """Other campaigns: everything at any time, under the rule when it leaves the house."""
    entry = columns_cache.entry_of(campaign, definition)
    if internal:
        return entry, everything(entry.columns)
    steps: Steps = entry.notes.setdefault("single", Steps.single(len(entry.columns)))
    return entry, _judged(entry, definition, steps, closed=True)


def _crossings(shown: Published) -> tuple[Question, ...]:
    if shown.disclosure.protected:
        return crossings(shown.definition)
    return tuple(q for q in shown.definition.questions() if q.kind is Kind.SELECT_ONE and q.label)


def _texts(campaign: Campaign, shown: Published) -> dict[str, tuple[str, ...]]:
    """Open answers that were reviewed and kept, in an order that says nothing.

    The order is that of a digest of question and id: it differs from question to question,
    so that two answers of the same person cannot be told by their places.
    """
    return {
        question: _listed(campaign, shown, question, decided)
        for question, decided in decisions(campaign, shown).items()
        if question in shown.columns
    }


def _words(campaign: Campaign, shown: Published) -> dict[str, tuple[Term, ...]]:
    """Terms counted in a meeting: what the moderator took off is not in the answers."""
    found = {}
    for question in shown.definition.questions() if shown.definition.live else ():
        lines = shown.disclosure[question.name].lines
        if question.words and lines is not None:
            ids = shown.columns.ids[lines].tolist()
            texts = answers.texts_of(campaign.id, question.name, ids)
            found[question.name] = count_terms([text] for text in texts.values())
    return found


def decisions(campaign: Campaign, shown: Published) -> dict[str, list[answers.Decided]]:
    """What was decided of the open answers, by question; read again when it changed."""
    state = answers.review_state(campaign.id)
    noted = shown.entry.notes.get("review")
    if noted is None or noted[0] != state:
        by_question: dict[str, list[answers.Decided]] = defaultdict(list)
        for decision in answers.decisions(campaign.id) if state else ():
            by_question[decision.question].append(decision)
        noted = shown.entry.notes["review"] = (state, dict(by_question))
    found: dict[str, list[answers.Decided]] = noted[1]
    return found


def _listed(
    campaign: Campaign, shown: Published, question: str, decided: list[answers.Decided]
) -> tuple[str, ...]:
    """The kept answers to one question; put in order once per state of review and results."""
    lines = shown.disclosure[question].lines
    if lines is None:
        return ()
    noted = shown.entry.notes.get(("listed", question))
    if noted and noted[0] is lines and noted[1] is decided:
        return tuple(noted[2])
    kept = {d.response_id: d.text for d in decided if d.state is VerbatimState.KEPT}
    ids = np.fromiter(kept, dtype=np.int64)
    allowed = ids[np.isin(ids, shown.columns.ids[lines])].tolist()
    originals = _originals(campaign, shown.entry, question, allowed)
    texts = {i: originals.get(i, "") if (t := kept[i]) is None else t for i in allowed}
    found = tuple(texts[i] for i in sorted(texts, key=lambda i: place(question, i)))
    shown.entry.notes["listed", question] = (lines, decided, found)
    return found


def _originals(campaign: Campaign, entry: Entry, question: str, ids: list[int]) -> dict[int, str]:
    """What was written, read once: with the same columns it does not change."""
    known: dict[int, str] = entry.notes.setdefault(("texts", question), {})
    missing = [i for i in ids if i not in known]
    if missing:
        known.update(answers.texts_of(campaign.id, question, missing))
    return known


def place(question: str, response_id: int) -> bytes:
    """Where an open answer stands among the others."""
    return hashlib.blake2b(f"{question}:{response_id}".encode(), digest_size=16).digest()
