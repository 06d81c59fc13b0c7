"""Statements of time and expenses as files: asked for by a page, made by the worker."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from surveyapp.core.declarations import Statement, add_up, is_period, period_label
from surveyapp.core.french import NBSP
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.links import settings
from surveyapp.models import Event, now
from surveyapp.permissions import Permission
from surveyapp.reports.declarations_table import write_csv, write_xlsx
from surveyapp.reports.statement_pdf import CONTENT_TYPE, statement_pdf
from surveyapp.reports.tables import CSV_TYPE
from surveyapp.reports.workbook import XLSX_TYPE
from surveyapp.services.documents import store_document
from surveyapp.services.dossiers.declarations import statement_of
from surveyapp.services.dossiers.errors import DossierError
from surveyapp.services.transaction import transaction
from surveyapp.store import structure

#: A file that names people is not kept for long; it can be made again.
KEPT = timedelta(days=30)
TYPES = {"pdf": CONTENT_TYPE, "xlsx": XLSX_TYPE, "csv": CSV_TYPE}


def request_statement(
    period: str, kind: str, *, dossier_id: int | None, owner_id: int, today: date
) -> int:
    """Ask for the statement of a month or a year, of one ambassador or of all; the job."""
    if not is_period(period) or kind not in TYPES:
        raise DossierError("Choisissez un mois ou une année, et un format.")
    payload = {"period": period, "kind": kind, "dossier_id": dossier_id, "on": today.isoformat()}
    label = f"Relevé de temps et de frais{NBSP}: {period_label(period)}"
    with transaction() as session:
        return enqueue(session, "declarations", payload, label=label, owner_id=owner_id).id


def only(statement: Statement, dossier_id: int | None) -> Statement:
    """The part of one ambassador; all of it for ``None``."""
    if dossier_id is None:
        return statement
    shares = tuple(share for share in statement.shares if share.dossier_id == dossier_id)
    return replace(
        statement, shares=shares, amounts=add_up(share.amounts for share in shares), waiting=0
    )


@handler("declarations")
def make_statement(run: JobRun) -> int:
    """Write the file and keep it for :data:`KEPT`; the history says that it left."""
    payload = run.payload
    found = only(statement_of(payload["period"]), payload["dossier_id"])
    if payload["dossier_id"] is not None and not found.shares:
        raise JobError("Cet ambassadeur n’a pas de déclaration validée sur cette période.")
    kind, on = payload["kind"], date.fromisoformat(payload["on"])
    settings().documents.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings().documents) as folder:
        path = Path(folder) / f"releve-{payload['period']}.{kind}"
        _write(path, kind, found, on)
        return _keep(run, path, found)


def _write(path: Path, kind: str, found: Statement, on: date) -> None:
    if kind == "pdf":
        path.write_bytes(statement_pdf(found, structure(), on=on))
    elif kind == "xlsx":
        write_xlsx(path, found, on=on)
    else:
        write_csv(path, found)


def _keep(run: JobRun, path: Path, found: Statement) -> int:
    at = now()
    with transaction() as session:
        document = store_document(
            session,
            filename=path.name,
            content_type=TYPES[path.suffix[1:]],
            data=path,
            permission=Permission.FOLLOW,
            expires_at=at + KEPT,
        )
        session.add(
            Event(
                kind="declarations.exported",
                subject="document",
                subject_id=document.id,
                user_id=run.owner_id,
                at=at,
                data={"period": found.period, "declarations": len(found.declarations)},
            )
        )
        return document.id
