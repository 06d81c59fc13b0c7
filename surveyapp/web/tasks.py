"""Progress of long work, and the notices that say it is ready."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.jobs import unseen
from surveyapp.models import Job, WorkState, db
from surveyapp.permissions import Permission, can
from surveyapp.services import tasks
from surveyapp.web.layout import home_url
from surveyapp.web.security import wants_json

blueprint = Blueprint("tasks", __name__, url_prefix="/coordination/taches")


def register(app: Flask) -> None:
    """Let every page of the coordination show what is ready."""
    app.context_processor(lambda: {"ready_tasks": ready_tasks})


def ready_tasks() -> list[Job]:
    """Finished tasks that their owner has not looked at yet, newest first."""
    if not has_request_context() or not current_user.is_authenticated:
        return []
    here = request.view_args or {}
    jobs = unseen(db.session, current_user.id)
    return [job for job in jobs if job.id != here.get("job_id")]


@blueprint.get("/<int:job_id>")
def show(job_id: int) -> str | Response:
    """How far a task is; JSON for the script of the page."""
    job = _mine(job_id)
    if wants_json():
        return jsonify(_as_json(job))
    if job.state in {WorkState.DONE, WorkState.FAILED} and not job.seen:
        tasks.mark_seen(job.id)
        job = _mine(job_id)
    return render_template("tasks/show.html", job=job)


@blueprint.post("/<int:job_id>/reessayer")
def retry(job_id: int) -> Response:
    """Start a failed task again."""
    tasks.retry(_mine(job_id).id)
    return redirect(url_for("tasks.show", job_id=job_id))


@blueprint.post("/<int:job_id>/vu")
def dismiss(job_id: int) -> Response:
    """Take a notice away without opening the document."""
    tasks.mark_seen(_mine(job_id).id)
    return redirect(home_url())


def _mine(job_id: int) -> Job:
    """A task of the person who is signed in; administrators see everybody's."""
    job = db.session.get(Job, job_id)
    if job is None or (job.owner_id != current_user.id and not can(Permission.ADMIN)):
        abort(404)
    return job


def _as_json(job: Job) -> dict[str, Any]:
    finished = job.state in {WorkState.DONE, WorkState.FAILED}
    return {
        "state": job.state.value,
        "progress": round(job.progress, 3),
        "label": job.progress_label,
        "finished": finished,
    }
