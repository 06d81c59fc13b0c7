"""Make the letters that a journey asks for, by the worker."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.campaign import slug_from
from surveyapp.core.colour import theme
from surveyapp.core.french import quoted
from surveyapp.core.journey.calendar import add
from surveyapp.core.journey.definition import Document as Template
from surveyapp.jobs import JobError, JobRun, handler
from surveyapp.models import DossierFile, DossierMark, Event, Person, db
from surveyapp.reports.letters import FORMATS, TEMPLATES, LetterFields, Rendered, render_document
from surveyapp.services.documents import store_document
from surveyapp.services.dossiers.errors import DossierGone
from surveyapp.services.dossiers.files import PERMISSION, local_day
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.people.professions import professions
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import structure


@handler("dossier_document")
def make_letters(run: JobRun) -> None:
    """Write a letter in each of its formats and keep it in the dossier; once."""
    dossier_id, mark_id = run.payload["dossier_id"], run.payload["mark_id"]
    at = datetime.fromisoformat(run.payload["at"])
    try:
        found = opened(db.session, dossier_id)
    except DossierGone:
        return
    if found.row.anonymised_on is not None or found.mark(mark_id) is None:
        return
    template = _template(found, run.payload["name"])
    fields = letter_fields(found, mark_id, on=local_day(at))
    made = [_render(template, format, fields) for format in template.formats]
    with transaction() as session:
        if _still_wanted(session, dossier_id, template, mark_id, at):
            for format, file in zip(template.formats, made, strict=True):
                _keep(session, found, template, (format, file), mark_id=mark_id, at=at)
            _tell(session, dossier_id, template, run.owner_id, at)


def _render(template: Template, format: str, fields: LetterFields) -> Rendered:
    """:raises JobError: the journey names a template or a format that we have not."""
    if template.template not in TEMPLATES or format not in FORMATS:
        raise JobError(f"Le modèle {quoted(template.template)} ({format}) n’existe pas.")
    return render_document(template.template, format, fields)


def letter_fields(found: Opened, mark_id: int, *, on: date) -> LetterFields:
    """What a letter about a mark says, from the card of the person, else from the dossier."""
    cpts, row = structure(), found.row
    entry = _entry_answers(found)
    person = row.person
    holder = _name_of(person) or _joined(entry, "prenom", "nom") or row.title
    profession = person.profession if person else str(entry.get("profession") or "")
    mark = found.mark(mark_id)
    return LetterFields(
        structure=cpts.name,
        address=cpts.address,
        contact=" – ".join(filter(None, (cpts.email, cpts.phone))),
        signatory=cpts.referent,
        accent=theme(cpts.color).link,
        reference=row.reference,
        holder=holder,
        profession=professions().get(profession, profession),
        commune=person.commune if person else str(entry.get("commune") or ""),
        start=mark.on if mark else None,
        end=term_of(found, mark) if mark else None,
        on=on,
    )


def term_of(found: Opened, mark: DossierMark) -> date | None:
    """The day on which what began with a mark ends by itself: the deadline that closes it."""
    ending = (d for d in found.journey.deadlines if d.take and mark.name in d.after)
    deadline = next(ending, None)
    return add(mark.on, deadline.plus) if deadline else None


def _template(found: Opened, name: str) -> Template:
    template = next((d for d in found.journey.documents if d.name == name), None)
    if template is None:
        raise JobError("Ce document n’existe plus dans le parcours du dossier.")
    return template


def _entry_answers(found: Opened) -> dict[str, object]:
    task = found.journey.entry_task
    filled = [mark.answers for mark in found.dossier.marks if mark.name == task]
    return dict(filled[-1]) if filled else {}


def _name_of(person: Person | None) -> str:
    return f"{person.first_name} {person.last_name}".strip() if person else ""


def _joined(answers: dict[str, object], *names: str) -> str:
    return " ".join(str(answers[name]) for name in names if answers.get(name))


def _still_wanted(
    session: AnySession, dossier_id: int, template: Template, mark_id: int, at: datetime
) -> bool:
    """False when an attempt before this one got as far as writing it, when the dossier is gone,
    or when the mark was withdrawn: a letter of mandate without a mandate is not made."""
    try:
        found = opened(session, dossier_id, lock=True)
    except DossierGone:
        return False
    known = sa.select(DossierFile.id).where(
        DossierFile.dossier_id == dossier_id,
        DossierFile.name == template.name,
        DossierFile.mark_id == mark_id,
        DossierFile.at == at,
    )
    stands = found.row.anonymised_on is None and found.mark(mark_id) is not None
    return stands and session.scalar(known.limit(1)) is None


def _keep(
    session: AnySession,
    found: Opened,
    template: Template,
    made: tuple[str, Rendered],
    *,
    mark_id: int,
    at: datetime,
) -> None:
    """A partner sees what the journey shares with partners, and letters are not part of it."""
    format, file = made
    document = store_document(
        session,
        filename=f"{slug_from(template.label)[:60]}-{found.row.reference.lower()}.{format}",
        content_type=file.content_type,
        data=file.data,
        permission=PERMISSION,
    )
    session.add(
        DossierFile(
            dossier_id=found.row.id,
            document_id=document.id,
            label=f"{template.label} ({_FORMATS.get(format, format)})",
            name=template.name,
            mark_id=mark_id,
            shared=found.journey.sharing is None,
            at=at,
        )
    )


def _tell(
    session: AnySession, dossier_id: int, template: Template, user_id: int | None, at: datetime
) -> None:
    session.add(
        Event(
            kind="dossier.document_made",
            subject="dossier",
            subject_id=dossier_id,
            user_id=user_id,
            at=at,
            data={"name": template.name, "label": template.label},
        )
    )


_FORMATS = {"pdf": "PDF", "docx": "Word"}
