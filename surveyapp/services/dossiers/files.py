"""Files of a dossier: what people drop there, and the letters that its journey asks for.

A file is looked at before it is kept (:mod:`surveyapp.core.filetype`, ClamAV when there is one)
and given back as a download only. The history says who added it, took it away and read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from surveyapp.core.filetype import FileType, FileTypeError, recognised, safe_name
from surveyapp.core.journey.definition import Actor
from surveyapp.jobs import enqueue
from surveyapp.links import settings
from surveyapp.models import Document, Dossier, DossierFile, Event, User, db
from surveyapp.services.documents import file_of, store_document
from surveyapp.services.dossiers import scanner
from surveyapp.services.dossiers.access import Sight, Viewer, actor_in, sight
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.reading import Opened, opened
from surveyapp.services.transaction import AnySession, transaction
from surveyapp.store import structure

MEGABYTE = 1024 * 1024
#: The largest file that can be dropped, in bytes.
MAX_SIZE = 10 * MEGABYTE
_LABEL = 200

#: What the document of a dossier asks of whoever downloads it: no role has it, each file is
#: looked up with its dossier.
PERMISSION = "dossier"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file as a page shows it. ``made``: it comes from a template of the journey."""

    id: int
    label: str
    filename: str
    size: int
    made: bool
    shared: bool
    at: datetime
    author: str
    name: str
    mark_id: int | None
    removable: bool


def upload(  # noqa: PLR0913 - each is told by the form
    dossier_id: int,
    *,
    filename: str,
    data: bytes,
    label: str,
    shared: bool,
    viewer: Viewer,
    now: datetime,
) -> int:
    """Keep a file; return its key. Only the coordination has files of its own alone.

    :raises DossierError: the file is not accepted, or there is no room for it.
    :raises DossierGone: the dossier is not theirs.
    """
    whole = seen(db.session, dossier_id, viewer, now).whole
    kind = _checked(data)
    name = safe_name(filename, kind)
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        if found.row.anonymised_on is not None:
            raise DossierError("Ce dossier est anonymisé : il ne reçoit plus de fichier.")
        _check_room(session, dossier_id, len(data))
        document = store_document(
            session,
            filename=name,
            content_type=kind.content_type,
            data=data,
            permission=PERMISSION,
        )
        file = DossierFile(
            dossier_id=dossier_id,
            document_id=document.id,
            label=" ".join(label.split())[:_LABEL] or name.rpartition(".")[0],
            shared=shared or not whole,
            user_id=viewer.user_id,
            at=now,
        )
        session.add(file)
        session.flush()
        _note(session, "dossier.file_added", file, document, viewer.user_id, now)
        return file.id


def _checked(data: bytes) -> FileType:
    """The type of a file that may be kept; nothing is written yet."""
    if len(data) > MAX_SIZE:
        raise DossierError(too_large())
    try:
        kind = recognised(data)
    except FileTypeError as error:
        raise DossierError(str(error)) from error
    if settings().clamav:
        scanner.check(data, settings().clamav)
    return kind


def too_large() -> str:
    """What is said of a file above the limit."""
    return (
        f"Ce fichier dépasse {MAX_SIZE // MEGABYTE} Mo : déposez-en une version plus légère, par "
        "exemple un PDF ou une photo réduite."
    )


def _check_room(session: AnySession, dossier_id: int, size: int) -> None:
    quotas = settings()
    if used(session, dossier_id) + size > quotas.dossier_quota * MEGABYTE:
        raise DossierError(
            f"Ce dossier a atteint {quotas.dossier_quota} Mo de fichiers : retirez ceux qui ne "
            "servent plus, puis recommencez."
        )
    if used(session) + size > quotas.uploads_quota * MEGABYTE:
        raise DossierError(
            "La place réservée aux fichiers déposés est épuisée : prévenez la personne qui "
            "administre le site."
        )


def used(session: AnySession, dossier_id: int | None = None) -> int:
    """Bytes of what was dropped, in a dossier or in all; letters do not count."""
    statement = (
        sa.select(sa.func.coalesce(sa.func.sum(Document.size), 0))
        .join(DossierFile, DossierFile.document_id == Document.id)
        .where(DossierFile.name == "")
    )
    if dossier_id is not None:
        statement = statement.where(DossierFile.dossier_id == dossier_id)
    return int(session.scalar(statement) or 0)


def make(session: AnySession, found: Opened, name: str, mark_id: int, *, now: datetime) -> None:
    """Ask for the letter ``name`` of the journey, about a mark, in the caller's transaction."""
    _ask(session, found, name, mark_id, now=now, key=f"dossier:{found.row.id}:{name}:{mark_id}")


def make_again(dossier_id: int, name: str, mark_id: int, *, viewer: Viewer, now: datetime) -> int:
    """Ask for a letter once more (a date was corrected); the former stays. Return the job."""
    if not seen(db.session, dossier_id, viewer, now).whole:
        raise DossierError("Seule la coordination peut refaire ce document.")
    with transaction() as session:
        found = opened(session, dossier_id, lock=True)
        if not any(document.name == name for document in found.journey.documents):
            raise DossierError("Ce document n’existe pas dans ce parcours.")
        return _ask(session, found, name, mark_id, now=now, owner_id=viewer.user_id)


def _ask(  # noqa: PLR0913 - what a job is made of
    session: AnySession,
    found: Opened,
    name: str,
    mark_id: int,
    *,
    now: datetime,
    key: str | None = None,
    owner_id: int | None = None,
) -> int:
    payload = {
        "dossier_id": found.row.id,
        "name": name,
        "mark_id": mark_id,
        "at": now.isoformat(),
    }
    label = f"{found.journey.label(name)} – {found.row.reference}"
    job = enqueue(
        session, "dossier_document", payload, label=label, dedupe_key=key, owner_id=owner_id
    )
    return job.id


def files_of(
    session: AnySession, dossier_id: int, sight: Sight, viewer: Viewer
) -> list[DossierFile]:
    """The files that somebody sees there, newest first."""
    statement = sa.select(DossierFile).where(DossierFile.dossier_id == dossier_id)
    newest = (DossierFile.at.desc(), DossierFile.label, DossierFile.id)
    own = actor_in(viewer, session.get_one(Dossier, dossier_id)) is Actor.PERSON
    files = session.scalars(statement.order_by(*newest))
    return [file for file in files if _readable(file, sight, viewer, own=own)]


def _readable(file: DossierFile, sight: Sight, viewer: Viewer, *, own: bool) -> bool:
    """Whoever looks at a dossier of their ``own`` sees the letters that are made for them and
    what they dropped, not what colleagues keep about them."""
    if own and not file.name and file.user_id != viewer.user_id:
        return False
    return sight.whole or file.shared


def lines_of(dossier_id: int, sight: Sight, viewer: Viewer) -> list[FileLine]:
    """:func:`files_of`, ready for a page."""
    files = files_of(db.session, dossier_id, sight, viewer)
    rows = {
        document.id: document
        for document in db.session.scalars(
            sa.select(Document).where(Document.id.in_([file.document_id for file in files]))
        )
    }
    authors = {file.user_id for file in files} - {None}
    known = sa.select(User.id, User.name).where(User.id.in_(authors))
    names = {number: name for number, name in db.session.execute(known)}  # noqa: C416 - types
    return [_line(f, rows[f.document_id], names.get(f.user_id or 0, ""), viewer) for f in files]


def _line(file: DossierFile, document: Document, author: str, viewer: Viewer) -> FileLine:
    return FileLine(
        id=file.id,
        label=file.label,
        filename=document.filename,
        size=document.size,
        made=bool(file.name),
        shared=file.shared,
        at=file.at,
        author=author,
        name=file.name,
        mark_id=file.mark_id,
        removable=_may_remove(file, viewer),
    )


def seen(session: AnySession, dossier_id: int, viewer: Viewer, now: datetime) -> Sight:
    """What they see of the dossier; :raises DossierGone: it is not theirs."""
    found = sight(viewer, opened(session, dossier_id), local_day(now))
    if found is None:
        raise DossierGone
    return found


def file_for(dossier_id: int, file_id: int, *, viewer: Viewer, now: datetime) -> DossierFile:
    """One file that they may read; :raises DossierGone: it is not there for them."""
    shown = seen(db.session, dossier_id, viewer, now)
    file = db.session.get(DossierFile, file_id)
    if file is None or file.dossier_id != dossier_id:
        raise DossierGone("Ce fichier n’existe plus.")
    own = actor_in(viewer, db.session.get_one(Dossier, dossier_id)) is Actor.PERSON
    if not _readable(file, shown, viewer, own=own):
        raise DossierGone("Ce fichier n’existe plus.")
    return file


def file_of_document(document_id: int) -> DossierFile | None:
    """The file that a stored document is, whoever asks."""
    statement = sa.select(DossierFile).where(DossierFile.document_id == document_id)
    return db.session.scalars(statement).first()


def remove(file_id: int, *, viewer: Viewer, now: datetime) -> None:
    """Take a file away for good; the history keeps its name and who did it."""
    with transaction() as session:
        known = session.get(DossierFile, file_id, with_for_update=True)
        if known is None:
            raise DossierGone("Ce fichier n’existe plus.")
        file = file_for(known.dossier_id, file_id, viewer=viewer, now=now)
        if not _may_remove(file, viewer):
            raise DossierError("Seule la coordination peut retirer ce fichier.")
        document = session.get_one(Document, file.document_id)
        path = file_of(document)
        _note(session, "dossier.file_removed", file, document, viewer.user_id, now)
        session.delete(file)
        session.flush()
        session.delete(document)
    path.unlink(missing_ok=True)


def local_day(now: datetime) -> date:
    """The day that it is where the CPTS is."""
    return now.astimezone(structure().zone).date()


def _may_remove(file: DossierFile, viewer: Viewer) -> bool:
    """The coordination anything; whoever dropped a file that one."""
    dropped = not file.name and file.user_id is not None and file.user_id == viewer.user_id
    return viewer.actor is Actor.COORDINATION or dropped


def _note(
    session: AnySession,
    kind: str,
    file: DossierFile,
    document: Document,
    user_id: int | None,
    now: datetime,
) -> None:
    session.add(
        Event(
            kind=kind,
            subject="dossier",
            subject_id=file.dossier_id,
            user_id=user_id,
            at=now,
            data={"label": file.label, "filename": document.filename, "size": document.size},
        )
    )
