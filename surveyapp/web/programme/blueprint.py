"""The blueprint of the programme, and what its routes share."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, request
from flask_login import current_user

from surveyapp.core.french import month
from surveyapp.core.programme import IndicatorSpec, Period, PeriodError, read_period, year_of
from surveyapp.models import now
from surveyapp.permissions import Permission, can
from surveyapp.services.dossiers.journeys import in_service
from surveyapp.services.programme.targets import ProgrammeError, spec_of
from surveyapp.store import structure

blueprint = Blueprint("programme", __name__, url_prefix="/coordination/dossiers/indicateurs")


@blueprint.app_template_filter("month")
def _month(day: date) -> str:
    return month(day)


@blueprint.context_processor
def _rights() -> dict[str, bool]:
    """``follows``: who may change targets and see names of ambassadors."""
    return {"follows": can(Permission.FOLLOW)}


def author() -> int:
    """Who is signed in; read before a transaction begins."""
    return int(current_user.id)


def today() -> date:
    """The day where the CPTS is."""
    return now().astimezone(structure().zone).date()


def spec_or_404(code: str) -> IndicatorSpec:
    try:
        return spec_of(code)
    except ProgrammeError:
        abort(404)


def asked_period() -> tuple[Period, str]:
    """The period that the address says, and what is wrong with it."""
    given = {name: request.values.get(name, "").strip() for name in ("annee", "du", "au")}
    day = today()
    try:
        return read_period(year=given["annee"], first=given["du"], last=given["au"], today=day), ""
    except PeriodError as error:
        return year_of(day.year), str(error)


def years() -> list[int]:
    """The civil years since the first journey was put into service, the latest first."""
    last = today().year
    first = min((use.started_on.year for use in in_service()), default=last)
    return list(range(last, min(first, last) - 1, -1))


def address(period: Period) -> dict[str, str]:
    """How an address says a period."""
    if period.year is not None:
        return {"annee": str(period.year)}
    return {"du": period.first.isoformat(), "au": period.last.isoformat()}
