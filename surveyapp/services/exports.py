"""Tables to download: what may leave, how long it is kept, and who asked.

Answers leave one by one only when the campaign is nominative or confidential; of an
anonymous one nothing but its results does (docs/decisions/0004-exports.md).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import starmap
from pathlib import Path

import orjson

from surveyapp.core.french import NBSP, typeset
from surveyapp.jobs import JobError, JobRun, enqueue, handler
from surveyapp.links import settings
from surveyapp.models import Campaign, Event, now
from surveyapp.permissions import Permission
from surveyapp.reports.tables import (
    CSV_TYPE,
    Progress,
    Record,
    nobody,
    write_answers,
    write_codebook,
    write_results,
)
from surveyapp.reports.workbook import XLSX_TYPE, Contents, write_workbook
from surveyapp.services.campaigns import results_permission
from surveyapp.services.documents import store_document
from surveyapp.services.publish import definition_of
from surveyapp.services.results import Results, results
from surveyapp.services.transaction import transaction
from surveyapp.store import answers
from surveyapp.store.campaigns import campaign_by_slug

#: How long a file can be downloaded: results, and files that name people.
RESULTS_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=7)


class ExportError(Exception):
    """The table cannot be made; the message is a French sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(typeset(message))


class Content(StrEnum):
    """What the table holds."""

    RESULTS = "results"
    ANSWERS = "answers"  # one row per respondent
    QUESTIONS = "questions"  # what the columns mean, for a CSV, which has a single sheet


@dataclass(frozen=True, slots=True)
class Export:
    """Which table: its content; French words or the names of the questionnaire."""

    content: Content = Content.RESULTS
    labels: bool = True
    crossing: str = ""


def write_csv(
    campaign: Campaign, wanted: Export, path: Path, *, today: date, progress: Progress = nobody
) -> None:
    """Write the table as CSV; :raises ExportError: it may not leave."""
    _check(campaign, wanted)
    with path.open("wb") as stream:
        if wanted.content is Content.RESULTS:
            write_results(stream, _results(campaign, wanted, today=today).summaries)
        elif wanted.content is Content.QUESTIONS:
            write_codebook(stream, definition_of(campaign.version))
        else:
            total = answers.fingerprint(campaign.id).count
            write_answers(
                stream,
                definition_of(campaign.version),
                _records(campaign),
                total=total,
                labels=wanted.labels,
                progress=progress,
            )


def write_xlsx(
    campaign: Campaign, wanted: Export, path: Path, *, today: date, progress: Progress = nobody
) -> None:
    """Write the table as a workbook; :raises ExportError: it may not leave."""
    _check(campaign, wanted)
    with_answers = wanted.content is Content.ANSWERS
    contents = Contents(
        title=campaign.title,
        on=today,
        definition=definition_of(campaign.version),
        summaries=_results(campaign, wanted, today=today).summaries,
        records=_records(campaign) if with_answers else None,
        total=answers.fingerprint(campaign.id).count,
        labels=wanted.labels,
    )
    write_workbook(path, contents, progress=progress)


def may_leave(campaign: Campaign, content: Content) -> bool:
    """Whether this content of the campaign may be written to a file at all."""
    return content is not Content.ANSWERS or not definition_of(campaign.version).anonymous


def request_export(
    campaign: Campaign, kind: str, wanted: Export, *, owner_id: int, today: date
) -> int:
    """Ask for a file (``results_csv`` or ``results_xlsx``); return the job.

    The same job for the same demand as long as nothing changed.

    :raises ExportError: it may not leave.
    """
    _check(campaign, wanted)
    payload = {
        "slug": campaign.slug,
        "content": wanted.content,
        "labels": wanted.labels,
        "crossing": wanted.crossing,
        "on": today.isoformat(),
    }
    state = _state(campaign, wanted, today=today)
    digest = hashlib.sha256(orjson.dumps([payload, state])).hexdigest()[:32]
    label = f"{_LABELS[wanted.content]}{NBSP}: {campaign.title}"[:200]
    with transaction() as session:
        return enqueue(
            session,
            kind,
            payload,
            label=label,
            dedupe_key=f"{kind}:{owner_id}:{digest}",
            owner_id=owner_id,
        ).id


@handler("results_csv")
def make_csv(run: JobRun) -> int:
    """Write a CSV file and keep it."""
    return _make(run, write_csv, ".csv", CSV_TYPE)


@handler("results_xlsx")
def make_xlsx(run: JobRun) -> int:
    """Write a workbook and keep it."""
    return _make(run, write_xlsx, ".xlsx", XLSX_TYPE)


def _make(run: JobRun, write: Callable[..., None], suffix: str, content_type: str) -> int:
    campaign = campaign_by_slug(run.payload["slug"])
    if campaign is None:
        raise JobError("Cette collecte n’existe plus.")
    wanted = Export(Content(run.payload["content"]), run.payload["labels"], run.payload["crossing"])
    today = date.fromisoformat(run.payload["on"])
    name = f"{_NAMES[wanted.content]}-{campaign.slug}-{today.isoformat()}{suffix}"
    settings().documents.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings().documents) as folder:
        path = Path(folder) / name
        try:
            write(campaign, wanted, path, today=today, progress=_progress(run))
        except ExportError as error:
            raise JobError(str(error)) from error
        return _keep(run, campaign.slug, wanted, path, content_type)


def _keep(run: JobRun, slug: str, wanted: Export, path: Path, content_type: str) -> int:
    """Store the file, and note that data of this campaign were taken out."""
    named = wanted.content is Content.ANSWERS
    with transaction() as session:
        campaign = campaign_by_slug(slug)
        if campaign is None:
            raise JobError("Cette collecte n’existe plus.")
        document = store_document(
            session,
            filename=path.name,
            content_type=content_type,
            data=path,
            permission=Permission.EXPORT if named else results_permission(campaign),
            expires_at=now() + (ANSWERS_KEPT if named else RESULTS_KEPT),
        )
        session.add(
            Event(
                kind="campaign.exported",
                subject="campaign",
                subject_id=campaign.id,
                user_id=run.owner_id,
                data={"content": wanted.content, "format": path.suffix[1:]},
            )
        )
        return document.id


def _progress(run: JobRun) -> Progress:
    return lambda ratio: run.progress(ratio, "Écriture du fichier")


def _check(campaign: Campaign, wanted: Export) -> None:
    if not may_leave(campaign, wanted.content):
        raise ExportError(
            "Cette collecte est anonyme : ses réponses ne sortent jamais une à une. Demandez les "
            "résultats."
        )


def _results(campaign: Campaign, wanted: Export, *, today: date) -> Results:
    """Figures as they may be published; beside the answers themselves nothing is withheld."""
    internal = wanted.content is Content.ANSWERS
    return results(campaign, crossing=wanted.crossing or None, internal=internal, today=today)


def _records(campaign: Campaign) -> Iterator[Record]:
    return starmap(Record, answers.records(campaign.id))


def _state(campaign: Campaign, wanted: Export, *, today: date) -> object:
    """Changes when the file would."""
    if wanted.content is Content.RESULTS:
        return _results(campaign, wanted, today=today).summaries
    if wanted.content is Content.QUESTIONS:
        return campaign.version.sha256
    return [campaign.epoch, answers.fingerprint(campaign.id)]


_LABELS = {
    Content.RESULTS: "Tableau des résultats",
    Content.ANSWERS: "Tableau des réponses",
    Content.QUESTIONS: "Liste des questions",
}
_NAMES = {
    Content.RESULTS: "resultats",
    Content.ANSWERS: "reponses",
    Content.QUESTIONS: "questions",
}
