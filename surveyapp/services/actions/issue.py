"""Issue a bilan: freeze its values, number it, make its files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from surveyapp.core.bilan import BilanView, bilan_view, from_document, to_document
from surveyapp.core.campaign import slug_from
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.models import Action, Bilan, Event, Job
from surveyapp.permissions import Permission
from surveyapp.reports.bilan_form import TEMPLATE, bilan_form
from surveyapp.services.actions.edit import find_action
from surveyapp.services.actions.records import values_of
from surveyapp.services.documents import store_document
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import actions as store
from surveyapp.store import structure

#: A number that somebody else took meanwhile is tried again.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Frozen:
    """A bilan that is about to be issued."""

    view: BilanView
    number: int
    data: bytes


def view_of(action: Action) -> BilanView:
    """The action's bilan as it would be printed now."""
    return bilan_view(bilan_form(), values_of(action))


def issue_bilan(slug: str, *, user_id: int | None, now: datetime) -> Bilan:
    """Freeze the action's bilan under a new number, with its Word file.

    The file is made before the transaction opens: nobody waits for it to write.

    :raises ActionNotFoundError: no such action.
    """
    for _ in range(_ATTEMPTS):
        frozen = _freeze(find_action(slug), on=_local_day(now))
        with transaction() as session:
            action = find_action(slug, lock=True)
            if _next_number(action.id) == frozen.number:
                return _record(session, action, frozen, user_id=user_id, now=now)
    raise RuntimeError("the number of the bilan was taken again and again")


def current_bilan(slug: str, *, user_id: int | None, now: datetime) -> Bilan:
    """The bilan of what is entered now: the latest one if nothing changed, else a new one."""
    action = find_action(slug)
    latest = store.latest_bilan(action.id)
    unchanged = latest is not None and (
        latest.snapshot == to_document_json(view_of(action))
        and latest.template_sha256 == template_digest()
    )
    if latest is not None and unchanged and latest.document_id is not None:
        return latest
    return issue_bilan(slug, user_id=user_id, now=now)


def to_document_json(view: BilanView) -> dict[str, object]:
    """The snapshot as the database gives it back: lists, not tuples."""
    import orjson

    document: dict[str, object] = orjson.loads(orjson.dumps(to_document(view)))
    return document


def template_digest() -> str:
    return hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()


def filename(view: BilanView, number: int, extension: str) -> str:
    """« bilan-action-2022-titre-n2.docx »."""
    parts = ("bilan-action", view.year, slug_from(view.action)[:60], f"n{number}")
    return "-".join(part for part in parts if part) + f".{extension}"


def _local_day(moment: datetime) -> date:
    return moment.astimezone(structure().zone).date()


def issued_day(bilan: Bilan) -> date:
    """The day on which a bilan was issued, where the CPTS is."""
    return _local_day(bilan.created_at)


def _next_number(action_id: int) -> int:
    latest = store.latest_bilan(action_id)
    return latest.number + 1 if latest else 1


def _freeze(action: Action, *, on: date) -> Frozen:
    from surveyapp.reports.bilan_docx import bilan_docx

    view, number = view_of(action), _next_number(action.id)
    return Frozen(view, number, bilan_docx(view, number=number, issued_on=on))


def _record(
    session: AnySession, action: Action, frozen: Frozen, *, user_id: int | None, now: datetime
) -> Bilan:
    from surveyapp.reports.bilan_docx import CONTENT_TYPE

    document = store_document(
        session,
        filename=filename(frozen.view, frozen.number, "docx"),
        content_type=CONTENT_TYPE,
        data=frozen.data,
        permission=Permission.READ,
    )
    bilan = Bilan(
        action_id=action.id,
        number=frozen.number,
        snapshot=to_document(frozen.view),
        template_sha256=template_digest(),
        document_id=document.id,
        created_at=now,
        created_by_id=user_id,
    )
    session.add(bilan)
    session.add(
        Event(
            kind="bilan.issued",
            subject="action",
            subject_id=action.id,
            user_id=user_id,
            at=now,
            data={"number": frozen.number, "missing": len(frozen.view.missing)},
        )
    )
    session.flush()
    return bilan


def docx_of(bilan: Bilan) -> bytes:
    """The Word file of an issued bilan, made again from its snapshot."""
    from surveyapp.reports.bilan_docx import bilan_docx

    view = from_document(bilan.snapshot)
    return bilan_docx(view, number=bilan.number, issued_on=issued_day(bilan))


def pdf_of(bilan: Bilan) -> bytes:
    """The PDF of an issued bilan, from its snapshot."""
    from surveyapp.reports.bilan_pdf import bilan_pdf

    view = from_document(bilan.snapshot)
    return bilan_pdf(view, number=bilan.number, issued_on=issued_day(bilan))


def request_pdf(bilan_id: int, *, user_id: int | None) -> Job:
    """Have the worker make the PDF of a bilan; asked twice by one person, it is made once."""
    with transaction() as session:
        bilan = session.get_one(Bilan, bilan_id)
        return enqueue(
            session,
            "bilan_pdf",
            {"bilan": bilan_id},
            label=f"Bilan d’action n°\u00a0{bilan.number} en PDF",
            dedupe_key=f"bilan-pdf-{bilan_id}-{user_id}",
            owner_id=user_id,
        )


@handler("bilan_pdf")
def make_pdf(job: JobRun) -> int:
    """Store the PDF of a bilan beside its Word file."""
    bilan = store.bilan(int(job.payload["bilan"]))
    if bilan is None:
        raise JobError("Ce bilan n’existe plus.")
    if bilan.pdf_id is not None:
        return bilan.pdf_id
    job.progress(0.2, "Mise en page")
    data = pdf_of(bilan)
    with transaction() as session:
        row = session.get_one(Bilan, bilan.id, with_for_update=True)
        if row.pdf_id is not None:
            return row.pdf_id
        document = store_document(
            session,
            filename=filename(from_document(bilan.snapshot), bilan.number, "pdf"),
            content_type="application/pdf",
            data=data,
            permission=Permission.READ,
        )
        row.pdf_id = document.id
        return document.id
