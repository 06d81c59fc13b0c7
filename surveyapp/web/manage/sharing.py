"""« Diffuser »: address, QR code, poster, flyer, link for another site."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from surveyapp.models import Campaign, now
from surveyapp.qr import qr_png, qr_svg
from surveyapp.services import campaigns as service
from surveyapp.services import posters
from surveyapp.services.campaigns import CampaignError
from surveyapp.store import campaigns as store
from surveyapp.web.manage.blueprint import author, blueprint, campaign_or_404
from surveyapp.web.manage.campaign_form import AddressForm
from surveyapp.web.manage.campaigns import Page
from surveyapp.web.manage.links import public_url


@blueprint.get("/collectes/<slug>/diffuser")
def share(slug: str) -> str:
    """Everything that leads people to the questionnaire."""
    return _share(campaign_or_404(slug), AddressForm(slug=slug))


@blueprint.post("/collectes/<slug>/adresse")
def rename_campaign(slug: str) -> Page:
    """Another end of the address, while nobody has it yet."""
    campaign_or_404(slug)
    form = AddressForm()
    if not form.validate_on_submit():
        return _share(campaign_or_404(slug), form), 422
    try:
        renamed = service.rename(slug, form.slug.data, author_id=author(), now=now())
    except CampaignError as error:
        form.slug.errors = [*form.slug.errors, str(error)]
        return _share(campaign_or_404(slug), form), 422
    flash("L’adresse est changée.", "success")
    return redirect(url_for("manage.share", slug=renamed.slug))


@blueprint.get("/collectes/<slug>/affiche.pdf")
def poster(slug: str) -> Response:
    """An A4 poster."""
    return _paper(slug, "affiche")


@blueprint.get("/collectes/<slug>/tract.pdf")
def flyer(slug: str) -> Response:
    """Two half pages on an A4 sheet, to be cut."""
    return _paper(slug, "tract")


@blueprint.get("/collectes/<slug>/qr.svg")
def qr_code_svg(slug: str) -> Response:
    return _file(qr_svg(public_url(campaign_or_404(slug).slug)), "image/svg+xml", f"{slug}.svg")


@blueprint.get("/collectes/<slug>/qr.png")
def qr_code_png(slug: str) -> Response:
    return _file(qr_png(public_url(campaign_or_404(slug).slug)), "image/png", f"{slug}.png")


def _share(found: Campaign, form: AddressForm) -> str:
    url = public_url(found.slug)
    return render_template(
        "manage/campaign_share.html",
        campaign=found,
        form=form,
        phase=store.phase_of(found, now=now()),
        by_link=service.open_to_all(found),
        url=url,
        said=url.partition("://")[2],
    )


def _paper(slug: str, kind: str) -> Response:
    found = campaign_or_404(slug)
    if not service.open_to_all(found):
        abort(404)  # the public address takes nobody in
    data = posters.make(found, kind, url=public_url(slug), now=now())
    return _file(data, "application/pdf", f"{kind}-{slug}.pdf")


def _file(data: bytes, kind: str, filename: str) -> Response:
    response = Response(data, content_type=kind)
    if "telecharger" in request.args:
        response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
