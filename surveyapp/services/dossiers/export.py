"""The table of dossiers as a workbook: the rows that the filters leave, every page."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from surveyapp.core.journey.definition import Column, Journey
from surveyapp.models import Event
from surveyapp.reports.dossier_table import Record, write_dossiers_xlsx
from surveyapp.services.dossiers.access import Viewer
from surveyapp.services.dossiers.register import Line, lines
from surveyapp.services.transaction import transaction

#: Dossiers that are in memory at once.
_AT_ONCE = 200


def export(
    ids: Sequence[int],
    columns: Sequence[Column],
    *,
    viewer: Viewer,
    journey: Journey,
    today: date,
    now: datetime,
) -> bytes:
    """The workbook; the history keeps who took how many dossiers away."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dossiers.xlsx"
        records = (
            _record(line)
            for start in range(0, len(ids), _AT_ONCE)
            for line in lines(
                ids[start : start + _AT_ONCE],
                columns,
                viewer=viewer,
                journey=journey,
                today=today,
            )
        )
        labels = [column.label for column in columns]
        write_dossiers_xlsx(path, journey.title, labels, records, on=today)
        data = path.read_bytes()
    _note(journey.name, len(ids), author_id=viewer.user_id, now=now)
    return data


def _record(line: Line) -> Record:
    brief = line.brief
    return Record(
        reference=brief.reference,
        title=brief.title,
        stage=line.stage,
        since=brief.stage_on,
        due=brief.next.label if brief.next else "",
        due_on=brief.next.on if brief.next else None,
        late=line.late,
        owner=brief.owner,
        cells=line.cells,
    )


def _note(journey: str, count: int, *, author_id: int | None, now: datetime) -> None:
    with transaction() as session:
        session.add(
            Event(
                kind="dossier.exported",
                subject="journey",
                subject_id=0,
                user_id=author_id,
                at=now,
                data={"journey": journey, "dossiers": count},
            )
        )
