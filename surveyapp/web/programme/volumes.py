"""Requests to the conciergerie, by category and month."""

from __future__ import annotations

from flask import render_template

from surveyapp.core.programme import volumes as count
from surveyapp.services.programme.cases import fact_labels, labels_of, load_cases
from surveyapp.services.programme.targets import spec_of
from surveyapp.web.programme.blueprint import address, asked_period, blueprint, today, years

_JOURNEY = "conciergerie"
_REASON = "motif_echec"


@blueprint.get("/conciergerie/volumes")
def volumes() -> tuple[str, int]:
    """What the requests of a period were, and what became of them."""
    period, fault = asked_period()
    cases = load_cases(_JOURNEY).get(_JOURNEY, ())
    page = render_template(
        "programme/volumes.html",
        period=period,
        fault=fault,
        years=years(),
        found=count(cases, period, reason=_REASON, today=today()),
        labels=labels_of(spec_of(_JOURNEY)),
        reasons=fact_labels(_JOURNEY, _REASON),
        address=address,
        today=today(),
    )
    return page, 422 if fault else 200
