"""``surveyapp results CAMPAIGN -o FILE.{pdf,xlsx,csv}``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from surveyapp.commands.context import application

if TYPE_CHECKING:
    from surveyapp.models import Campaign
    from surveyapp.services.exports import Export

#: Told how far the work is: a ratio in [0, 1].
Follow = Callable[[float], None]
FORMATS = (".pdf", ".xlsx", ".csv")


@click.command()
@click.argument("campaign")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier à écrire : .pdf, .xlsx ou .csv.",
)
@click.option(
    "--answers",
    is_flag=True,
    help="Les réponses une à une (.csv ou .xlsx, jamais d’une collecte anonyme).",
)
@click.option("--names", is_flag=True, help="Les noms du questionnaire au lieu des libellés.")
@click.option("--by", "crossing", default="", help="Ventile par cette question de profil.")
def results(campaign: str, output: Path, answers: bool, names: bool, crossing: str) -> None:
    """Écrit les résultats de la collecte CAMPAIGN (la fin de son adresse).

    À côté d’un fichier .csv, un second (…-questions.csv) dit ce que signifient les colonnes.
    """
    suffix = output.suffix.lower()
    if suffix not in FORMATS:
        raise click.UsageError("Le nom du fichier doit finir par .pdf, .xlsx ou .csv.")
    if suffix == ".pdf" and (answers or names or crossing):
        raise click.UsageError("Le rapport PDF n’a pas d’option : retirez-la, ou écrivez un .csv.")
    if not output.absolute().parent.is_dir():
        raise click.UsageError(f"Le dossier {output.parent} n’existe pas.")
    with application():
        found = _campaign(campaign)
        if suffix == ".pdf":
            size = _pdf(found, output)
        else:
            from surveyapp.services.exports import Content, Export

            content = Content.ANSWERS if answers else Content.RESULTS
            size = _table(found, Export(content, not names, crossing), output)
            if suffix == ".csv":
                codes = output.with_name(f"{output.stem}-questions.csv")
                _table(found, Export(Content.QUESTIONS), codes)
    click.echo(f"{output}\u00a0: {size // 1024 + 1}\u00a0Ko.")


def _campaign(slug: str) -> Campaign:
    from surveyapp.store.campaigns import campaign_by_slug

    found = campaign_by_slug(slug)
    if found is None:
        raise click.ClickException(
            f"aucune collecte «\u00a0{slug}\u00a0»\u202f; «\u00a0surveyapp campaign list\u00a0» "
            "les énumère."
        )
    return found


def _pdf(campaign: Campaign, output: Path) -> int:
    from surveyapp.services.reports import report_pdf, today

    with _bar("Rapport") as follow, _whole(output) as draft:
        data = report_pdf(campaign, on=today(), follow=follow)
        draft.write_bytes(data)
        follow(1.0)
    return len(data)


def _table(campaign: Campaign, wanted: Export, output: Path) -> int:
    from surveyapp.core.disclosure import crossings
    from surveyapp.services import exports
    from surveyapp.services.publish import definition_of
    from surveyapp.services.reports import today

    known = [question.name for question in crossings(definition_of(campaign.version))]
    if wanted.crossing and wanted.crossing not in known:
        raise click.UsageError(
            f"--by attend une question de profil\u00a0: {', '.join(known) or 'il n’y en a pas'}."
        )
    write = exports.write_csv if output.suffix.lower() == ".csv" else exports.write_xlsx
    with _bar("Écriture") as follow, _whole(output) as draft:
        write(campaign, wanted, draft, today=today(), progress=follow)
        return draft.stat().st_size


@contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """A file that takes its name when it is complete: an error leaves the old one alone."""
    with tempfile.TemporaryDirectory(dir=output.absolute().parent) as folder:
        draft = Path(folder) / output.name
        yield draft
        draft.replace(output)


@contextmanager
def _bar(label: str) -> Iterator[Follow]:
    """A progress bar on the error output; nothing when nobody watches."""
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=1000, label=label, file=sys.stderr, hidden=hidden) as bar:

        def follow(ratio: float) -> None:
            bar.update(max(0, int(ratio * 1000) - bar.pos))

        yield follow
