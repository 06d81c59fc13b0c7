"""``surveyapp campaign list|create|open|close``."""

from __future__ import annotations

from datetime import datetime

import click

from surveyapp.commands.context import application
from surveyapp.core.campaign import Phase

STATES = {
    "draft": "brouillon",
    "scheduled": "programmée",
    "open": "ouverte",
    "closed": "fermée",
    "archived": "archivée",
}
_DATES = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])
_FORCE = click.option(
    "--force", is_flag=True, help="Ouvre malgré ce que la vérification juge bloquant."
)


@click.group()
def campaign() -> None:
    """Collectes."""


@campaign.command("list")
def list_() -> None:
    """Liste les collectes : adresse, état, réponses, questionnaire, titre."""
    from surveyapp.models import now
    from surveyapp.store.campaigns import campaign_lines

    with application():
        for line in campaign_lines(now=now()):
            one = line.campaign
            cells = (one.slug, STATES[line.phase], line.answers, one.version.form.name, one.title)
            click.echo("\t".join(str(cell) for cell in cells))


@campaign.command()
@click.argument("form")
@click.option("--title", required=True, help="Titre que voient les répondants.")
@click.option("--slug", default="", help="Fin de l’adresse publique ; tirée du titre sinon.")
@click.option("--opens", type=_DATES, help="Ouverture (AAAA-MM-JJ ou AAAA-MM-JJTHH:MM).")
@click.option("--closes", type=_DATES, help="Fermeture, au même format.")
@click.option("--capacity", type=click.IntRange(1), help="Nombre de réponses acceptées.")
@click.option("--open", "opened", is_flag=True, help="Ouvre aussitôt la collecte.")
@_FORCE
def create(  # noqa: PLR0913 - one argument for each option
    form: str,
    title: str,
    slug: str,
    opens: datetime | None,
    closes: datetime | None,
    capacity: int | None,
    opened: bool,
    force: bool,
) -> None:
    """Crée une collecte du questionnaire publié FORM."""
    from surveyapp.models import now
    from surveyapp.services import campaigns

    with application():
        plan = campaigns.Plan(
            title=title,
            slug=slug,
            opens_at=_opening(opens),
            closes_at=_closing(closes),
            capacity=capacity,
        )
        created = campaigns.create(form, plan, author_id=None, now=now())
        if opened:
            campaigns.move(created.slug, "ouvrir", author_id=None, now=now(), force=force)
        _say(created.slug)


@campaign.command("open")
@click.argument("slug")
@_FORCE
def open_(slug: str, force: bool) -> None:
    """Ouvre une collecte, ou rouvre une collecte fermée."""
    _move(slug, "ouvrir", {Phase.CLOSED: "rouvrir"}, force=force)


@campaign.command()
@click.argument("slug")
def close(slug: str) -> None:
    """Ferme une collecte."""
    _move(slug, "fermer", {})


def _move(slug: str, step: str, otherwise: dict[Phase, str], *, force: bool = False) -> None:
    from surveyapp.models import now
    from surveyapp.services import campaigns
    from surveyapp.store.campaigns import campaign_by_slug, phase_of

    with application():
        found = campaign_by_slug(slug)
        if found is None:
            raise click.ClickException(f"aucune collecte n’a l’adresse «\u00a0{slug}\u00a0».")
        step = otherwise.get(phase_of(found, now=now()), step)
        campaigns.move(slug, step, author_id=None, now=now(), force=force)
        _say(slug)


def _say(slug: str) -> None:
    from surveyapp.links import absolute_url
    from surveyapp.models import now
    from surveyapp.store.campaigns import campaign_by_slug, phase_of

    found = campaign_by_slug(slug)
    if found is not None:
        click.echo(f"Collecte {slug}\u00a0: {STATES[phase_of(found, now=now())]}.")
        click.echo(absolute_url("respond.start", slug=slug))


def _opening(moment: datetime | None) -> datetime | None:
    """The instant meant by somebody of the CPTS."""
    from surveyapp.core.instant import opening
    from surveyapp.store import structure

    return opening(moment.date(), moment.time(), structure().zone) if moment else None


def _closing(moment: datetime | None) -> datetime | None:
    """The same for a closing: a day without an hour is taken until its end."""
    from surveyapp.core.instant import closing
    from surveyapp.store import structure

    return closing(moment.date(), moment.time(), structure().zone) if moment else None
