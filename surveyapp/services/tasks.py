"""What the owner of a task can do with it."""

from __future__ import annotations

import sqlalchemy as sa

from surveyapp.jobs import restart
from surveyapp.models import Job, WorkState
from surveyapp.services.transaction import transaction


def mark_seen(job_id: int) -> None:
    """The owner knows how it ended."""
    with transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(seen=True))


def retry(job_id: int) -> None:
    """Start a failed task again; nothing happens to one that is under way or done."""
    with transaction() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is not None and job.state is WorkState.FAILED:
            restart(job)
