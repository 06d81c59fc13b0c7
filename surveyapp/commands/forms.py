"""``surveyapp form check|list|publish|export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
import yaml
from flask import current_app, has_app_context

from surveyapp.core.check import check as check_definition
from surveyapp.core.codec import to_document
from surveyapp.core.french import plural
from surveyapp.core.issues import DefinitionError, Issue, errors
from surveyapp.core.journey.library import (
    definition_files,
    forms_of,
    is_journey,
    journey_issues,
)
from surveyapp.core.loader import load, read_file
from surveyapp.core.reference import load_figures
from surveyapp.models import Form, FormVersion, db
from surveyapp.services.publish import definition_of
from surveyapp.services.publish import publish as publish_definition

#: The reference figures that questions may name.
FIGURES = Path(__file__).resolve().parents[2] / "reports" / "reference_figures.yaml"


@click.group("form")
def form() -> None:
    """Questionnaires : vérifier, lister, publier, exporter."""


def _app_context() -> AbstractContextManager[Any]:
    """The context that is there, or one of an application made from the environment."""
    if has_app_context():
        return nullcontext(current_app)
    from surveyapp import create_app

    return create_app().app_context()


@form.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Vérifie des questionnaires et des parcours (fichiers ou dossiers), montre leurs fautes."""
    files = list(_files(paths))
    issues = sorted(set(_issues(files)))
    for issue in issues:
        click.echo(str(issue))
    wrong = len(errors(issues))
    found = f"{plural(wrong, 'erreur', 'erreurs')}, " if wrong else "aucune erreur, "
    found += plural(len(issues) - wrong, "avertissement", "avertissements")
    click.echo(f"{_count(files)}\u00a0: {found}.", err=True)
    if wrong or not files:
        sys.exit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from definition_files(path)
        else:
            yield path


def _count(files: list[Path]) -> str:
    """« 24 questionnaires et 4 parcours vérifiés »."""
    journeys = sum(is_journey(file) for file in files)
    forms = plural(len(files) - journeys, "questionnaire", "questionnaires")
    word = "vérifié" if len(files) < 2 else "vérifiés"
    if not journeys:
        return f"{forms} {word}"
    said = plural(journeys, "parcours", "parcours")
    return f"{forms} et {said} {word}" if journeys < len(files) else f"{said} {word}"


def _issues(files: list[Path]) -> Iterator[Issue]:
    """Faults of the files, and of the figures that questionnaires name."""
    figures: frozenset[str] | None = None
    try:
        figures = frozenset(load_figures(FIGURES))
    except DefinitionError as error:
        yield from error.issues
    forms_of_folder = cache(forms_of)
    for file in files:
        if is_journey(file):
            yield from journey_issues(file, forms_of_folder(file.parent))
            continue
        definition, issues = read_file(file)
        yield from issues
        if definition is not None:
            yield from check_definition(definition, figures=figures)


@form.command("list")
def list_forms() -> None:
    """Liste les questionnaires publiés et leurs versions."""
    with _app_context():
        query = sa.select(Form, FormVersion).join(Form.versions)
        rows = db.session.execute(query.order_by(Form.name, FormVersion.number)).all()
        for found, version in rows:
            day = version.published_at.date().isoformat()
            click.echo(f"{found.name}\tv{version.number}\t{version.label}\t{day}\t{found.title}")
        if not rows:
            click.echo("Aucun questionnaire n’est publié.", err=True)


@form.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def publish(file: Path) -> None:
    """Publie une nouvelle version d’un questionnaire."""
    with _app_context():
        try:
            version = publish_definition(load(file))
        except DefinitionError as error:
            for issue in error.issues:
                click.echo(str(issue), err=True)
            sys.exit(1)
        label = f"{version.form.name}, version {version.number} ({version.label})"
        click.echo(f"Publié\u00a0: {label}.")


@form.command()
@click.argument("name")
@click.option("--number", type=int, help="Numéro de la version ; la dernière par défaut.")
@click.option("--json", "as_json", is_flag=True, help="Écrit du JSON au lieu de YAML.")
def export(name: str, number: int | None, as_json: bool) -> None:
    """Écrit une version publiée, telle qu’un fichier de questionnaire."""
    with _app_context():
        query = sa.select(FormVersion).join(Form).where(Form.name == name)
        if number is not None:
            query = query.where(FormVersion.number == number)
        version = db.session.scalar(query.order_by(FormVersion.number.desc()).limit(1))
        if version is None:
            click.echo(f"Aucune version publiée de «\u00a0{name}\u00a0» n’a été trouvée.", err=True)
            sys.exit(1)
        # Through the definition: a database may have changed the order of the keys.
        document = to_document(definition_of(version))
        click.echo(_as_json(document) if as_json else as_yaml(document), nl=False)


def _as_json(document: dict[str, Any]) -> str:
    import orjson

    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


class _Dumper(yaml.SafeDumper):
    """Several lines are written as a block, as authors do."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def as_yaml(document: dict[str, Any]) -> str:
    """The document as a questionnaire file, in the order of its keys."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
