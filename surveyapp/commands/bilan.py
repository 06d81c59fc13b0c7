"""``surveyapp action list`` and ``surveyapp bilan ACTION -o FILE.{docx,pdf}``."""

from __future__ import annotations

from pathlib import Path

import click

from surveyapp.commands.context import application

#: What a bilan can be written as.
FORMATS = (".docx", ".pdf")


@click.group()
def action() -> None:
    """Actions financées."""


@action.command("list")
def list_() -> None:
    """Liste les actions : adresse, période, éléments à compléter, intitulé."""
    from surveyapp.services.actions import values_of, view_of
    from surveyapp.store.actions import actions

    with application():
        for one in actions():
            period = values_of(one).period("period").text or "–"
            cells = (one.slug, period, len(view_of(one).missing), one.title)
            click.echo("\t".join(str(cell) for cell in cells))


@click.command()
@click.argument("action")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier à écrire : .docx ou .pdf.",
)
def bilan(action: str, output: Path) -> None:
    """Établit le bilan de l’action ACTION et l’écrit dans un fichier."""
    from surveyapp.core.bilan import summary_sentence
    from surveyapp.models import now
    from surveyapp.services.actions import current_bilan, docx_of, pdf_of

    if output.suffix.lower() not in FORMATS:
        raise click.UsageError("Le nom du fichier doit finir par .docx ou .pdf.")
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"Le dossier {output.parent} n’existe pas.")
    with application():
        issued = current_bilan(action, user_id=None, now=now())
        data = docx_of(issued) if output.suffix.lower() == ".docx" else pdf_of(issued)
        output.write_bytes(data)
        missing = len(issued.snapshot["missing"])
        click.echo(f"{output}\u00a0: bilan n°\u00a0{issued.number}. {summary_sentence(missing)}")
