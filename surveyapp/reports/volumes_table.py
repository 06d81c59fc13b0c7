"""Requests to the conciergerie by category and month as a file: what would justify a post."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time

from surveyapp.core.programme import Volumes
from surveyapp.reports.workbook import OPTIONS, Sheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def volumes_xlsx(
    found: Volumes, labels: Mapping[str, str], reasons: Mapping[str, str], *, on: date
) -> bytes:
    """Categories by month, and why requests came to nothing: one sheet each."""
    import xlsxwriter

    out = io.BytesIO()
    months = [f"{month.month:02}/{month.year}" for month in found.months]
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        title = "Demandes à la conciergerie"
        book.set_properties({"title": title, "created": datetime.combine(on, time())})
        sheet = Sheet(book, "Demandes", ["Catégorie", "Total", *months])
        for row in found.rows:
            sheet.add([labels.get(row.name, row.name), row.total, *row.counts])
        sheet.add(["Demandes", found.total, *found.requests])
        ends = Sheet(book, "Issues", ["Issue", "Demandes"])
        ends.add(["Résolues", found.solved])
        ends.add(["En cours", found.open])
        ends.add(["Non abouties", found.failed])
        for name, count in found.reasons:
            ends.add([reasons.get(name, "Motif non précisé"), count])
    return out.getvalue()
