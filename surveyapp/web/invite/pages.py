"""Who was invited, and whom to invite."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from surveyapp.core.french import fold
from surveyapp.models import Campaign, now
from surveyapp.services.invite import choosing, reminders, sending
from surveyapp.services.invite.choosing import Chosen
from surveyapp.services.invite.sending import InviteError
from surveyapp.services.people.professions import professions
from surveyapp.store import invitations as store
from surveyapp.store import people
from surveyapp.store.campaigns import phase_of
from surveyapp.store.invitations import InvitationLine, Standing
from surveyapp.store.people import PeopleFilter
from surveyapp.web.invite.blueprint import author, blueprint, campaign_or_404, today
from surveyapp.web.invite.inputs import DayForm, PressForm, SendForm
from surveyapp.web.paging import Page, clamp

PAGE_SIZE = 50


@blueprint.get("")
def index(slug: str) -> str:
    """Who was invited, what became of it, the waves to come."""
    return overview(campaign_or_404(slug), DayForm())


def overview(campaign: Campaign, form: DayForm) -> str:
    """The page, also with a day that is to be corrected."""
    standings = store.standings(campaign.id)
    return render_template(
        "invite/index.html",
        campaign=campaign,
        phase=phase_of(campaign, now=now()),
        counts=store.counts(campaign.id),
        standings=standings,
        waves=store.reminders_of(campaign.id),
        page=_page(campaign.id, standings),
        chosen=request.args.get("etat", ""),
        form=form,
    )


@blueprint.get("/choisir")
def choose(slug: str) -> str:
    """Filter the directory, and see exactly who would be invited and who would not."""
    return _choice(campaign_or_404(slug))


@blueprint.post("/choisir")
def send(slug: str) -> str | Response:
    """Invite the people of the list that was shown."""
    campaign, form = campaign_or_404(slug), SendForm()
    chosen = choosing.choose(campaign.id, _wanted(), today=today())
    if not form.validate_on_submit():
        abort(400)
    if form.seen.data != _seal(chosen):
        flash("La liste a changé entre-temps\u00a0: relisez-la, puis envoyez.", "warning")
        return _choice(campaign)
    try:
        ids = [person.id for person in chosen.people]
        job = sending.start(slug, ids, author_id=author(), now=now())
    except InviteError as error:
        flash(str(error), "error")
        filters: dict[str, Any] = {**_wanted().to_args()}
        return redirect(url_for("invite.choose", slug=slug, **filters))
    return redirect(url_for("tasks.show", job_id=job))


@blueprint.post("/<int:invitation_id>/relances")
def stop_person(slug: str, invitation_id: int) -> Response:
    """Send somebody no reminder any more, or again."""
    campaign = campaign_or_404(slug)
    if PressForm().validate_on_submit():
        stopped = "arreter" in request.form
        reminders.stop_person(campaign.id, invitation_id, stopped=stopped)
        flash("Cette personne ne sera plus relancée." if stopped else _AGAIN, "success")
    state, page = request.args.get("etat"), request.args.get("page")
    return redirect(url_for("invite.index", slug=slug, etat=state, page=page))


_AGAIN = "Cette personne sera de nouveau relancée."


def _page(campaign_id: int, standings: dict[Standing, int]) -> Page[InvitationLine]:
    asked = request.args.get("etat", "")
    standing = Standing(asked) if asked in set(Standing) else None
    total = standings.get(standing, 0) if standing else sum(standings.values())
    number = clamp(request.args.get("page"), total=total, size=PAGE_SIZE)
    offset = (number - 1) * PAGE_SIZE
    rows = store.lines(campaign_id, standing, offset=offset, limit=PAGE_SIZE)
    return Page(rows, number, PAGE_SIZE, total)


def _choice(campaign: Campaign) -> str:
    wanted = _wanted()
    chosen = choosing.choose(campaign.id, wanted, today=today())
    return render_template(
        "invite/choose.html",
        campaign=campaign,
        phase=phase_of(campaign, now=now()),
        wanted=wanted,
        chosen=chosen,
        choices=_choices(),
        form=SendForm(formdata=MultiDict(), seen=_seal(chosen)),
        waves=reminders.foreseen(campaign.id, now=now()),
    )


def _wanted() -> PeopleFilter:
    return PeopleFilter.from_args(request.args)


def _seal(chosen: Chosen) -> str:
    """What stands for a list: it changes with anybody who joins or leaves it."""
    ids = ",".join(str(person.id) for person in chosen.people)
    return hashlib.sha256(ids.encode()).hexdigest()[:32]


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in the filters: what the directory holds."""
    labels = professions()
    used = [(code, labels.get(code, code)) for code in people.professions_used()]
    return {
        "profession": sorted(used, key=lambda choice: fold(choice[1])),
        "commune": [(name, name) for name in people.communes()],
        "etiquette": [(name, name) for name in people.tags()],
    }
