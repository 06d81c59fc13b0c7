"""Jobs: claimed once, retried, given up visibly, never lost with a dead worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from surveyapp import jobs, worker
from surveyapp.jobs import JobError, JobRun
from surveyapp.models import Document, Job, WorkState, db, now
from surveyapp.services import tasks
from surveyapp.services.documents import store_document
from surveyapp.services.transaction import transaction

Handling = Callable[[Callable[[JobRun], "int | None"]], None]


@pytest.fixture
def handle(app: Flask) -> Iterator[Handling]:
    """Register a handler of kind ``test`` for the time of the test."""

    def register(function: Callable[[JobRun], int | None]) -> None:
        jobs.handler("test")(function)

    yield register
    jobs._registry.pop("test", None)


def add(**options: object) -> int:
    with transaction() as session:
        job = jobs.enqueue(session, "test", {"x": 1}, label="Essai", **options)  # type: ignore[arg-type]
        return job.id


def job(job_id: int) -> Job:
    db.session.rollback()
    found = db.session.get(Job, job_id)
    assert found is not None
    return found


def make_due(job_id: int) -> None:
    """As if the waiting time were over."""
    with transaction() as session:
        past = now() - timedelta(seconds=1)
        session.execute(sa.update(Job).where(Job.id == job_id).values(run_at=past))


def expire_lease(job_id: int) -> None:
    """As if the worker had been killed long ago."""
    with transaction() as session:
        past = now() - timedelta(seconds=1)
        session.execute(sa.update(Job).where(Job.id == job_id).values(lease_until=past))


def test_a_job_runs_once_with_its_payload(handle: Handling) -> None:
    seen: list[dict[str, object]] = []
    handle(lambda run: seen.append(run.payload))
    job_id = add()
    assert worker.run_once() >= 1
    worker.run_once()
    assert seen == [{"x": 1}]
    assert job(job_id).state is WorkState.DONE
    assert job(job_id).progress == 1.0


def test_a_job_of_a_transaction_that_fails_does_not_exist(handle: Handling) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as session:
        jobs.enqueue(session, "test", {}, label="Essai")
        raise ZeroDivisionError
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0


def test_a_job_waits_for_its_time(handle: Handling) -> None:
    handle(lambda run: None)
    job_id = add(run_at=now() + timedelta(hours=1))
    worker.run_once()
    assert job(job_id).state is WorkState.PENDING


def test_an_accident_is_tried_again_later_and_given_up_in_the_end(handle: Handling) -> None:
    attempts: list[int] = []

    def fail(run: JobRun) -> None:
        attempts.append(run.attempt)
        raise RuntimeError("secret of the machine")

    handle(fail)
    job_id = add()
    for wait in jobs.BACKOFF:
        worker.run_once()
        waiting = job(job_id)
        assert waiting.state is WorkState.PENDING
        assert now() < waiting.run_at <= now() + wait
        make_due(job_id)
    worker.run_once()
    assert attempts == [1, 2, 3, 4]
    assert job(job_id).state is WorkState.FAILED
    assert job(job_id).error == jobs.GIVEN_UP
    assert "secret" not in jobs.GIVEN_UP


def test_a_job_that_cannot_succeed_says_why_at_once(handle: Handling) -> None:
    def refuse(run: JobRun) -> None:
        raise JobError("Cette collecte n’existe plus.")

    handle(refuse)
    job_id = add()
    worker.run_once()
    assert job(job_id).state is WorkState.FAILED
    assert job(job_id).attempts == 1
    assert job(job_id).error == "Cette collecte n’existe plus."


def test_an_unknown_kind_fails_visibly(app: Flask) -> None:
    job_id = add()
    worker.run_once()
    assert job(job_id).state is WorkState.FAILED


def test_what_a_failed_handler_wrote_is_undone(handle: Handling) -> None:
    def half(run: JobRun) -> None:
        with transaction() as session:
            jobs.enqueue(session, "other", {}, label="Jamais")
            raise RuntimeError

    handle(half)
    add()
    worker.run_once()
    assert db.session.scalar(sa.select(Job.id).where(Job.kind == "other")) is None


def test_a_job_of_a_dead_worker_is_taken_over(handle: Handling) -> None:
    handle(lambda run: None)
    job_id = add()
    dead = jobs.claim()
    assert dead is not None
    assert jobs.claim() is None, "a job with a lease belongs to one worker"
    expire_lease(job_id)
    worker.run_once()
    assert job(job_id).state is WorkState.DONE
    assert job(job_id).attempts == 2


def test_a_worker_that_lost_its_lease_writes_nothing(handle: Handling) -> None:
    def fail(run: JobRun) -> None:
        raise JobError("trop tard")

    handle(fail)
    job_id = add()
    slow = jobs.claim()
    assert slow is not None
    expire_lease(job_id)
    other = jobs.claim()
    assert other is not None
    jobs.run(slow)
    slow.progress(0.9, "trop tard")
    slow.beat()
    assert job(job_id).state is WorkState.RUNNING
    assert job(job_id).error is None
    assert job(job_id).progress == 0.0


def test_a_job_that_kills_its_worker_every_time_is_given_up(handle: Handling) -> None:
    handle(lambda run: None)
    job_id = add()
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.claim() is not None
        expire_lease(job_id)
    assert jobs.claim() is None
    assert job(job_id).state is WorkState.FAILED
    assert job(job_id).error == jobs.INTERRUPTED


def test_a_sign_of_life_keeps_the_lease(handle: Handling) -> None:
    job_id = add()
    run = jobs.claim()
    assert run is not None
    expire_lease(job_id)
    run.beat()
    soon = now() + timedelta(seconds=30)
    assert jobs.claim(soon) is None


def test_progress_is_seen_by_others_while_the_job_runs(handle: Handling) -> None:
    seen: list[tuple[float, str]] = []

    def work(run: JobRun) -> None:
        run.progress(0.25, "Graphiques")
        running = job(run.job_id)
        seen.append((running.progress, running.progress_label))

    handle(work)
    add()
    worker.run_once()
    assert seen == [(0.25, "Graphiques")]


def test_progress_inside_a_transaction_does_not_block(handle: Handling) -> None:
    def work(run: JobRun) -> None:
        with transaction():
            run.progress(0.5)

    handle(work)
    job_id = add()
    worker.run_once()
    assert job(job_id).state is WorkState.DONE


def test_the_same_demand_makes_one_job(handle: Handling) -> None:
    handle(lambda run: None)
    assert add(dedupe_key="a") == add(dedupe_key="a")
    assert add(dedupe_key="a") != add(dedupe_key="b")
    worker.run_once()
    first = add(dedupe_key="a")
    assert job(first).state is WorkState.DONE, "what is done is not done again"


def test_a_failed_demand_made_again_starts_again(handle: Handling) -> None:
    def refuse(run: JobRun) -> None:
        raise JobError("non")

    handle(refuse)
    job_id = add(dedupe_key="a")
    worker.run_once()
    assert add(dedupe_key="a") == job_id
    assert job(job_id).state is WorkState.PENDING
    assert job(job_id).error is None


def test_a_document_that_expired_is_made_again(handle: Handling) -> None:
    def make(run: JobRun) -> int:
        with transaction() as session:
            return store_document(
                session, filename="a.txt", content_type="text/plain", data=b"a", permission="read"
            ).id

    handle(make)
    job_id = add(dedupe_key="a")
    worker.run_once()
    with transaction() as session:
        session.execute(sa.delete(Document))
    assert add(dedupe_key="a") == job_id
    assert job(job_id).state is WorkState.PENDING


def test_a_failed_job_can_be_started_again_by_hand(handle: Handling) -> None:
    job_id = add()
    worker.run_once()
    tasks.retry(job_id)
    assert job(job_id).state is WorkState.PENDING
    assert job(job_id).attempts == 0


def test_several_workers_share_the_jobs_without_doubling(app: Flask, handle: Handling) -> None:
    done: list[int] = []
    handle(lambda run: done.append(run.job_id))
    wanted = {add() for _ in range(40)}

    def work() -> None:
        with app.app_context():
            worker.run_once()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job_id for job_id in done if job_id in wanted) == sorted(wanted)


def test_the_worker_says_that_it_lives_and_stops_when_asked(app: Flask, handle: Handling) -> None:
    assert not worker.alive()
    ran = threading.Event()
    handle(lambda run: ran.set())
    service = worker.Worker(app)
    service.start()
    add()
    assert ran.wait(10)
    service.stop()
    assert worker.alive()
    assert not any(thread.is_alive() for thread in service._threads)


def test_the_purge_is_scheduled_once_a_day(app: Flask) -> None:
    worker.schedule()
    worker.schedule()
    keys = db.session.scalars(sa.select(Job.dedupe_key).where(Job.kind == "purge")).all()
    assert keys == [f"purge:{now().date().isoformat()}"]


def test_every_registered_kind_has_its_handler(app: Flask) -> None:
    for kind in jobs.HANDLERS:
        assert callable(jobs._find(kind)), kind
