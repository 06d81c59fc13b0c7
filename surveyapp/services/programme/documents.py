"""The documents on the programme: asked for by a page, made by the worker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from surveyapp.core.french import NBSP
from surveyapp.core.programme import Period
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.models import now
from surveyapp.permissions import Permission
from surveyapp.services.documents import store_document
from surveyapp.services.programme.meetings import Planned, meeting
from surveyapp.services.programme.papers import first_months, review, sheet
from surveyapp.services.programme.targets import ProgrammeError
from surveyapp.services.transaction import transaction

#: How long a document can be downloaded; it can be made again at any time.
KEPT = timedelta(days=30)
FORMATS = ("pdf", "docx")


def request_review(period: Period, format: str, *, owner_id: int, today: date) -> int:
    """Ask for the review of a period as ``pdf`` or ``docx``; the job."""
    payload = {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "format": format,
        "today": today.isoformat(),
    }
    what = "Revue à 3 mois" if period == first_months() else "Revue du dispositif"
    return _ask("programme_review", payload, f"{what} ({format.upper()})", owner_id)


def request_sheet(one: Planned, *, owner_id: int, today: date) -> int:
    """Ask for the figures of a meeting, on one page; the job."""
    payload = {"journey": one.journey, "key": one.key, "today": today.isoformat()}
    return _ask("programme_sheet", payload, f"Chiffres{NBSP}: {one.label}", owner_id)


def _ask(kind: str, payload: dict[str, Any], label: str, owner_id: int) -> int:
    with transaction() as session:
        return enqueue(session, kind, payload, label=label[:200], owner_id=owner_id).id


@handler("programme_review")
def make_review(run: JobRun) -> int:
    """Lay out the review and keep it for :data:`KEPT`."""
    from surveyapp.reports import programme, programme_docx

    said = run.payload
    today = date.fromisoformat(said["today"])
    period = Period(date.fromisoformat(said["first"]), date.fromisoformat(said["last"]))
    paper = review(period, today=today, now=now())
    name = f"revue-dispositif-{period.first.isoformat()}-{period.last.isoformat()}"
    if said["format"] == "docx":
        data = programme_docx.programme_docx(paper, today)
        return _keep(f"{name}.docx", programme_docx.CONTENT_TYPE, data)
    return _keep(f"{name}.pdf", programme.PDF_TYPE, programme.programme_pdf(paper, today))


@handler("programme_sheet")
def make_sheet(run: JobRun) -> int:
    """Lay out the figures of a meeting."""
    from surveyapp.reports.programme import PDF_TYPE, programme_pdf

    said = run.payload
    today = date.fromisoformat(said["today"])
    try:
        one = meeting(said["journey"], said["key"])
    except ProgrammeError as error:
        raise JobError(str(error)) from error
    data = programme_pdf(sheet(one, today=today, now=now()), today, one_page=True)
    return _keep(f"chiffres-{one.name.replace('_', '-')}-{one.on.isoformat()}.pdf", PDF_TYPE, data)


def _keep(filename: str, content_type: str, data: bytes) -> int:
    with transaction() as session:
        document = store_document(
            session,
            filename=filename,
            content_type=content_type,
            data=data,
            permission=Permission.READ,
            expires_at=now() + KEPT,
        )
        return document.id
