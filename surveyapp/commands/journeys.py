"""``surveyapp journey list|start``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from surveyapp.commands.context import application
from surveyapp.core.french import typeset
from surveyapp.core.issues import DefinitionError

if TYPE_CHECKING:
    from surveyapp.services.dossiers.installed import Installed


@click.group()
def journey() -> None:
    """Parcours des dossiers."""


@journey.command("list")
def list_() -> None:
    """Liste les parcours : nom, état, version, dossiers ouverts, titre."""
    from surveyapp.services.dossiers import installed

    with application():
        for entry in installed.every():
            label = entry.version.label if entry.version else "-"
            cells = (entry.name, _state(entry), label, entry.running, entry.title)
            click.echo("\t".join(str(cell) for cell in cells))


def _state(entry: Installed) -> str:
    if entry.use is None:
        return "fichier à corriger" if entry.file and entry.file.issues else "à mettre en service"
    if entry.use.paused:
        return "en pause"
    return "nouvelle version prête" if entry.new else "en service"


@journey.command()
@click.argument("name")
def start(name: str) -> None:
    """Met en service le parcours NAME, dans la version de son fichier."""
    from surveyapp.models import now
    from surveyapp.services.dossiers import journeys
    from surveyapp.services.dossiers.errors import DossierError
    from surveyapp.store import structure

    with application():
        moment = now()
        today = moment.astimezone(structure().zone).date()
        try:
            version = journeys.put_into_service(name, author_id=None, today=today, now=moment)
        except DossierError as error:
            raise click.ClickException(str(error)) from error
        except DefinitionError as error:
            for issue in error.issues:
                click.echo(str(issue), err=True)
            raise click.ClickException(
                typeset("Ce parcours a des erreurs : corrigez son fichier, puis recommencez.")
            ) from error
        said = f"Parcours « {version.journey.title} » en service, version {version.label}."
        click.echo(typeset(said))
