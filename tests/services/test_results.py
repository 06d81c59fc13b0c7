"""Results of a campaign, from the rows of the database."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import create_app
from surveyapp.core.definition import Mode
from surveyapp.core.loader import load
from surveyapp.core.summary import Reason, Summary
from surveyapp.links import settings
from surveyapp.models import (
    Campaign,
    CampaignState,
    Response,
    ResponseStatus,
    ResultStep,
    Verbatim,
    VerbatimState,
    db,
)
from surveyapp.services import columns_cache
from surveyapp.services.purge import purge
from surveyapp.services.results import Results, results
from surveyapp.services.transaction import transaction
from tests.bench.generate import fill
from tests.collecting import TODAY, answer, campaign_of, form, mixed, move

FORMS = Path(__file__).parents[2] / "forms"


def look(campaign: Campaign, **options: Any) -> Results:
    db.session.rollback()
    return results(campaign, today=TODAY, **options)


def question(found: Results, name: str) -> Summary:
    return next(s for s in found.summaries if s.question == name)


def test_a_closed_campaign_shows_every_answer(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    found = look(campaign)
    assert (found.n, found.received, found.withheld, found.closed) == (12, 12, None, True)
    assert question(found, "note").rows[0].mean == pytest.approx(4.5)
    assert [(d.day, d.count) for d in found.days] == [(TODAY, 12)]


def test_drafts_and_other_campaigns_are_not_counted(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(6))
    with transaction() as session:
        session.add(
            Response(
                campaign_id=campaign.id,
                version_id=campaign.version_id,
                anonymous=True,
                status=ResponseStatus.DRAFT,
                document={"note": 1},
                saved_on=TODAY,
            )
        )
    assert look(campaign).received == 6


def test_fresh_answers_are_seen_and_deleted_ones_forgotten(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    ids = answer(campaign, *mixed(8))
    assert look(campaign).n == 8
    answer(campaign, {"note": 6})
    assert look(campaign).n == 9
    with transaction() as session:
        session.execute(sa.delete(Response).where(Response.id == ids[0]))
    assert look(campaign).n == 8


def test_an_edited_answer_is_read_again_when_the_epoch_grows(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL))
    ids = answer(campaign, *mixed(8))
    before = question(look(campaign), "note").rows[0].mean
    with transaction() as session:
        session.execute(
            sa.update(Response).where(Response.id == ids[0]).values(document={"note": 0})
        )
        campaign.epoch += 1
    assert question(look(campaign), "note").rows[0].mean != before


def test_the_columns_are_read_from_the_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    before = look(campaign)
    columns_cache._entries.clear()
    monkeypatch.setattr(columns_cache, "build", None)
    assert look(campaign) == before


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not an archive", None])
def test_a_damaged_file_is_built_again(app: Flask, damage: bytes | None) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    before = look(campaign)
    path = settings().cache / "columns" / f"{campaign.id}.npz"
    path.write_bytes(path.read_bytes()[:-200] if damage is None else damage)
    columns_cache._entries.clear()
    assert look(campaign) == before
    assert len(path.read_bytes()) > 200


def test_the_file_can_be_read_by_us_alone_and_is_forgotten_on_demand(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    look(campaign)
    path = settings().cache / "columns" / f"{campaign.id}.npz"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    columns_cache.forget(campaign.id)
    assert not path.exists()


def test_without_a_folder_for_the_cache_results_are_shown_all_the_same(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    (settings().cache / "columns").write_text("not a folder")
    assert look(campaign).n == 12


def test_an_open_campaign_moves_by_stored_steps(app: Flask) -> None:
    campaign = campaign_of(form(), state=CampaignState.OPEN)
    shown = []
    for _ in range(16):
        answer(campaign, *mixed(1))
        shown.append(look(campaign).n)
    assert shown[:9] == [None] * 9
    assert shown[9:15] == [5] * 5 + [10]
    move(campaign, CampaignState.CLOSED)
    assert look(campaign).n == 16
    steps = db.session.scalars(sa.select(ResultStep).order_by(ResultStep.number)).all()
    assert [(s.number, s.final, len(s.members) // 8) for s in steps] == [
        (1, False, 5),
        (2, False, 5),
        (3, True, 6),
    ]


def test_looking_changes_nothing_between_steps(app: Flask) -> None:
    campaign = campaign_of(form(), state=CampaignState.OPEN)
    answer(campaign, *mixed(40))
    first = look(campaign)
    answer(campaign, {"note": 0, "secteur": "sud"})
    second = look(campaign)
    assert second.summaries == first.summaries
    assert (second.n, second.received) == (30, 41)


def test_all_answers_at_once_show_most_of_them(app: Flask) -> None:
    campaign = campaign_of(form(), state=CampaignState.OPEN)
    answer(campaign, *mixed(60))
    assert look(campaign).n == 50


def test_wellbeing_shows_nothing_before_the_close(app: Flask) -> None:
    campaign = campaign_of(form(k=10), state=CampaignState.OPEN)
    answer(campaign, *mixed(60))
    found = look(campaign)
    assert (found.n, found.withheld, found.received) == (None, Reason.WAIT, 60)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ResultStep)) == 0
    move(campaign, CampaignState.CLOSED)
    assert look(campaign).n == 60


def test_the_date_of_the_close_closes_too(app: Flask) -> None:
    end = datetime(2026, 3, 1, 12, tzinfo=UTC)
    campaign = campaign_of(form(k=10), state=CampaignState.OPEN, closes_at=end)
    answer(campaign, *mixed(20))
    assert look(campaign, at=end - timedelta(minutes=1)).withheld is Reason.WAIT
    assert look(campaign, at=end).n == 20


def test_a_reopened_campaign_waits_for_k_further_answers(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    before = question(look(campaign, crossing="secteur"), "note")
    move(campaign, CampaignState.OPEN)
    answer(campaign, *mixed(4))
    assert question(look(campaign, crossing="secteur"), "note") == before
    move(campaign, CampaignState.CLOSED)
    assert question(look(campaign, crossing="secteur"), "note") == before
    answer(campaign, *mixed(1))
    assert look(campaign).n == 17


def test_confidential_results_are_shown_inside_and_withheld_outside(app: Flask) -> None:
    campaign = campaign_of(form(Mode.CONFIDENTIAL), state=CampaignState.OPEN)
    answer(campaign, *mixed(3))
    assert look(campaign).withheld is Reason.BASE
    inside = look(campaign, internal=True)
    assert (inside.n, inside.internal) == (3, True)
    assert question(inside, "note").n == 3


def test_anonymous_results_have_no_inside(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(4))
    found = look(campaign, internal=True)
    assert (found.withheld, found.internal) == (Reason.BASE, False)


def test_anonymous_results_are_crossed_by_profile_questions_only(app: Flask) -> None:
    campaign = campaign_of(form())
    answer(campaign, *mixed(30))
    found = look(campaign, crossing="secteur")
    assert [q.name for q in found.crossings] == ["secteur"]
    assert [row.n for row in question(found, "note").breakdown] == [20, 10]
    assert look(campaign, crossing="note").crossing == ""


def test_reviewed_texts_are_shown_and_no_others(app: Flask) -> None:
    campaign = campaign_of(form())
    ids = answer(campaign, *mixed(12))
    decisions = [
        (ids[0], VerbatimState.KEPT, None),
        (ids[1], VerbatimState.HIDDEN, None),
        (ids[2], VerbatimState.KEPT, "Une idée de […]"),
    ]
    with transaction() as session:
        for key, state, text in decisions:
            session.add(
                Verbatim(
                    campaign_id=campaign.id,
                    response_id=key,
                    question="idee",
                    state=state,
                    text=text,
                )
            )
    texts = question(look(campaign), "idee").texts
    assert set(texts) == {"Idée 0", "Une idée de […]"}


def test_reference_figures_stand_beside_the_local_ones(app: Flask) -> None:
    campaign = campaign_of(load(FORMS / "bien-etre-soignants.yaml"))
    fill(campaign, load(FORMS / "bien-etre-soignants.yaml"), 60)
    found = look(campaign)
    benchmarks = [b for s in found.summaries for b in s.benchmarks]
    assert {"fatigue", "stress_mean", "burn_out", "violences"} <= {b.key for b in benchmarks}
    assert all(" – repère national (enquête déclarative" in b.source for b in benchmarks)
    assert all(b.local is not None for b in benchmarks)
    assert {b.key for b in benchmarks if b.doubtful} == {"burn_out", "violences"}


def test_every_questionnaire_has_results(app: Flask) -> None:
    for number, path in enumerate(sorted(FORMS.glob("*.yaml"))):
        definition = load(path)
        campaign = campaign_of(definition, slug=f"c{number}")
        fill(campaign, definition, 40, seed=number)
        for internal in (False, True):
            found = look(campaign, internal=internal)
            assert found.n == 40, path.name
            assert any(s.withheld is None for s in found.summaries), path.name


def _see(url: str, folder: Path, slug: str, queue: Any) -> None:
    """In another process: look at the results."""
    from surveyapp.config import Config
    from surveyapp.store.campaigns import campaign_by_slug

    config = Config(instance=folder, database_url=url, secret_key="t" * 32, testing=True)
    app = create_app(replace(config, worker="none"))
    with app.app_context():
        campaign = campaign_by_slug(slug)
        assert campaign is not None
        found = results(campaign, today=TODAY)
        queue.put((found.n, [s.n for s in found.summaries]))


def test_processes_that_look_at_the_same_time_agree(app: Flask, tmp_path: Path) -> None:
    campaign = campaign_of(form(), state=CampaignState.OPEN)
    answer(campaign, *mixed(60))
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    url = settings().database_url
    processes = [
        context.Process(target=_see, args=(url, tmp_path, "essai", queue)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    seen = [queue.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert all(one == seen[0] for one in seen)
    assert seen[0][0] == 50
    stored = db.session.scalars(sa.select(ResultStep.members)).all()
    ids = np.concatenate([np.frombuffer(m, dtype="<i8") for m in stored])
    assert len(ids) == len(set(ids.tolist())) == 60


def test_columns_hold_no_more_than_the_answers(app: Flask) -> None:
    """Nothing in the stored file tells when or by whom: ids, answers, and the version."""
    campaign = campaign_of(form())
    answer(campaign, *mixed(12))
    look(campaign)
    path = settings().cache / "columns" / f"{campaign.id}.npz"
    names = "note", "secteur", "themes", "themes_other", "idee", "actes", "jour"
    with np.load(path) as archive:
        assert set(archive.files) == {"ids", "head", *(f"v.{name}" for name in names)}
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_anonymous_answers_are_purged_together(app: Flask) -> None:
    """One day's answers less, and the difference of two results would tell what they said."""
    campaign = campaign_of(replace(form(), retention_months=12))
    answer(campaign, *mixed(6), day=date(2025, 3, 1))
    answer(campaign, *mixed(6), day=date(2025, 3, 2))
    assert look(campaign).n == 12
    path = settings().cache / "columns" / f"{campaign.id}.npz"
    purge(now=datetime(2026, 3, 2, 12, tzinfo=UTC))
    assert look(campaign).n == 12
    assert path.exists()
    purge(now=datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert not path.exists()
    assert look(campaign).withheld is Reason.EMPTY
    assert not db.session.scalars(sa.select(ResultStep)).all()
