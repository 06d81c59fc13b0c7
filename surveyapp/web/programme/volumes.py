"""Requests to the conciergerie, by category and month."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from surveyapp.core.programme import Period, Volumes
from surveyapp.core.programme import volumes as count
from surveyapp.models import now
from surveyapp.permissions import Permission, can
from surveyapp.reports import volumes_table
from surveyapp.services.programme.cases import fact_labels, labels_of, load_cases
from surveyapp.services.programme.results import result
from surveyapp.services.programme.targets import spec_of
from surveyapp.web.programme.blueprint import address, asked_period, blueprint, today, years

_JOURNEY = "conciergerie"
_REASON = "motif_echec"


@blueprint.get("/conciergerie/volumes")
def volumes() -> tuple[str, int]:
    """What the requests of a period were, and what became of them."""
    period, fault = asked_period()
    page = render_template(
        "programme/volumes.html",
        period=period,
        fault=fault,
        years=years(),
        found=_counted(period),
        closed={} if can(Permission.FOLLOW) else _closed(period),
        cells=spec_of(_JOURNEY).cells,
        labels=labels_of(spec_of(_JOURNEY)),
        reasons=fact_labels(_JOURNEY, _REASON),
        address=address,
        today=today(),
    )
    return page, 422 if fault else 200


@blueprint.get("/conciergerie/volumes.xlsx")
def volumes_file() -> Response:
    """The same table, to take along."""
    period, fault = asked_period()
    if fault:
        flash(fault, "error")
        return redirect(url_for("programme.volumes"))
    labels, reasons = labels_of(spec_of(_JOURNEY)), fact_labels(_JOURNEY, _REASON)
    data = volumes_table.volumes_xlsx(_counted(period), labels, reasons, on=today())
    name = f"conciergerie-{period.first.isoformat()}-{period.last.isoformat()}.xlsx"
    kind = volumes_table.CONTENT_TYPE
    return send_file(io.BytesIO(data), mimetype=kind, as_attachment=True, download_name=name)


def _counted(period: Period) -> Volumes:
    cases = load_cases(_JOURNEY).get(_JOURNEY, ())
    return count(cases, period, reason=_REASON, today=today())


def _closed(period: Period) -> dict[str, str]:
    """The number of each category as it may leave the coordination."""
    found = result(_JOURNEY, period, today=today(), now=now())
    lines = zip(found.figure.lines, found.parts, strict=True)
    return {line.name: part.text for line, part in lines}
