"""Freeze a questionnaire into a version that campaigns refer to."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from surveyapp.core.check import check
from surveyapp.core.codec import digest, from_document, to_document
from surveyapp.core.definition import FormDefinition
from surveyapp.core.issues import DefinitionError, errors
from surveyapp.models import Event, Form, FormVersion
from surveyapp.services.transaction import AnySession, insert_into, transaction

_CACHE_SIZE = 64
_cache: dict[str, FormDefinition] = {}
_cache_lock = threading.Lock()


def publish(definition: FormDefinition, *, author_id: int | None = None) -> FormVersion:
    """Publish in a transaction of its own.

    The same questionnaire published again gives the version that exists. Raises
    :class:`DefinitionError` when the questionnaire has errors (warnings do not forbid).
    """
    _refuse_errors(definition)
    with transaction() as session:
        return add_version(session, definition, author_id=author_id)


def add_version(
    session: AnySession, definition: FormDefinition, *, author_id: int | None = None
) -> FormVersion:
    """:func:`publish` inside of the caller's transaction, for a questionnaire already checked."""
    sha256 = digest(definition)
    form = _locked_form(session, definition)
    existing = session.scalar(sa.select(FormVersion).where(FormVersion.sha256 == sha256))
    if existing is not None:
        return existing
    form.title = definition.title
    last = session.scalar(
        sa.select(sa.func.max(FormVersion.number)).where(FormVersion.form_id == form.id)
    )
    version = FormVersion(
        form_id=form.id,
        number=(last or 0) + 1,
        label=definition.version,
        mode=definition.mode,
        k=definition.k,
        document=to_document(definition),
        sha256=sha256,
    )
    session.add(version)
    session.flush()
    session.add(
        Event(
            kind="form.published",
            subject="form_version",
            subject_id=version.id,
            user_id=author_id,
        )
    )
    return version


def _locked_form(session: AnySession, definition: FormDefinition) -> Form:
    """The form, made if need be. Who publishes it at the same moment waits here: PostgreSQL
    would let both look for the version before either has written it."""
    made = insert_into(session, Form).values(name=definition.name, title=definition.title)
    session.execute(made.on_conflict_do_nothing(index_elements=["name"]))
    return session.scalars(
        sa.select(Form).where(Form.name == definition.name).with_for_update()
    ).one()


def definition_of(version: FormVersion) -> FormDefinition:
    """The questionnaire of a version, kept in memory since it never changes."""
    found = _cache.get(version.sha256)
    if found is None:
        found = from_document(version.document)
        with _cache_lock:
            if len(_cache) >= _CACHE_SIZE:
                del _cache[next(iter(_cache))]
            _cache[version.sha256] = found
    return found


def _refuse_errors(definition: FormDefinition) -> None:
    issues = check(definition)
    if errors(issues):
        raise DefinitionError(issues)
