"""What can be downloaded from the results page: each is a job of the worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import abort, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from surveyapp.models import Campaign
from surveyapp.permissions import Permission, can
from surveyapp.services import exports, reports
from surveyapp.services.exports import Content, Export
from surveyapp.web.results.blueprint import blueprint
from surveyapp.web.results.campaign import campaign_or_404

#: Asks for the file; returns the job that makes it.
Ask = Callable[[Campaign, int], int]


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a page offers to whoever holds ``permission``."""

    kind: str
    label: str
    permission: Permission
    ask: Ask
    content: Content = Content.RESULTS

    def offered(self, campaign: Campaign) -> bool:
        """Whether this person may ask for this file of this campaign."""
        return can(self.permission) and exports.may_leave(campaign, self.content)


def _pdf(campaign: Campaign, owner_id: int) -> int:
    return reports.request_report(campaign, owner_id=owner_id, on=reports.today())


def _table(kind: str, content: Content, campaign: Campaign, owner_id: int) -> int:
    """The comparison that the page shows is in the table too."""
    crossing = request.form.get("croisement", "") if content is Content.RESULTS else ""
    return exports.request_export(
        campaign,
        kind,
        Export(content, crossing=crossing),
        owner_id=owner_id,
        today=reports.today(),
    )


_RESULTS_CSV = partial(_table, "results_csv", Content.RESULTS)
_RESULTS_XLSX = partial(_table, "results_xlsx", Content.RESULTS)
_QUESTIONS_CSV = partial(_table, "results_csv", Content.QUESTIONS)
_ANSWERS_CSV = partial(_table, "results_csv", Content.ANSWERS)
_ANSWERS_XLSX = partial(_table, "results_xlsx", Content.ANSWERS)

DOWNLOADS: tuple[Download, ...] = (
    Download("pdf", "Rapport (PDF)", Permission.READ, _pdf),
    Download("xlsx", "Résultats (Excel)", Permission.READ, _RESULTS_XLSX),
    Download("csv", "Résultats (CSV)", Permission.READ, _RESULTS_CSV),
    Download(
        "questions-csv",
        "Liste des questions et des codes (CSV)",
        Permission.READ,
        _QUESTIONS_CSV,
        Content.QUESTIONS,
    ),
    Download(
        "reponses-xlsx", "Réponses (Excel)", Permission.EXPORT, _ANSWERS_XLSX, Content.ANSWERS
    ),
    Download("reponses-csv", "Réponses (CSV)", Permission.EXPORT, _ANSWERS_CSV, Content.ANSWERS),
)


def offered(campaign: Campaign) -> list[Download]:
    """What the person who is signed in may download."""
    return [download for download in DOWNLOADS if download.offered(campaign)]


@blueprint.post("/collectes/<slug>/telecharger/<kind>")
def download(slug: str, kind: str) -> Response:
    """Ask for a file, then show how far it is."""
    campaign = campaign_or_404(slug)
    wanted = next((d for d in offered(campaign) if d.kind == kind), None)
    if wanted is None:
        abort(404)
    job = wanted.ask(campaign, int(current_user.id))
    return redirect(url_for("tasks.show", job_id=job))
