"""Charts and the report, asked for by a page and made by the worker."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import charts, jobs
from surveyapp.charts.cache import ChartCache
from surveyapp.core.definition import Mode
from surveyapp.core.french import NBSP
from surveyapp.models import Campaign, CampaignState, Document, Job, User, WorkState, db, now
from surveyapp.services import reports
from surveyapp.services.documents import file_of
from surveyapp.services.results import Results, results
from surveyapp.services.transaction import transaction
from tests import summaries
from tests.collecting import answer, campaign_of, form, mixed

TODAY = date(2026, 3, 1)


@pytest.fixture
def campaign(app: Flask) -> Campaign:
    made = campaign_of(form(), opens_at=datetime(2026, 3, 1, 8, tzinfo=UTC))
    answer(made, *mixed(30))
    return made


def found(campaign: Campaign, **options: object) -> Results:
    db.session.rollback()
    return results(campaign, today=TODAY, **options)  # type: ignore[arg-type]


def work() -> list[str]:
    """Run what waits; the kinds of the jobs that ran."""
    kinds = []
    while run := jobs.claim():
        jobs.run(run)
        kinds.append(run.kind)
    return kinds


def queued(kind: str) -> list[Job]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Job).where(Job.kind == kind)))


def test_worker_draws_what_the_page_lacks(campaign: Campaign) -> None:
    shown = found(campaign)
    drawable = [s for s in shown.summaries if charts.drawable(s)]
    assert reports.request_charts(shown) == len(drawable) == 2
    assert work() == ["charts"]
    assert reports.request_charts(shown) == 0
    for summary in drawable:
        digest = charts.chart_digest(summary)
        large = reports.chart_cache().picture(digest, "large")
        narrow = reports.chart_cache().picture(digest, "etroit")
        assert large and narrow
        assert (large.width, narrow.width) == (charts.WIDE, charts.NARROW)
        assert large.path.read_bytes() == charts.render(summary)


def test_a_page_that_waits_does_not_ask_again(campaign: Campaign) -> None:
    for _ in range(3):
        reports.request_charts(found(campaign))
    assert len(queued("charts")) == 1


def test_charts_of_a_lost_cache_are_drawn_again(campaign: Campaign) -> None:
    reports.request_charts(found(campaign))
    work()
    for path in reports.chart_cache().folder.rglob("*.svg"):
        path.unlink()
    assert reports.request_charts(found(campaign)) == 2
    assert work() == ["charts"]
    assert reports.request_charts(found(campaign)) == 0


def test_new_answers_make_new_charts(campaign: Campaign) -> None:
    with transaction():
        campaign.state = CampaignState.OPEN
    reports.request_charts(found(campaign))
    work()
    answer(campaign, *mixed(20))
    assert reports.request_charts(found(campaign)) > 0


def test_crossed_charts_are_drawn_too(campaign: Campaign) -> None:
    crossed = found(campaign, crossing="secteur")
    assert crossed.crossing == "secteur"
    reports.request_charts(crossed)
    work()
    assert reports.request_charts(crossed) == 0


def test_internal_figures_have_charts_of_their_own(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    answer(campaign, *mixed(3))
    inside, outside = found(campaign, internal=True), found(campaign)
    assert outside.n is None
    assert reports.request_charts(outside) == 0
    assert reports.request_charts(inside) == 2
    work()
    assert reports.request_charts(inside) == 0


def test_job_of_a_deleted_campaign_fails_in_french(campaign: Campaign) -> None:
    with transaction() as session:
        jobs.enqueue(session, "results_pdf", {"slug": "rien", "on": "2026-03-01"}, label="Rapport")
    work()
    job = queued("results_pdf")[0]
    assert job.state is WorkState.FAILED
    assert job.error == "Cette collecte n’existe plus."


def test_report_is_made_once_for_the_same_results(campaign: Campaign, add_user: object) -> None:
    owner = _owner(add_user)
    first = reports.request_report(campaign, owner_id=owner, on=TODAY)
    assert work() == ["results_pdf"]
    assert reports.request_report(campaign, owner_id=owner, on=TODAY) == first
    assert work() == []
    assert reports.request_report(campaign, owner_id=owner, on=TODAY + timedelta(1)) != first


def test_report_is_a_document_that_expires(campaign: Campaign, add_user: object) -> None:
    job_id = reports.request_report(campaign, owner_id=_owner(add_user), on=TODAY)
    work()
    job = db.session.get(Job, job_id)
    assert job is not None
    assert job.state is WorkState.DONE
    document = db.session.get(Document, job.document_id)
    assert document is not None
    assert document.filename == "resultats-essai-2026-03-01.pdf"
    assert document.permission == "read"
    assert document.expires_at is not None
    assert timedelta(days=29) < document.expires_at - now() <= reports.REPORT_KEPT
    assert file_of(document).read_bytes().startswith(b"%PDF-")


def test_report_of_a_stranger_is_another_job(campaign: Campaign, add_user: object) -> None:
    """A task can only be seen by its owner."""
    one = reports.request_report(campaign, owner_id=_owner(add_user), on=TODAY)
    other = reports.request_report(campaign, owner_id=_owner(add_user, "lecture"), on=TODAY)
    assert one != other


def test_report_says_how_far_it_is(campaign: Campaign) -> None:
    told: list[float] = []

    reports.report_pdf(campaign, on=TODAY, follow=told.append)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (None, None, ""),
        (datetime(2026, 5, 1, 8, tzinfo=UTC), None, ""),
        (datetime(2026, 3, 1, 8, tzinfo=UTC), None, "depuis le 1er mars 2026"),
        (
            datetime(2026, 3, 1, 8, tzinfo=UTC),
            datetime(2026, 5, 1, tzinfo=UTC),
            "depuis le 1er mars 2026",
        ),
        (
            datetime(2026, 3, 1, 8, tzinfo=UTC),
            datetime(2026, 3, 31, 22, 30, tzinfo=UTC),
            "du 1er mars 2026 au 1er avril 2026",
        ),
        (
            datetime(2026, 3, 1, 8, tzinfo=UTC),
            datetime(2026, 3, 1, 18, tzinfo=UTC),
            "le 1er mars 2026",
        ),
    ],
)
def test_period_in_the_time_zone_of_the_structure(
    app: Flask, opens: datetime | None, closes: datetime | None, said: str
) -> None:
    campaign = Campaign(opens_at=opens, closes_at=closes)
    moment = datetime(2026, 4, 2, tzinfo=UTC)
    assert reports.period_of(campaign, moment).replace(NBSP, " ") == said


def test_a_chart_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    cache = ChartCache(tmp_path)
    summary = summaries.choice()
    assert cache.picture(charts.chart_digest(summary), "large") is None
    assert cache.wide(summary) == charts.render(summary)
    assert [s.question for s in cache.draw([summary, summaries.texts()])] == ["fatigue"]
    assert list(cache.draw([summary])) == []
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".svg", ".svg"]


def test_charts_that_nobody_draws_any_more_are_thrown_away(tmp_path: Path) -> None:
    cache = ChartCache(tmp_path)
    list(cache.draw([summaries.choice()]))
    assert cache.prune() == 0
    assert cache.prune(keep=-1) == 2
    assert cache.missing([summaries.choice()])


def _owner(add_user: object, role: str = "coordination") -> int:
    user = add_user(role)  # type: ignore[operator]
    assert isinstance(user, User)
    return user.id
