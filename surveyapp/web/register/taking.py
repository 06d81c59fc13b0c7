"""The table as a file to take away."""

from __future__ import annotations

import io

from flask import request, send_file
from werkzeug.wrappers import Response

from surveyapp.models import now
from surveyapp.reports.workbook import XLSX_TYPE
from surveyapp.services.dossiers.export import export as make
from surveyapp.web.register.asked import Asked
from surveyapp.web.register.blueprint import blueprint, journey_or_404, today, viewer


@blueprint.post("/parcours/<name>/exporter")
def export(name: str) -> Response:
    """The dossiers of the table, every page: the columns that are shown, or all of them."""
    looking, day = viewer(), today()
    journey = journey_or_404(name, looking)
    asked = Asked.read(request.args, journey, looking)
    keys = asked.columns if request.form.get("colonnes") == "toutes" else asked.keys
    columns = [asked.columns[key] for key in keys]
    data = make(asked.ids(day), columns, viewer=looking, journey=journey, today=day, now=now())
    filename = f"{name}-{day.isoformat()}.xlsx"
    return send_file(
        io.BytesIO(data), mimetype=XLSX_TYPE, as_attachment=True, download_name=filename
    )
