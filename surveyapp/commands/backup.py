"""``surveyapp backup FILE`` and ``surveyapp restore FILE``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from surveyapp.config import Config
from surveyapp.core.french import plural
from surveyapp.services import backup as archive


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Sauvegarde base, clés et documents dans FILE (.tar.gz), le site peut rester en marche.

    Ce fichier contient des données personnelles et les clés du site : gardez-le chiffré.
    """
    saved = archive.backup(Config.from_environment(os.environ), file.absolute())
    documents = plural(saved.documents, "document", "documents")
    click.echo(f"Sauvegarde écrite dans {file} ({documents}).")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Rétablit la sauvegarde FILE dans une installation vide, site arrêté."""
    from surveyapp.serve import lock_instance

    config = Config.from_environment(os.environ)
    lock = lock_instance(config)
    try:
        restored = archive.restore(config, file)
    finally:
        os.close(lock)
    documents = plural(restored.documents, "document", "documents")
    click.echo(f"Installation rétablie dans {config.instance} ({documents}).")
