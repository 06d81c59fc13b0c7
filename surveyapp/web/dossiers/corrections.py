"""Put right what was recorded wrongly: another date, or something that never happened."""

from __future__ import annotations

from flask import abort, render_template

from surveyapp.models import DossierMark, now
from surveyapp.services.dossiers import corrections as service
from surveyapp.services.dossiers.errors import DossierError, DossierGone
from surveyapp.services.dossiers.page.timeline import removable
from surveyapp.web.dossiers.blueprint import Page, Seen, back, blueprint, seen_or_404
from surveyapp.web.dossiers.inputs import CorrectionForm, WithdrawalForm


@blueprint.route("/<int:dossier_id>/traces/<int:mark_id>/date", methods=["GET", "POST"])
def correct(dossier_id: int, mark_id: int) -> Page:
    """Give something another date."""
    seen, mark = _mark_or_404(dossier_id, mark_id)
    form, error = CorrectionForm(data={"on": mark.on}), ""
    if form.validate_on_submit():
        try:
            service.correct_date(
                dossier_id,
                mark_id,
                form.day,
                viewer=seen.viewer,
                reason=form.reason.data,
                today=seen.today,
                now=now(),
            )
            return back(dossier_id, "La date est corrigée ; l’historique garde l’ancienne.")
        except DossierError as problem:
            error = _said(problem)
    return _page("dossiers/correct.html", seen, mark, form, error)


@blueprint.route("/<int:dossier_id>/traces/<int:mark_id>/retrait", methods=["GET", "POST"])
def withdraw(dossier_id: int, mark_id: int) -> Page:
    """Say that something never happened."""
    seen, mark = _mark_or_404(dossier_id, mark_id)
    form, error = WithdrawalForm(), ""
    if form.validate_on_submit():
        try:
            service.withdraw(
                dossier_id,
                mark_id,
                viewer=seen.viewer,
                reason=form.reason.data,
                today=seen.today,
                now=now(),
            )
            return back(dossier_id, "C’est retiré ; l’historique en garde la trace.")
        except DossierError as problem:
            error = _said(problem)
    return _page("dossiers/withdraw.html", seen, mark, form, error)


def _mark_or_404(dossier_id: int, mark_id: int) -> tuple[Seen, DossierMark]:
    seen = seen_or_404(dossier_id)
    return seen, seen.opened.mark(mark_id) or abort(404)


def _page(
    template: str,
    seen: Seen,
    mark: DossierMark,
    form: CorrectionForm | WithdrawalForm,
    error: str,
) -> Page:
    label = seen.opened.journey.label(mark.name)
    page = render_template(
        template,
        row=seen.opened.row,
        mark=mark,
        label=label,
        removable=removable(seen.opened, mark),
        form=form,
        error=error,
    )
    return page, 422 if form.errors else 409 if error else 200


def _said(error: DossierError) -> str:
    if isinstance(error, DossierGone):
        abort(404)
    return str(error)
