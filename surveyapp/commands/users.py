"""``surveyapp user create|list``."""

from __future__ import annotations

import click

from surveyapp.commands.context import application
from surveyapp.permissions import ROLES


@click.group()
def user() -> None:
    """Comptes des collègues."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="Prénom et nom.")
@click.option("--role", type=click.Choice(list(ROLES)), default="coordination", show_default=True)
def create(email: str, name: str, role: str) -> None:
    """Crée un compte et affiche le lien où la personne choisit son mot de passe."""
    from surveyapp.models import now
    from surveyapp.services import accounts

    if "@" not in email:
        raise click.UsageError(f"«\u00a0{email}\u00a0» n’est pas une adresse mail.")
    with application():
        invited = accounts.invite(email=email, name=name, role=role, now=now(), by=None)
    click.echo(f"Compte {invited.email} créé ({role}).")
    click.echo("Lien où choisir le mot de passe, valable une fois et sept jours\u00a0:")
    click.echo(invited.url)


@user.command("list")
def list_() -> None:
    """Liste les comptes."""
    from surveyapp.models import db
    from surveyapp.services import accounts

    with application():
        for person in accounts.colleagues(db.session):
            roles = ",".join(role.name for role in person.roles)
            state = "actif" if person.active else "désactivé"
            click.echo(f"{person.email}\t{roles}\t{state}\t{person.name}")
