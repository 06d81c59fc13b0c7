"""Charts and reports: asked for by a page, made by the worker."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import orjson
import sqlalchemy as sa

from surveyapp import charts
from surveyapp.charts.cache import ChartCache, Picture
from surveyapp.core.french import NBSP, date_long
from surveyapp.core.summary import Summary
from surveyapp.jobs import JobError, JobRun, enqueue, handler, restart
from surveyapp.links import settings
from surveyapp.models import Campaign, Job, WorkState, db, now
from surveyapp.services.campaigns import results_permission
from surveyapp.services.documents import store_document
from surveyapp.services.results import Results, results
from surveyapp.services.transaction import transaction
from surveyapp.store import structure
from surveyapp.store.campaigns import campaign_by_slug
from surveyapp.store.invitations import reach_of

#: How long a report can be downloaded; it can be made again at any time.
REPORT_KEPT = timedelta(days=30)
#: How long the charts of a page are known without counting again, in seconds.
REMEMBERED = 10.0
_MOST = 200
#: Told how far the work is: a ratio in [0, 1].
Follow = Callable[[float], None]
_recent: dict[tuple[Path, int, str, bool], tuple[frozenset[str], float]] = {}


def chart_cache() -> ChartCache:
    """The charts of this installation."""
    return ChartCache(settings().cache / "charts")


def request_charts(found: Results) -> int:
    """Leave the charts that are not drawn yet to the worker; return how many wait.

    Asked again and again by a page that waits: nothing is written while a job is under way.
    """
    waiting = len(chart_cache().missing(found.summaries))
    key = f"charts:{_digest(found.summaries)}"
    if not waiting or _under_way(key):
        return waiting
    payload = {"slug": found.slug, "crossing": found.crossing, "internal": found.internal}
    with transaction() as session:
        job = enqueue(session, "charts", payload, label="Graphiques", dedupe_key=key)
        if job.state is WorkState.DONE:  # the cache was emptied since
            restart(job)
    return waiting


@handler("charts")
def draw_charts(run: JobRun) -> None:
    """Draw the charts of a campaign that are missing at this moment."""
    wanted = run.payload
    found = results(
        _campaign(wanted["slug"]),
        crossing=wanted["crossing"] or None,
        internal=wanted["internal"],
        today=today(),
    )
    cache = chart_cache()
    total = len(cache.missing(found.summaries))
    for done, _ in enumerate(cache.draw(found.summaries), start=1):
        run.progress(done / total, "Dessin des graphiques")
    cache.prune()


def request_report(campaign: Campaign, *, owner_id: int, on: date) -> int:
    """Ask for the PDF report; return the job, the same one for the same results and day."""
    found = results(campaign, today=on)
    slug, label = found.slug, f"Rapport de résultats{NBSP}: {found.title}"[:200]
    key = f"results_pdf:{owner_id}:{slug}:{on.isoformat()}:{_digest(found.summaries)}"
    payload = {"slug": slug, "on": on.isoformat()}
    with transaction() as session:
        job = enqueue(
            session, "results_pdf", payload, label=label, dedupe_key=key, owner_id=owner_id
        )
        return job.id


@handler("results_pdf")
def make_report(run: JobRun) -> int:
    """Lay out the report and keep it for :data:`REPORT_KEPT`."""
    from surveyapp.reports.results_pdf import CONTENT_TYPE

    slug, on = run.payload["slug"], date.fromisoformat(run.payload["on"])
    data = report_pdf(
        _campaign(slug), on=on, follow=lambda ratio: run.progress(ratio, "Dessin des graphiques")
    )
    with transaction() as session:
        document = store_document(
            session,
            filename=f"resultats-{slug}-{on.isoformat()}.pdf",
            content_type=CONTENT_TYPE,
            data=data,
            permission=results_permission(_campaign(slug)),
            expires_at=now() + REPORT_KEPT,
        )
        return document.id


def report_pdf(campaign: Campaign, *, on: date, follow: Follow = lambda ratio: None) -> bytes:
    """The report of a campaign as PDF, as of now; ``follow`` is told how far it is."""
    from surveyapp.reports.results_pdf import Subject, results_pdf

    found, cache = results(campaign, today=on), chart_cache()
    total = sum(1 for summary in found.summaries if charts.drawable(summary)) + 1
    done = count(1)

    def draw(summary: Summary) -> bytes:
        follow(next(done) / total)
        return cache.wide(summary)

    subject = Subject(
        title=campaign.title,
        period=period_of(campaign, now()),
        definition=found.definition,
        n=found.n,
        invited=reach_of(campaign),
        k=found.k,
        summaries=found.summaries,
    )
    return results_pdf(subject, structure(), on, draw=draw)


def period_of(campaign: Campaign, moment: datetime) -> str:
    """« du 1er mars au 31 mars 2026 », « depuis le 1er mars 2026 », or nothing."""
    zone = structure().zone
    if campaign.opens_at is None or campaign.opens_at > moment:
        return ""
    start = campaign.opens_at.astimezone(zone).date()
    if campaign.closes_at is None or campaign.closes_at > moment:
        return f"depuis le {date_long(start)}"
    end = campaign.closes_at.astimezone(zone).date()
    if start == end:
        return f"le {date_long(start)}"
    return f"du {date_long(start)} au {date_long(end)}"


def today() -> date:
    """The day it is where the CPTS is."""
    return now().astimezone(structure().zone).date()


def _campaign(slug: str) -> Campaign:
    campaign = campaign_by_slug(slug)
    if campaign is None:
        raise JobError("Cette collecte n’existe plus.")
    return campaign


def _under_way(key: str) -> bool:
    states = (WorkState.PENDING, WorkState.RUNNING)
    found = sa.select(Job.id).where(Job.dedupe_key == key, Job.state.in_(states))
    return db.session.scalar(found) is not None


def _digest(summaries: tuple[Summary, ...]) -> str:
    """Changes with anything that is shown."""
    return hashlib.sha256(orjson.dumps(summaries)).hexdigest()[:32]


def chart_of(
    campaign: Campaign, digest: str, size: str, *, crossing: str | None, internal: bool
) -> Picture | None:
    """A chart, if it belongs to these results of the campaign and is drawn.

    A page asks for dozens of charts at once: what belongs to it is remembered for
    :data:`REMEMBERED` seconds. A chart that is not remembered is looked for in the results.
    """
    cache = chart_cache()
    key = (cache.folder, campaign.id, crossing or "", internal)
    digests, until = _recent.get(key, (frozenset(), 0.0))
    if digest not in digests or until < time.monotonic():
        found = results(campaign, crossing=crossing, internal=internal, today=today())
        digests = frozenset(charts.chart_digest(s) for s in found.summaries if charts.drawable(s))
        if len(_recent) > _MOST:
            _recent.clear()
        _recent[key] = (digests, time.monotonic() + REMEMBERED)
    return cache.picture(digest, size) if digest in digests else None
